package view

import (
	"cmp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// Action ids of what people press. What a button carries is in its value: an id,
// or a page with the words that were searched for.
const (
	ActionJoin        = "join"          // value: channel id
	ActionLeave       = "leave"         // value: channel id
	ActionWhy         = "why"           // value: channel id
	ActionList        = "list"          // a first page of the list
	ActionListPage    = "list:page"     // value: Place
	ActionHomePage    = "home:page"     // value: Place
	ActionHomeSearch  = "home:search"   // an input: what to search for
	ActionCluster     = "cluster"       // value: the cluster's name
	ActionClusterPage = "cluster:page"  // value: Place of the cluster's name
	ActionClusters    = "clusters"      // value: Place
	ActionTroubles    = "home:troubles" // all channels that cannot be managed
)

// Room is one channel as one person sees it in a list.
type Room struct {
	ID      workspace.ChannelID
	Name    string
	Private bool
	In      bool // they are a member
	MayJoin bool // a press on Join will let them in
	Asking  bool // an owner has to let them in: Whom says who
	Stays   bool // they are in and cannot be let go: #general
	Back    bool // having left, they could come back by themselves
	Again   bool // the rule invites them by itself, also once they have left
	Feeds   bool // being in it is what lets people into other channels
	Whom    Whom
	Until   time.Time // they are in and have to be out by then; zero: no such thing
}

// The shelves that rooms stand on, in this order.
const (
	shelfOpen = iota
	shelfAsking
	shelfIn
)

var shelves = [...]string{shelfOpen: "Open to you", shelfAsking: "Open to you once somebody lets you in", shelfIn: "You are in"}

func (r Room) shelf() int {
	switch {
	case r.In:
		return shelfIn
	case r.Asking:
		return shelfAsking
	}
	return shelfOpen
}

// Compare is the order of rooms in a list, as cmp.Compare says it: those one may
// join first, then those one has to ask for, then those one is in, by name.
func (r Room) Compare(o Room) int {
	return cmp.Or(cmp.Compare(r.shelf(), o.shelf()), cmp.Compare(r.Name, o.Name))
}

// Called is the channel as its reader knows it: a link where Slack shows it to
// them, else its name in bold.
func (r Room) Called() string { return channelName(r.ID, r.Name, r.Private && !r.In) }

func channelName(id workspace.ChannelID, name string, private bool) string {
	if private || id == "" {
		return "*#" + Escape(clip(name, 80)) + "*"
	}
	return ChannelMention(id)
}

// block is the room as a line with what can be done about it at its end.
func (r Room) block() slack.Block {
	var b strings.Builder
	b.WriteString(r.Called())
	if r.Private {
		b.WriteString("  :lock:")
	}
	if r.Asking && !r.In {
		b.WriteString("\n" + r.Whom.ToBeLetIn())
	}
	if r.In && !r.Until.IsZero() {
		b.WriteString("\nYou can stay until " + Date(r.Until) + ".")
	}
	line := section(b.String())
	line.BlockID = "room:" + string(r.ID)
	switch {
	case r.In && !r.Stays:
		line.Accessory = slack.NewAccessory(r.leave())
	case !r.In && r.MayJoin:
		line.Accessory = slack.NewAccessory(r.join())
	}
	return line
}

func (r Room) join() *slack.ButtonBlockElement {
	join := button(ActionJoin, string(r.ID), "Join")
	join.Style = slack.StylePrimary
	join.AccessibilityLabel = clip("Join #"+r.Name, maxButton)
	return join
}

func (r Room) leave() *slack.ButtonBlockElement {
	leave := button(ActionLeave, string(r.ID), "Leave")
	leave.AccessibilityLabel = clip("Leave #"+r.Name, maxButton)
	text := "You can come back whenever you like."
	switch {
	case r.Again:
		text = "Its rule brings in everybody whom it is for: I may add you again."
	case !r.Back:
		text = "You could not come back by yourself: somebody would have to add you again."
	}
	if r.Feeds {
		text += " Being in it is what lets you into other channels: you would lose those, too."
	}
	leave.Confirm = confirm("Leave #"+r.Name+"?", text, "Leave", "Stay")
	return leave
}

// Whom is who can be asked about a rule. Any of it may be empty.
type Whom struct {
	Owners []workspace.UserID
	// Place is where help is: a channel, by id or (when it is not known) by name,
	// or whatever else the policy says.
	Place     workspace.ChannelID
	PlaceName string
	You       bool // the reader is one of those who answer for it
}

// Known reports whether there is anybody to ask.
func (w Whom) Known() bool { return len(w.Owners) > 0 || w.Place != "" || w.PlaceName != "" }

// mostOwners is how many are named; more make nobody feel asked.
const mostOwners = 5

func (w Whom) String() string {
	names := w.people()
	switch {
	case w.Place != "":
		names = append(names, "in "+ChannelMention(w.Place))
	case strings.HasPrefix(w.PlaceName, "#"):
		names = append(names, "in "+Escape(clip(w.PlaceName, 80)))
	case w.PlaceName != "":
		names = append(names, Escape(clip(w.PlaceName, 80)))
	case len(names) == 0:
		names = append(names, "an administrator of this workspace")
	}
	return list(names, "or")
}

func (w Whom) people() []string {
	var names []string
	for _, o := range w.Owners[:min(len(w.Owners), mostOwners)] {
		names = append(names, UserMention(o))
	}
	return names
}

// Ask is a sentence: whom to ask.
func (w Whom) Ask() string {
	if w.You && len(w.Owners) == 0 {
		return "You answer for this rule yourself."
	}
	return "Ask " + w.String() + "."
}

// owners is Ask for where owners were just spoken of.
func (w Whom) owners() string {
	if len(w.Owners) == 0 {
		return w.Ask()
	}
	return "Ask the owners: " + list(w.people(), "or") + "."
}

// ToBeLetIn is a sentence for channels where an owner decides.
func (w Whom) ToBeLetIn() string {
	if len(w.Owners) == 0 {
		return "To be let in: " + lower(w.Ask())
	}
	return "To be let in: ask " + list(w.people(), "or") + "."
}
