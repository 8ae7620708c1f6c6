package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Notice is what one person is told by direct message, as facts.
type Notice struct {
	Topic       action.Topic
	Channel     workspace.ChannelID
	ChannelName string
	Private     bool
	Subject     workspace.UserID
	Cluster     string
	Description string   // the cluster's; may be empty
	Reasons     []string // plain text
	Detail      string   // plain text
	Until       time.Time
	Whom        Whom
	Command     string
	Membership  Membership // of topics about user groups
}

// Message is the notice in words. Whatever the topic, the text says all of it;
// the blocks add buttons.
func (n Notice) Message() Message {
	if n.Topic == action.JoinedGroup || n.Topic == action.LeftGroup {
		return n.aboutGroup()
	}
	if n.Topic == action.FromReaction || n.Topic == action.ProposeRename {
		return n.fromReaction()
	}
	channel := channelName(n.Channel, n.ChannelName, n.Private)
	var lines []string
	var press []slack.BlockElement
	why := func() { lines = append(lines, n.reasons()...) }
	switch n.Topic {
	case action.Removed:
		lines = append(lines, fmt.Sprintf("You cannot stay in %s: I am taking you out%s.", channel, n.rule(" because of the rule ")))
		why()
		lines = append(lines, "If you think you belong there: "+lower(n.Whom.Ask()))
		press = n.buttons()
	case action.AddedOutsider:
		lines = append(lines, fmt.Sprintf("You added %s to %s, where they may not be: I am taking them out again%s.", UserMention(n.Subject), channel, n.rule(" because of the rule ")))
		why()
		lines = append(lines, "If they belong there: "+lower(n.Whom.Ask())+" I have told them why, privately.")
	case action.Warned:
		lines = append(lines, fmt.Sprintf("You are in %s, where you should not be%s. I leave you in; please leave by yourself, unless you have a reason to be there.", channel, n.rule(" by the rule ")))
		why()
		lines = append(lines, "If you think you belong there: "+lower(n.Whom.Ask()))
		press = n.buttons()
		if n.Channel != "" {
			press = append([]slack.BlockElement{Room{ID: n.Channel, Name: n.ChannelName}.leave()}, press...)
		}
	case action.GraceStarted:
		lines = append(lines, fmt.Sprintf("You can stay in %s until %s; then I take you out%s.", channel, Date(n.Until), n.rule(" because of the rule ")))
		why()
		lines = append(lines, "Should you belong there again by then, you stay. If you think you do already: "+lower(n.Whom.Ask()))
		press = n.buttons()
	case action.NewChannel:
		lines = append(lines, fmt.Sprintf("%s is now under the rule *%s*%s, which you answer for.", channel, n.cluster(), about(n.Description)))
		why()
	case action.RemovedOwner:
		lines = append(lines, fmt.Sprintf("I am taking %s out of %s%s. They know why.", UserMention(n.Subject), channel, n.rule(" because of the rule ")))
		why()
	case action.CannotManage:
		lines = append(lines, fmt.Sprintf("%s matches the rule *%s*, but I cannot manage it.", channel, n.cluster()))
		if n.Detail == "" {
			why()
		}
	case action.Admitted:
		lines = append(lines, fmt.Sprintf("You are in %s now. Welcome!", channel))
	case action.Operator:
		lines = append(lines, n.look(channel))
		why()
	default:
		lines = append(lines, n.otherwise(channel))
	}
	if n.Detail != "" && n.Topic != action.Operator {
		lines = append(lines, Escape(clip(n.Detail, 1000)))
	}
	m := Say(strings.Join(lines, "\n"))
	if len(press) > 0 {
		m.Blocks = []slack.Block{section(m.Text), actions(press...)}
	}
	return m
}

// look asks somebody to have a look at a channel, or at Usher as a whole.
func (n Notice) look(channel string) string {
	detail := sentence(n.Detail)
	if n.Channel == "" {
		return strings.TrimSpace("Somebody has to have a look: " + detail)
	}
	return strings.TrimSpace("Somebody has to have a look at " + channel + ". " + detail)
}

// otherwise is for a topic that was stored by a newer version.
func (n Notice) otherwise(channel string) string {
	if n.Channel == "" {
		return "There is news for you."
	}
	return "There is news for you about " + channel + "."
}

func (n Notice) cluster() string { return Escape(clip(n.Cluster, 80)) }

// rule names the rule with what it is for, after some words; nothing without one.
func (n Notice) rule(before string) string {
	if n.Cluster == "" {
		return ""
	}
	s := before + "*" + n.cluster() + "*"
	if n.Description != "" {
		s += " (" + Escape(clip(n.Description, 200)) + ")"
	}
	return s
}

// mostReasons is how many are told; the last ones settled it.
const mostReasons = 6

func (n Notice) reasons() []string { return bullets(n.Reasons) }

func bullets(reasons []string) []string {
	var lines []string
	for _, r := range reasons[max(len(reasons)-mostReasons, 0):] {
		lines = append(lines, "• "+Escape(clip(r, 300)))
	}
	return lines
}

func (n Notice) buttons() []slack.BlockElement {
	press := []slack.BlockElement{}
	if n.Channel != "" {
		press = append(press, button(ActionWhy, string(n.Channel), "Explain"))
	}
	return append(press, button(ActionList, "", "Channels for me"))
}

// lower lets a sentence go on after a colon.
func lower(s string) string {
	if s == "" || strings.HasPrefix(s, "I ") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
