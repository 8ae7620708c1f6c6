package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/rules/workspace"
)

// mostName is how many characters Slack lets a channel's name have.
const mostName = 80

// mostLeads bounds what is read out of a pattern.
const mostLeads = 24

// Leads are what the names begin with that a reaction leaves alone, as far as
// its but_not says: team-, proj-, … in the order of the policy, each once.
func (p *Policy) Leads(reaction string) []string {
	r := p.reaction(reaction)
	if r == nil {
		return nil
	}
	var all []string
	for _, text := range r.ButNot {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			continue
		}
		begins, whole := leads(tree)
		if whole { // a name, not a beginning
			continue
		}
		for _, lead := range begins {
			if lead != "" && !slices.Contains(all, lead) {
				all = append(all, lead)
			}
		}
	}
	return all[:min(len(all), mostLeads)]
}

// proposes reports whether a step offers the creator another name: where it says
// so, and where what it tells them is what a rule about names has to say, which
// concerns every channel but those whose names begin as they should.
func (p *Policy) proposes(r *Reaction, s *Step, c workspace.Channel) bool {
	switch {
	case c.Archived || c.General:
		return false
	case s.Verb == VerbRename:
		return true
	}
	return s.Verb == VerbTellCreator && r.only(ChannelCreated, ChannelRenamed) &&
		slices.ContainsFunc(r.claims.patterns, func(m pattern) bool { return m.everything() }) && len(p.Leads(r.Name)) > 0
}

// leads are the texts that whatever matches begins with, and whether that is
// all of it.
func leads(re *syntax.Regexp) (all []string, whole bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}, re.Flags&syntax.FoldCase == 0
	case syntax.OpCapture:
		return leads(re.Sub[0])
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpBeginLine:
		return []string{""}, true
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for c := re.Rune[i]; c <= re.Rune[i+1]; c++ {
				if len(all) == 4 { // any letter is no beginning worth naming
					return []string{""}, false
				}
				all = append(all, string(c))
			}
		}
		return all, true
	case syntax.OpAlternate:
		whole = true
		for _, sub := range re.Sub {
			some, all1 := leads(sub)
			all, whole = append(all, some...), whole && all1
		}
		return all, whole
	case syntax.OpConcat:
		all = []string{""}
		for _, sub := range re.Sub {
			next, all1 := leads(sub)
			var longer []string
			for _, head := range all {
				for _, tail := range next {
					longer = append(longer, head+tail)
				}
			}
			if all = longer; !all1 || len(all) > mostLeads {
				return all, false
			}
		}
		return all, true
	}
	return []string{""}, false
}

// Suggest are names that a channel could have instead: those the reaction
// leaves alone and nobody has taken, in the order of Leads, at most ten.
func (p *Policy) Suggest(w *workspace.Snapshot, reaction string, c workspace.Channel) []string {
	var all []string
	for _, lead := range p.Leads(reaction) {
		name := string([]rune(lead + c.Name)[:min(utf8.RuneCountInString(lead+c.Name), mostName)])
		if p.NameTrouble(w, reaction, c, name) == "" {
			all = append(all, name)
		}
	}
	return all[:min(len(all), 10)]
}

// CleanName is a channel's name as Slack would write what somebody typed.
func CleanName(typed string) string {
	typed = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(typed), "#"))
	return strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' {
			return '-'
		}
		return r
	}, typed), "-")
}

// NameRefused is why Slack takes no channel of a name, in plain text; empty where
// it may.
func NameRefused(name string) string {
	switch {
	case name == "":
		return "Write a name."
	case utf8.RuneCountInString(name) > mostName:
		return "A name has at most 80 characters."
	case strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsUpper(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	}):
		return "A name has only small letters, numbers, - and _."
	}
	return ""
}

// NameTrouble is why a channel cannot be given a name, in plain text; empty
// where it can.
func (p *Policy) NameTrouble(w *workspace.Snapshot, reaction string, c workspace.Channel, name string) string {
	r := p.reaction(reaction)
	renamed := c
	renamed.Name = name
	if why := NameRefused(name); why != "" {
		return why
	}
	switch other, taken := w.ChannelByName(name); {
	case name == c.Name:
		return "That is its name already."
	case taken && other.ID != c.ID:
		return "That name is taken."
	case r == nil || r.Mode == ModeOff:
		return "The rule about names is not there any more."
	case r.claims.has(renamed):
		if leads := p.Leads(reaction); len(leads) > 0 {
			return "A name begins with " + strings.Join(leads, ", ") + " here."
		}
		return "The rule about names does not want that one either."
	}
	return ""
}
