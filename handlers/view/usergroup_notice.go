package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Membership is what a notice about a user group has to say besides its reasons.
type Membership struct {
	Group    workspace.UsergroupID
	Handle   string
	MayLeave bool // a press takes them out again
	MayJoin  bool // a press brings them back
}

// aboutGroup is a notice about having come into a user group, or out of it.
func (n Notice) aboutGroup() Message {
	g := n.Membership
	handle := "*@" + Escape(clip(g.Handle, 80)) + "*"
	var lines []string
	var press []slack.BlockElement
	if n.Topic == action.JoinedGroup {
		lines = append(lines, fmt.Sprintf("You are in the user group %s now: whoever mentions it reaches you, too.", handle))
	} else {
		lines = append(lines, fmt.Sprintf("You are not in the user group %s any more.", handle))
	}
	lines = append(lines, n.reasons()...)
	switch {
	case n.Topic == action.JoinedGroup && g.MayLeave:
		lines = append(lines, "If you would rather not be in it, press Leave: I will not put you back.")
		press = append(press, button(ActionGroupLeave, string(g.Group), "Leave"))
	case n.Topic == action.LeftGroup && g.MayJoin:
		lines = append(lines, "You can come back whenever you like.")
		press = append(press, button(ActionGroupJoin, string(g.Group), "Join again"))
	default:
		lines = append(lines, "If that is not right: "+lower(n.Whom.Ask()))
	}
	m := Say(strings.Join(lines, "\n"))
	if len(press) > 0 {
		m.Blocks = []slack.Block{section(m.Text), actions(press...)}
	}
	return m
}
