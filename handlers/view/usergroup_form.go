package view

import (
	"fmt"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// GroupForm is what the form of a user group holds.
type GroupForm struct {
	ID                        workspace.UsergroupID // empty: a new one
	Handle, Name, Description string
	Channels, Additional      []workspace.ChannelID
	Section                   bool
	Hidden                    int // channels of the group that the form does not show
}

// How much the fields of the form take.
const (
	mostName        = 80
	mostHandle      = 21
	mostDescription = 140
)

// SectionOn is the value of the one option of BlockGroupSection.
const SectionOn = "on"

// View is the form as a modal.
func (f GroupForm) View() slack.ModalViewRequest {
	blocks := []slack.Block{
		textInput(BlockGroupName, "Name", "Finance on call", f.Name, mostName, false),
		textInput(BlockGroupHandle, "Handle", "finance-oncall", f.Handle, mostHandle, false),
		textInput(BlockGroupText, "Description", "Who answers for finance this week", f.Description, mostDescription, true),
		channelInput(BlockGroupChannels, "Default channels", "Whoever joins the group joins these channels, too.", f.Channels),
		channelInput(BlockGroupAdditional, "Additional channels", "Channels that the group may be added to by hand.", f.Additional),
		sectionInput(f.Section),
	}
	if f.Hidden > 0 {
		blocks = append(blocks, context(fmt.Sprintf("The group has %s besides that Slack does not show you. They stay as they are.", count(f.Hidden, "channel", "channels"))))
	}
	title, submit := "Edit user group", "Save"
	if f.ID == "" {
		title, submit = "New user group", "Create"
		blocks = append(blocks, peopleInput(BlockGroupUsers, "People", "Guests, bots and people of other organisations cannot be in one."))
	}
	v := modal(title, blocks)
	v.CallbackID, v.PrivateMetadata = ViewGroupForm, f.String()
	v.Submit, v.Close = plain(submit, maxTitle), plain("Cancel", maxTitle)
	return v
}

// GroupPeopleForm asks who is to come into a user group, and who is to go.
func GroupPeopleForm(g GroupRow) slack.ModalViewRequest {
	blocks := []slack.Block{section(g.line() + "\n" + g.figures())}
	if g.ByRule {
		blocks = append(blocks, context("A rule fills this group. What you change by hand stays as you leave it."))
	}
	v := modal("Change people", append(blocks,
		peopleInput(BlockGroupAdd, "Add", "Guests, bots and people of other organisations cannot be in one."),
		peopleInput(BlockGroupRemove, "Take out", "The last one stays: Slack has no empty user groups."),
	))
	v.CallbackID, v.PrivateMetadata = ViewGroupPeople, string(g.ID)
	v.Submit, v.Close = plain("Save", maxTitle), plain("Cancel", maxTitle)
	return v
}

func textInput(block, label, example, value string, most int, optional bool) slack.Block {
	element := slack.NewPlainTextInputBlockElement(plain(example, maxPlaceholder), ActionGroupValue)
	element.InitialValue, element.MaxLength = clip(value, most), most
	input := slack.NewInputBlock(block, plain(label, maxSection), nil, element)
	input.Optional = optional
	return input
}

func channelInput(block, label, hint string, ids []workspace.ChannelID) slack.Block {
	element := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeConversations, plain("Choose channels", maxPlaceholder), ActionGroupValue)
	element.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeExternalSharedChannels: true, ExcludeBotUsers: true}
	for _, id := range ids {
		element.InitialConversations = append(element.InitialConversations, string(id))
	}
	most := 100
	element.MaxSelectedItems = &most
	input := slack.NewInputBlock(block, plain(label, maxSection), plain(hint, maxSection), element)
	input.Optional = true
	return input
}

func sectionInput(on bool) slack.Block {
	option := slack.NewOptionBlockObject(SectionOn, plain("Show it in its members' sidebar", 75), nil)
	element := slack.NewCheckboxGroupsBlockElement(ActionGroupValue, option)
	if on {
		element.InitialOptions = []*slack.OptionBlockObject{option}
	}
	input := slack.NewInputBlock(BlockGroupSection, plain("Sidebar", maxSection), plain("Counts only with at least one default channel.", maxSection), element)
	input.Optional = true
	return input
}

func peopleInput(block, label, hint string) slack.Block {
	element := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plain("Choose people", maxPlaceholder), ActionGroupValue)
	input := slack.NewInputBlock(block, plain(label, maxSection), plain(hint, maxSection), element)
	input.Optional = true
	return input
}
