package handlers

import (
	"slices"
	"strings"

	"usher/handlers/command"
	"usher/handlers/view"
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
	typed := t.Name
	if typed == "" {
		typed = t.Written
	}
	if a.memory().Standing().Reading {
		return workspace.Channel{}, complain(view.StillReading(typed))
	}
	if like := a.like(t.Name); len(like) > 0 {
		return workspace.Channel{}, complain(view.NoSuchChannel(typed, like, a.Settings.command(), verb))
	}
	if governing := a.Policy.Governing(workspace.Channel{Name: t.Name, Private: true}); len(governing) > 0 && verb != command.Leave {
		c := governing[0]
		return workspace.Channel{}, complain(view.BehindRule(typed, c.Name, c.Description, a.whom(c.Name)))
	}
	return workspace.Channel{}, complain(view.NoSuchChannel(typed, nil, a.Settings.command(), verb))
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
