package handlers

import (
	"cmp"
	"slices"
	"strings"

	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// mostLike is how many names are suggested for one that was not found.
const mostLike = 3

// find is the channel somebody meant, or a complaint that says what they may
// have meant. A channel that they are not to know of is as one that is not there.
func (a asker) find(t command.Target, verb command.Verb) (workspace.Channel, error) {
	if c, ok := t.Channel(a.Workspace, a.sees); ok {
		return c, nil
	}
	typed := cmp.Or(t.Name, t.ID, t.Written)
	if like := a.like(t.Name); len(like) > 0 {
		return workspace.Channel{}, complain(view.NoSuchChannel(typed, like, a.Settings.command(), verb))
	}
	if a.memory().Standing().Reading {
		return workspace.Channel{}, complain(view.StillReading(typed))
	}
	if governing := a.Policy.Governing(workspace.Channel{Name: t.Name, Private: true}); len(governing) > 0 && verb != command.Leave {
		return workspace.Channel{}, a.behind(typed, governing[0], verb)
	}
	return workspace.Channel{}, complain(view.NoSuchChannel(typed, nil, a.Settings.command(), verb))
}

// behind is a complaint about a channel that a rule would be about, if there is
// one. Those whom the rule is for, or who answer for it, are told how it comes
// into sight.
func (a asker) behind(typed string, c rules.Cluster, verb command.Verb) error {
	switch {
	case a.Policy.Belongs(a.Workspace, c.Name, a.me), a.admin(), a.Policy.IsOwner(a.Workspace, c.Name, a.me):
		return complain(view.OutOfSight(typed, c.Name))
	case verb == command.Why:
		return complain(view.RuleAbout(typed, c.Name, c.Description, a.whom(c.Name)))
	}
	return complain(view.BehindRule(typed, c.Name, c.Description, a.whom(c.Name)))
}

// like are names that were probably meant, of channels that they may know of.
func (a asker) like(name string) []string {
	if name == "" {
		return nil
	}
	near := command.Near(name)
	type found struct {
		c   workspace.Channel
		far int
	}
	var all []found
	for c := range a.Workspace.Channels() {
		if c.Archived || c.Name == name {
			continue
		}
		if far, ok := near(c.Name); ok {
			all = append(all, found{c, far})
		}
	}
	slices.SortFunc(all, func(x, y found) int {
		if x.far != y.far {
			return x.far - y.far
		}
		return strings.Compare(x.c.Name, y.c.Name)
	})
	var names []string
	for _, f := range all {
		if len(names) == mostLike {
			break
		}
		if a.sees(f.c) {
			names = append(names, f.c.Name)
		}
	}
	return names
}
