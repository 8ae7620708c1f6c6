// Package action holds what may be done, as data: each action has a kind, a
// key, a JSON form and one line that says it in words.
//
// It must never do anything, ask anything or know Slack's client.
//
// Decision: actions are values in a closed set instead of functions, so that
// they can be stored in the same transaction as the decision that caused them,
// shown to people before they happen, carried out after a crash, and compared
// in tests.
package action

import "usher/rules/workspace"

// Kind names a sort of action in storage, logs and metrics. Kinds are never renamed.
type Kind string

// Key orders what goes out: actions with equal keys run one at a time, oldest
// first; different keys run beside each other.
type Key string

// Action is one thing to be done.
type Action interface {
	Kind() Kind
	Key() Key
	// String is one line in words, with ids, without anything that people typed.
	String() string
	action()
}

// Superseder is an Action of which only the newest with the same Kind and Key
// counts: older waiting ones are dropped.
type Superseder interface {
	Action
	supersedes()
}

// Supersedes reports whether a newer a replaces older waiting ones like it.
func Supersedes(a Action) bool { _, ok := a.(Superseder); return ok }

// Priority sorts what waits for the same allowance; smaller goes first.
type Priority int

// From Slack's side everything is one budget, so whoever waits in front of a
// screen goes first and reading the workspace goes last.
const (
	Interactive Priority = iota // somebody waits for it
	Removal
	Invitation
	Group
	Notice
	HomePublish
	Background
)

// ChannelKey orders everything done to one channel.
func ChannelKey(c workspace.ChannelID) Key { return Key("channel:" + string(c)) }

// UsergroupKey orders everything done to one user group.
func UsergroupKey(g workspace.UsergroupID) Key { return Key("usergroup:" + string(g)) }

// HomeKey orders the App Homes of one person.
func HomeKey(u workspace.UserID) Key { return Key("home:" + string(u)) }

// DMKey orders what one person is told.
func DMKey(u workspace.UserID) Key { return Key("dm:" + string(u)) }
