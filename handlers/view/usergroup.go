package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// GroupRow is one user group as one person sees it.
type GroupRow struct {
	ID          workspace.UsergroupID
	Handle      string
	Name        string
	Description string
	People      int
	Disabled    bool
	Vacant      bool // it is disabled because nobody is in it
	ByRule      bool // the policy keeps it
	Reports     bool // the policy only reports about it
	In          bool
	MayJoin     bool
	MayLeave    bool
	Asking      bool // Whom adds them
	Whom        Whom
	Answers     bool // they may change who is in it
	Admin       bool // they may change everything about it

	Channels, Additional []workspace.ChannelID
	Section              bool
}

// Called is the group's handle in bold: a mention would ping everybody in it.
func (g GroupRow) Called() string { return "*@" + Escape(clip(g.Handle, 80)) + "*" }

func (g GroupRow) line() string {
	text := g.Called()
	if g.Name != "" && g.Name != g.Handle {
		text += "  " + Escape(clip(g.Name, 80))
	}
	switch {
	case g.Vacant:
		text += "  (nobody is in it at the moment)"
	case g.Disabled:
		text += "  (disabled)"
	}
	if g.Description != "" {
		text += "\n" + Escape(clip(g.Description, 200))
	}
	if g.Asking && !g.In && !g.Whom.You {
		text += "\n" + g.Whom.ToBeLetIn()
	}
	return text
}

// press is what one can do with the group at the end of its line; nil: nothing.
func (g GroupRow) press() slack.BlockElement {
	switch {
	case g.In && g.MayLeave:
		leave := button(ActionGroupLeave, string(g.ID), "Leave")
		leave.AccessibilityLabel = clip("Leave @"+g.Handle, maxButton)
		return leave
	case !g.In && g.MayJoin:
		join := button(ActionGroupJoin, string(g.ID), "Join")
		join.Style = slack.StylePrimary
		join.AccessibilityLabel = clip("Join @"+g.Handle, maxButton)
		return join
	case g.Asking && g.Whom.You:
		details := button(ActionGroup, string(g.ID), "Details")
		details.AccessibilityLabel = clip("Details of @"+g.Handle, maxButton)
		return details
	}
	return nil
}

func (g GroupRow) block() slack.Block {
	line := section(g.line())
	line.BlockID = "group:" + string(g.ID)
	if press := g.press(); press != nil {
		line.Accessory = slack.NewAccessory(press)
	}
	return line
}

// mostGroupRows is how many groups the Home and the list show with buttons.
const mostGroupRows = 8

// groupRows are lines with what can be done about each.
func groupRows(groups []GroupRow) []slack.Block {
	var blocks []slack.Block
	for _, g := range groups[:min(len(groups), mostGroupRows)] {
		blocks = append(blocks, g.block())
	}
	if more := len(groups) - mostGroupRows; more > 0 {
		blocks = append(blocks, actions(button(ActionGroups+":more", Place{}.Value(), fmt.Sprintf("%d more groups", more))))
	}
	return blocks
}

// groupPage is how many groups a page of all of them shows.
const groupPage = 20

// AllGroups is a modal with the user groups; whoever administers may make one.
func AllGroups(groups []GroupRow, at Place, admin bool) slack.ModalViewRequest {
	var blocks []slack.Block
	if admin {
		blocks = append(blocks, actions(button(ActionGroupNew, "new", "New user group")))
	}
	if len(groups) == 0 {
		blocks = append(blocks, section("There are no user groups yet."))
	}
	page, pages, from, to := at.turn(len(groups), groupPage)
	for _, g := range groups[from:to] {
		blocks = append(blocks, row(g.line()+"\n"+g.figures(), button(ActionGroup, string(g.ID), "Details")))
	}
	return modal("User groups", append(blocks, paging(ActionGroups, "", page, pages)...))
}

func (g GroupRow) figures() string {
	text := count(g.People, "person", "people")
	switch {
	case g.Reports:
		text += ", a rule only reports about it"
	case g.ByRule:
		text += ", kept by a rule"
	}
	if g.In {
		text += ", you are in it"
	}
	return text
}

// View is a modal about one user group, with what its reader may do.
func (g GroupRow) View(people []workspace.UserID) slack.ModalViewRequest {
	text := g.line() + "\n" + g.figures()
	if len(g.Channels) > 0 {
		text += "\nDefault channels: " + channelList(g.Channels)
	}
	if len(g.Additional) > 0 {
		text += "\nAdditional channels: " + channelList(g.Additional)
	}
	if g.Section {
		text += "\nShown in its members' sidebar."
	}
	blocks := []slack.Block{section(text)}
	if len(people) > 0 {
		blocks = append(blocks, section(peopleList(people)))
	}
	var press []slack.BlockElement
	if own := g.press(); own != nil {
		press = append(press, own)
	}
	if g.Answers && (!g.Disabled || g.Vacant) {
		press = append(press, button(ActionGroupPeople, string(g.ID), "Change people"))
	}
	if g.Admin {
		press = append(press, button(ActionGroupEdit, string(g.ID), "Edit"), g.turn())
	}
	if len(press) > 0 {
		blocks = append(blocks, actions(press...))
	}
	return modal(clip("@"+g.Handle, maxTitle), blocks)
}

// turn enables or disables the group.
func (g GroupRow) turn() *slack.ButtonBlockElement {
	if g.Disabled {
		return button(ActionGroupEnable, string(g.ID), "Enable")
	}
	disable := button(ActionGroupDisable, string(g.ID), "Disable")
	disable.Style = slack.StyleDanger
	disable.Confirm = confirm("Disable @"+g.Handle+"?", "Nobody can mention it until somebody enables it again. Its people are kept.", "Disable", "Keep")
	return disable
}

// mostNamed is how many channels or people are named one by one.
const mostNamed = 30

func channelList(ids []workspace.ChannelID) string {
	var names []string
	for _, id := range ids[:min(len(ids), mostNamed)] {
		names = append(names, ChannelMention(id))
	}
	return strings.Join(names, ", ") + andMore(len(ids))
}

func peopleList(ids []workspace.UserID) string {
	var names []string
	for _, id := range ids[:min(len(ids), mostNamed)] {
		names = append(names, UserMention(id))
	}
	return strings.Join(names, ", ") + andMore(len(ids))
}

func andMore(n int) string {
	if n <= mostNamed {
		return ""
	}
	return fmt.Sprintf(" and %d more", n-mostNamed)
}

// GroupList answers a command with the user groups.
func GroupList(groups []GroupRow, name string) Message {
	if len(groups) == 0 {
		return Say("There are no user groups here.")
	}
	var lines []string
	for _, g := range groups[:min(len(groups), mostNamed)] {
		line := g.Called() + "  " + g.figures()
		if g.Disabled {
			line += ", disabled"
		}
		lines = append(lines, line)
	}
	if more := andMore(len(groups)); more != "" {
		lines = append(lines, strings.TrimSpace(more))
	}
	return Say(strings.Join(lines, "\n") + "\n" + Code(name+" group show @handle") + " shows one of them.")
}

// GroupShown answers a command with one user group.
func GroupShown(g GroupRow, people []workspace.UserID) Message {
	v := g.View(people)
	text := g.line() + "\n" + g.figures()
	if len(people) > 0 {
		text += "\n" + peopleList(people)
	}
	return Message{Text: clip(text, maxText), Blocks: v.Blocks.BlockSet}
}
