package rules

import (
	"cmp"
	"slices"
	"strings"

	"usher/rules/workspace"
)

// Danger is a sort of finding; never renamed.
type Danger string

// The dangers.
const (
	DangerLetIn      Danger = "let_in"      // people can let themselves in, by a path that may not be meant
	DangerLeave      Danger = "leave"       // people can leave what keeps them out
	DangerCycle      Danger = "cycle"       // what makes eligible depends on itself
	DangerShadowed   Danger = "shadowed"    // something that has no effect beside something else
	DangerNothing    Danger = "nothing"     // a pattern that matches no channel
	DangerEverything Danger = "everything"  // a pattern that matches every channel
	DangerPublic     Danger = "public"      // removing cannot keep a public channel clean
	DangerNative     Danger = "native"      // restrictAccess cannot mirror these sources
	DangerTemplate   Danger = "template"    // a field that is always empty
	DangerSelfEdited Danger = "self_edited" // a condition on what people write about themselves
	DangerUndefined  Danger = "undefined"   // a name that the workspace does not have
	DangerConstant   Danger = "constant"    // a condition that is the same for everybody
)

// Finding is something in a policy that works and may not be meant. Texts name
// channels and user groups as the operator knows them; they are for operators,
// not for everybody.
type Finding struct {
	At     Place
	Danger Danger
	Rule   string // cluster finance
	What   string
	Hint   string
}

func (f Finding) String() string {
	return Problem{At: f.At, What: f.What, Hint: f.Hint}.Error()
}

// Lint reads a policy for danger. Rules that are off or set aside are passed
// over. With a workspace it also finds what depends on which channels there are
// and which are public; without one (nil) only what the policy itself shows.
// Findings are sorted by place; equal inputs give equal findings.
func Lint(p *Policy, w *workspace.Snapshot) []Finding {
	if w != nil && !p.bound() {
		p, _, _ = p.Bind(w, nil)
	}
	l := &linter{p: p, w: w}
	l.paths()
	l.cycles()
	l.seesaws()
	l.shadows()
	l.patterns()
	l.clusters()
	l.public()
	l.templates()
	l.reactions()
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column),
			strings.Compare(string(a.Danger), string(b.Danger)), strings.Compare(a.What, b.What))
	})
	return slices.Compact(l.found)
}

// bound reports whether names were looked up in a workspace.
func (p *Policy) bound() bool {
	named, found := 0, 0
	for _, c := range p.clusters {
		for _, s := range c.members {
			if s.kind == FromChannel || s.kind == FromUsergroup {
				named++
				if s.id != "" {
					found++
				}
			}
		}
	}
	return named == 0 || found > 0
}

type linter struct {
	p     *Policy
	w     *workspace.Snapshot
	names []string // of the workspace's channels, sorted; nil: not asked for yet
	found []Finding
}

func (l *linter) add(at Place, d Danger, rule, what, hint string) {
	l.found = append(l.found, Finding{At: at, Danger: d, Rule: rule, What: what, Hint: hint})
}

// live are the clusters that count.
func (l *linter) live() []*cluster {
	var all []*cluster
	for _, c := range l.p.clusters {
		if !c.aside && c.Mode != ModeOff {
			all = append(all, c)
		}
	}
	return all
}

// groups are the managed user groups that count.
func (l *linter) groups() []*Usergroup {
	var all []*Usergroup
	for i := range l.p.usergroups {
		if l.p.usergroups[i].Mode != ModeOff {
			all = append(all, &l.p.usergroups[i])
		}
	}
	return all
}

// same reports whether two sources say the same. The words for people leave
// their addresses out.
func (s *source) same(o *source) bool {
	return s.text == o.text && slices.EqualFunc(s.people, o.people, func(a, b person) bool { return a.name == b.name })
}

// clusters looks at each cluster by itself.
func (l *linter) clusters() {
	for _, u := range l.groups() {
		for i := range u.members {
			l.condition(&u.members[i], "usergroup "+u.Handle)
		}
	}
	for _, c := range l.live() {
		rule := "cluster " + c.Name
		l.native(c, rule)
		for i := range c.members {
			s := &c.members[i]
			l.condition(s, rule)
			if j := slices.IndexFunc(c.members[:i], func(o source) bool { return o.same(s) }); j >= 0 {
				l.add(s.at, DangerShadowed, rule, s.text+" is named twice", "take one of them out")
			}
			for j := range c.except {
				if c.except[j].same(s) {
					l.add(s.at, DangerShadowed, rule, s.text+" is in members and in except, which wins", "take it out of one of them")
				}
			}
		}
		for i := range c.except {
			switch s := &c.except[i]; {
			case s.kind == FromWhere && s.when.selfEdited() != "":
				l.add(s.at, DangerLeave, rule, "the condition looks at "+s.when.selfEdited()+", which people may write into their own profiles, so that they are no longer kept out of "+rule,
					"ask for what only an administrator can change, or lock the field in Slack")
			case s.kind == FromChannel:
				l.add(s.at, DangerLeave, rule, "whoever leaves #"+s.name+" is no longer kept out of "+rule+", and anybody can leave a channel",
					"use a user group or an idp_group, which people cannot leave by themselves")
			}
		}
	}
}

func (l *linter) native(c *cluster, rule string) {
	if !c.Native {
		return
	}
	const hint = "restrictAccess knows idp_group sources only: whoever comes from another source cannot be in a restricted channel"
	idp := false
	for i := range c.members {
		s := &c.members[i]
		if s.kind == FromIDPGroup {
			idp = true
			continue
		}
		l.add(s.at, DangerNative, rule, rule+" is native, and "+s.text+" is not an idp_group", hint)
	}
	if !idp {
		l.add(c.at, DangerNative, rule, rule+" is native and has no idp_group at all, so its channels would not be restricted", hint)
	}
}

// public finds the channels that people can come back into as often as they are removed.
func (l *linter) public() {
	if l.w == nil {
		return
	}
	open := map[*cluster][]string{}
	for ch := range l.w.Channels() {
		if ch.Private || ch.Archived || ch.General {
			continue
		}
		for _, c := range l.p.governing(ch) {
			if !c.aside && c.Others == OthersRemove {
				open[c] = append(open[c], "#"+ch.Name)
			}
		}
	}
	for c, names := range open {
		l.add(c.at, DangerPublic, "cluster "+c.Name, "removing cannot keep "+few(names)+" clean: anybody can join a public channel again, and read it without joining",
			"make them private, or write others: report")
	}
}

// few names some of many.
func few(names []string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
