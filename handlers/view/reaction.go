package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Ids of what reactions show.
const (
	ActionRename  = "rename"  // value: Renaming
	ActionKeep    = "keep"    // value: Keeping
	ViewRename    = "rename"  // private metadata: Renaming
	BlockName     = "name"    // in ViewRename: the input
	ActionNewName = "newname" // its element
)

// Renaming is which channel a proposal is about, and which reaction made it.
type Renaming struct {
	Channel  workspace.ChannelID
	Reaction string
}

func (r Renaming) String() string { return string(r.Channel) + " " + r.Reaction }

// ReadRenaming reads what String wrote.
func ReadRenaming(value string) Renaming {
	id, reaction, _ := strings.Cut(value, " ")
	return Renaming{workspace.ChannelID(id), reaction}
}

// Keeping is which channel is to be kept from being archived, and by which step.
type Keeping struct {
	Channel  workspace.ChannelID
	Number   int
	Event    string
	Reaction string
}

func (k Keeping) String() string {
	return strings.Join([]string{string(k.Channel), strconv.Itoa(k.Number), k.Event, k.Reaction}, " ")
}

// ReadKeeping reads what String wrote.
func ReadKeeping(value string) Keeping {
	parts := append(strings.SplitN(value, " ", 4), "", "", "")
	n, _ := strconv.Atoi(parts[1])
	return Keeping{workspace.ChannelID(parts[0]), n, parts[2], parts[3]}
}

// ArchiveWarning says in a channel that it is going to be archived.
func ArchiveWarning(a action.Archive) Message {
	text := fmt.Sprintf("This channel is archived on %s.", Date(a.End))
	if a.Active {
		text = fmt.Sprintf("Nobody has written here for a while: this channel is archived on %s unless somebody does.", Date(a.End))
	}
	m := Say(text + " Whoever still needs it can press *Keep it*.")
	m.Blocks = []slack.Block{section(m.Text), actions(button(ActionKeep, Keeping{a.Channel, a.Number, a.Event, a.Reaction}.String(), "Keep it"))}
	return m
}

// Kept takes the place of a warning. at is when the next one may come.
func Kept(by workspace.UserID, at time.Time) Message {
	return Say(fmt.Sprintf("%s keeps this channel. I may ask again from %s on.", UserMention(by), Date(at)))
}

// KeepRefused is for people who are not in the channel.
func KeepRefused() (what, next string) {
	return "Only people who are in the channel can have it kept.", "Join it first, then press again."
}

// ArchivedAlready is for a warning that nobody answered in time.
func ArchivedAlready() (what, next string) {
	return "This channel is archived by now.", "To go on with it, unarchive it in the channel's details."
}

// NothingToKeep is for a warning whose rule is gone.
func NothingToKeep() (what, next string) {
	return "The rule that would archive this channel is not there any more.", "Nothing happens to it."
}

// RenameModal asks for a channel's new name. leads are what names begin with;
// suggested is one that fits, and may be empty.
func RenameModal(r Renaming, name, suggested string, leads []string) slack.ModalViewRequest {
	element := slack.NewPlainTextInputBlockElement(plain("team-something", maxPlaceholder), ActionNewName)
	element.InitialValue, element.MaxLength = suggested, 80
	input := slack.NewInputBlock(BlockName, plain("New name", maxSection), nil, element)
	if len(leads) > 0 {
		input.Hint = plain("It begins with "+list(leads, "or")+".", maxSection)
	}
	v := modal("Rename the channel", []slack.Block{
		section(fmt.Sprintf("Now it is called %s.", Code("#"+name))), input,
	})
	v.CallbackID, v.PrivateMetadata = ViewRename, r.String()
	v.Submit, v.Close = plain("Rename", maxTitle), plain("Cancel", maxTitle)
	return v
}

// RenameRefused is for people who may not rename the channel.
func RenameRefused() (what, next string) {
	return "Only whoever created the channel, or an administrator, may rename it here.", "Ask them."
}

// NameFits is for a proposal that was followed already.
func NameFits(r Room) (what, next string) {
	return r.Called() + " has a name that fits by now.", "There is nothing left to do."
}

// Renamed is said when it is done.
func Renamed(id workspace.ChannelID, name string) Message {
	return Say(fmt.Sprintf("%s is called %s now. Thank you!", ChannelMention(id), Code("#"+name)))
}

// NotRenamed is said when Slack refused. why is plain text and may be empty.
func NotRenamed(id workspace.ChannelID, name, why string) Message {
	text := "I could not rename " + ChannelMention(id) + "."
	if why != "" {
		text += " " + sentence(why)
	}
	return Say(text + " You can do it yourself: open the channel's details, then Settings, and name it " + Code(name) + ".")
}

// fromReaction is what a reaction tells a channel's creator; its text is mrkdwn.
func (n Notice) fromReaction() Message {
	m := Say(n.Detail)
	m.Blocks = []slack.Block{section(m.Text)}
	if n.Topic == action.ProposeRename {
		m.Blocks = append(m.Blocks, actions(button(ActionRename, Renaming{n.Channel, n.Cluster}.String(), "Rename "+clip("#"+n.ChannelName, 60))))
	}
	return m
}
