package rules

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// namesOfEverySort stand for all names a channel may have.
var namesOfEverySort = []string{"a", "z9", "q-x_7", "0", "_w", "general", "team-blue-42", "äöü", "x-y-z-0-1-2-3"}

// patterns finds those that match nothing or everything.
func (l *linter) patterns() {
	for _, c := range l.live() {
		l.claims(c.at, "cluster "+c.Name, &c.claims, true)
	}
	for i := range l.p.reactions {
		r := &l.p.reactions[i]
		if r.Mode != ModeOff {
			l.claims(r.at, "reaction "+r.Name, &r.claims, len(r.claims.butNot)+len(r.claims.butNotIDs) == 0)
		}
	}
}

func (l *linter) claims(at Place, rule string, c *claims, everything bool) {
	for i := range c.patterns {
		m := &c.patterns[i]
		switch {
		case m.re == nil:
		case !m.possible():
			l.add(m.at, DangerNothing, rule, fmt.Sprintf("%q matches nothing: no channel's name looks like that", m.text),
				"names have lower-case letters, digits, - and _, and no #")
		case everything && m.everything():
			hint := "name what is meant, or keep channels out with but_not"
			if len(c.butNot)+len(c.butNotIDs) > 0 {
				hint = "name what is meant: but_not keeps out only what somebody thought of"
			}
			l.add(m.at, DangerEverything, rule, fmt.Sprintf("%q matches every channel, also those that come later", m.text), hint)
		case l.w != nil && l.w.ChannelsKnown().Complete && strings.HasPrefix(rule, "cluster ") && !l.matchesOne(m):
			l.add(m.at, DangerNothing, rule, fmt.Sprintf("%q matches no channel that Usher can see", m.text),
				"check the spelling; private channels are seen once Usher is in them")
		}
	}
	for i := range c.butNot {
		switch m := &c.butNot[i]; {
		case m.re == nil:
		case !m.possible():
			l.add(m.at, DangerNothing, rule, fmt.Sprintf("%q keeps nothing out: no channel's name looks like that", m.text),
				"names have lower-case letters, digits, - and _, and no #")
		case len(c.ids) == 0 && !slices.ContainsFunc(c.patterns, func(p pattern) bool { return p.re == nil || p.meets(m) }):
			l.add(m.at, DangerNothing, rule, fmt.Sprintf("%q keeps nothing out: what channels matches begins with something else", m.text),
				"check the spelling, or take it out")
		}
	}
	if l.w == nil || !l.w.ChannelsKnown().Complete {
		return
	}
	for _, id := range slices.Concat(c.ids, c.butNotIDs) {
		if _, known := l.w.Channel(id); !known {
			l.add(at, DangerUndefined, rule, fmt.Sprintf("there is no channel %s that Usher can see", id), "check the id; a private channel is seen once Usher is in it")
		}
	}
}

// meets reports whether a name could match both patterns, as far as can be told
// from how names that match them begin.
func (m *pattern) meets(o *pattern) bool {
	return strings.HasPrefix(m.prefix, o.prefix) || strings.HasPrefix(o.prefix, m.prefix)
}

func (l *linter) matchesOne(m *pattern) bool {
	if l.names == nil {
		for ch := range l.w.Channels() {
			l.names = append(l.names, ch.Name)
		}
		slices.Sort(l.names)
	}
	first, _ := slices.BinarySearch(l.names, m.prefix)
	for _, name := range l.names[first:] {
		switch {
		case !strings.HasPrefix(name, m.prefix):
			return false
		case m.match(name):
			return true
		}
	}
	return false
}

func (m *pattern) everything() bool {
	return m.re != nil && !slices.ContainsFunc(namesOfEverySort, func(name string) bool { return !m.match(name) })
}

// possible reports whether a channel could have a name that the pattern matches.
func (m *pattern) possible() bool {
	tree, err := syntax.Parse(m.text, syntax.Perl)
	if err != nil {
		return true
	}
	tree = tree.Simplify()
	return possible(tree) && shortest(tree) <= longestName
}

// longestName is how many letters Slack lets a channel's name have.
const longestName = 80

// shortest is how many letters a name has at least that an expression matches.
func shortest(r *syntax.Regexp) int {
	n := 0
	switch r.Op {
	case syntax.OpLiteral:
		return len(r.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(r.Sub[0])
	case syntax.OpRepeat:
		return r.Min * shortest(r.Sub[0])
	case syntax.OpConcat:
		for _, s := range r.Sub {
			n += shortest(s)
		}
	case syntax.OpAlternate:
		n = shortest(r.Sub[0])
		for _, s := range r.Sub[1:] {
			n = min(n, shortest(s))
		}
	}
	return n
}

func possible(r *syntax.Regexp) bool {
	switch r.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		fold := r.Flags&syntax.FoldCase != 0
		return !slices.ContainsFunc(r.Rune, func(c rune) bool { return !inNames(c) && !(fold && inNames(unicode.ToLower(c))) })
	case syntax.OpCharClass:
		for i := 0; i < len(r.Rune); i += 2 {
			for c := r.Rune[i]; c <= r.Rune[i+1] && c < r.Rune[i]+256; c++ {
				if inNames(c) {
					return true
				}
			}
		}
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return possible(r.Sub[0])
	case syntax.OpRepeat:
		return r.Min == 0 || possible(r.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(r.Sub, func(s *syntax.Regexp) bool { return !possible(s) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(r.Sub, possible)
	}
	return true
}

// inNames reports whether a channel's name may have the letter. Beyond ASCII
// whatever is not upper case, white space or punctuation may.
func inNames(c rune) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		return true
	case c < 0x80:
		return false
	}
	return !unicode.IsUpper(c) && !unicode.IsSpace(c) && !unicode.IsControl(c)
}

// covers reports whether every name that b matches is matched by a, as far as
// that can be told from how they are written. False is not "no".
func (m *pattern) covers(b *pattern) bool {
	switch {
	case m.re == nil || b.re == nil:
		return false
	case m.text == b.text, m.everything():
		return true
	}
	head, open := strings.CutSuffix(m.text, ".*")
	return open && head == literal(head) && strings.HasPrefix(b.prefix, head)
}
