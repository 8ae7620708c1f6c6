package action

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"usher/rules/workspace"
)

// Kinds of this file.
const (
	KindStep     Kind = "step"
	KindArchive  Kind = "archive"
	KindRename   Kind = "rename"
	KindHappened Kind = "happened"
)

// Step is one step of a reaction. What is stored are facts; what it says, whom
// it concerns and where it goes are found when its turn comes, by the policy
// and the channel's name as they are then.
type Step struct {
	Channel  workspace.ChannelID `json:"channel"`
	Reaction string              `json:"reaction"`
	Change   string              `json:"change"` // what happened: created, renamed, …
	Event    string              `json:"event"`  // names the one time that it happened
	Name     string              `json:"name"`   // what the channel was called then
	Number   int                 `json:"number"` // its place in the reaction, from 1
	Verb     string              `json:"verb"`
	Pins     bool                `json:"pins,omitempty"` // pins the message that the step of this Number posted
	Actor    workspace.UserID    `json:"actor,omitempty"`

	// Found when its turn comes; never stored.
	Text string              `json:"-"` // mrkdwn or a plain title, escaped as its place needs it
	Link string              `json:"-"` // bookmark
	Into workspace.ChannelID `json:"-"` // announce
	TS   string              `json:"-"` // Pins: the message
	Sent time.Time           `json:"-"` // it may have been sent since then; zero: it was not
}

// Created is the Change that happens to a channel once, however often it is heard of.
const Created = "created"

// Kind is KindStep.
func (Step) Kind() Kind { return KindStep }

// Key is the channel's.
func (a Step) Key() Key { return ChannelKey(a.Channel) }

func (a Step) String() string {
	verb := a.Verb
	if a.Pins {
		verb += " what was posted"
	}
	return fmt.Sprintf("step %d of reaction %s in %s: %s", a.Number, a.Reaction, a.Channel, verb)
}
func (Step) action() {}

// Once names the step for good: a channel is created once, whatever else
// happens to it is told apart by its event.
func (a Step) Once() string {
	when := a.Change + ":" + a.Event
	if a.Change == Created {
		when = a.Change
	}
	part := strconv.Itoa(a.Number)
	if a.Pins {
		part += "p"
	}
	return strings.Join([]string{"step", a.Reaction, string(a.Channel), when, part}, ":")
}

// Posts reports whether the step shows as a message, which must not show twice.
func (a Step) Posts() bool {
	return !a.Pins && (a.Verb == "post" || a.Verb == "pin" || a.Verb == "announce" || a.Verb == "tell_creator" || a.Verb == "propose_rename")
}

// Archive archives a channel at the end of a silence: first it warns (Warn),
// then it archives. Somebody who speaks, or says that the channel is to be
// kept, starts the silence anew. Of one channel only the newest counts.
type Archive struct {
	Channel  workspace.ChannelID `json:"channel"`
	Reaction string              `json:"reaction"`
	Event    string              `json:"event"`
	Number   int                 `json:"number"`
	Warn     bool                `json:"warn,omitempty"`
	Warned   bool                `json:"warned,omitempty"` // a warning went ahead
	Since    time.Time           `json:"since"`            // the silence is counted from here
	At       time.Time           `json:"at,omitzero"`      // when it is due

	Active bool             `json:"-"` // somebody's message since then puts it off
	Self   workspace.UserID `json:"-"` // whose messages do not
	End    time.Time        `json:"-"` // Warn: when it is archived
	Text   string           `json:"-"` // Warn: what is posted, and its blocks
	Blocks string           `json:"-"`
	Sent   time.Time        `json:"-"` // Warn: it may have been sent since then; zero: it was not
}

// Kind is KindArchive.
func (Archive) Kind() Kind { return KindArchive }

// Key is the channel's.
func (a Archive) Key() Key { return ChannelKey(a.Channel) }

func (a Archive) String() string {
	if a.Warn {
		return fmt.Sprintf("warn that %s is archived by reaction %s", a.Channel, a.Reaction)
	}
	return fmt.Sprintf("archive %s by reaction %s", a.Channel, a.Reaction)
}
func (Archive) action()     {}
func (Archive) supersedes() {}

// Rename gives a channel another name because somebody who may asked for it.
type Rename struct {
	Channel workspace.ChannelID `json:"channel"`
	Name    string              `json:"name"`
	Asked   *Asked              `json:"asked,omitempty"`
}

// Kind is KindRename.
func (Rename) Kind() Kind { return KindRename }

// Key is the channel's.
func (a Rename) Key() Key { return ChannelKey(a.Channel) }

func (a Rename) String() string { return fmt.Sprintf("rename %s", a.Channel) }
func (Rename) action()          {}

// Happened asks the policy's reactions about something that happened to a
// channel, once whatever is being read of the channel has been read. It calls
// nothing; it enters the workspace's lane.
type Happened struct {
	Channel  workspace.ChannelID `json:"channel"`
	Change   string              `json:"change"`
	Actor    workspace.UserID    `json:"actor,omitempty"`
	Reaction string              `json:"reaction,omitempty"` // this one alone
	Name     string              `json:"name,omitempty"`     // renamed: only if this is what the channel is called then
	Tries    int                 `json:"tries,omitempty"`    // how often the channel was not known yet
	Missed   bool                `json:"missed,omitempty"`   // reading found it: only if no event has said so by then
}

// Kind is KindHappened.
func (Happened) Kind() Kind { return KindHappened }

// Key is that of reading the channel.
func (a Happened) Key() Key { return Refresh{Channel: a.Channel}.Key() }

func (a Happened) String() string { return fmt.Sprintf("react to %s: %s", a.Channel, a.Change) }
func (Happened) action()          {}

// OnceOf is the name under which an action is stored at most once; empty: no such promise.
func OnceOf(a Action) string {
	switch a := a.(type) {
	case Tell:
		return a.Once
	case Step:
		return a.Once()
	}
	return ""
}

// Sends reports whether an action shows as a message, so that doing it again
// after an unknown outcome would show twice.
func Sends(a Action) bool {
	switch a := a.(type) {
	case Tell:
		return true
	case Step:
		return a.Posts()
	case Archive:
		return a.Warn
	}
	return false
}

// Seek is a message that may have been sent since a time and is looked for before
// it is sent. False: it cannot be looked for.
func Seek(a Action, since time.Time) (Action, bool) {
	switch a := a.(type) {
	case Step:
		a.Sent = since
		return a, a.Posts()
	case Archive:
		a.Sent = since
		return a, a.Warn
	}
	return a, false
}

// stepPriority is how urgent a step is.
func stepPriority(a Step) Priority {
	switch a.Verb {
	case "join", "invite":
		return Invitation
	case "announce", "tell_creator", "propose_rename":
		return Notice
	}
	return Group
}
