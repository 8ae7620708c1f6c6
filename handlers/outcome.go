package handlers

import (
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Outcome is all that a payload causes.
type Outcome struct {
	// Reply rides in the ack (or is opened right after the commit).
	Reply Reply
	// Decisions are for the record and the mirror (Settle, StartGrace). Their
	// Actions are already in Actions; nobody carries out a Decision's own.
	Decisions []rules.Decision
	// Actions is everything that is to be done, in this order for equal keys.
	Actions []Due
	// Keep is what is held from now on, replacing what has its key; Forget are the
	// keys of what is held no more.
	Keep   []Held
	Forget []string
	// Spare changes who stays although a rule does not let them; an empty code
	// ends it.
	Spare map[workspace.Seat]rules.Code
	// Added is who brought in somebody of whom it could not be said whether they
	// may be there: to be told should they be removed.
	Added map[workspace.Seat]workspace.UserID
	// Run names what is done, where it is a comparison with the policy.
	Run *Run
	// Unhold ends a word under which actions waited.
	Unhold *Unhold
	// Cancel is a run whose waiting actions are not carried out any more.
	Cancel string
	// Pause stops every change of the workspace, or lets them go on.
	Pause *Pausing
	// Records are further rows for the audit.
	Records []Record
	// Doubts are what cannot be decided for want of knowledge, by their keys; nil:
	// it was not looked at.
	Doubts map[string]bool
	// Held waits until a person releases it; of a plan only.
	Held []rules.Brake
	// Reacted is what reactions made of it, for the record; what they do is
	// already in Actions.
	Reacted []Reacted
	// Heard is what the mirror is to take as said by an event, once this is committed.
	Heard []Heard
	// Rebased is how the rules' parts of user groups changed.
	Rebased []rules.Rebase
	// Sizes is what Policy.Remember has to be given from now on; nil: as before.
	Sizes rules.Sizes
}

// Heard is something that happened to a channel.
type Heard struct {
	Channel workspace.ChannelID
	Change  rules.ChannelChange
}

// Due is an action and when it may start. The zero time is now.
type Due struct {
	Action action.Action
	At     time.Time
	Hold   string // not empty: it waits until a person releases this word
}

// Unhold lets what waits under a word go on, or drops it.
type Unhold struct {
	Hold string
	Drop bool
}

// Pausing stops a workspace's changes, or lets them go on.
type Pausing struct {
	On  bool
	By  workspace.UserID
	Why string
}

// Record is something for the audit that is neither a decision nor an action.
type Record struct {
	Kind    string
	Channel workspace.ChannelID
	User    workspace.UserID
	Cluster string
	Line    string // with ids
	Body    map[string]any
}

// decide records decisions and queues their actions.
func (o *Outcome) decide(decisions ...rules.Decision) {
	for _, d := range decisions {
		o.Decisions = append(o.Decisions, d)
		o.do(d.Actions...)
	}
}

// settle records that people were found to belong: newcomers no more, no grace.
func (o *Outcome) settle(settled []rules.Membership) {
	for _, m := range settled {
		o.Decisions = append(o.Decisions, rules.Decision{Membership: m, Verdict: rules.Allow})
	}
}

// read queues readings.
func (o *Outcome) read(refresh []action.Refresh) {
	for _, a := range refresh {
		o.do(a)
	}
}

// do queues actions that may start at once, each equal one only once.
func (o *Outcome) do(actions ...action.Action) {
	for _, a := range actions {
		if keep, ok := a.(action.KeepUsergroup); ok && o.release(keep) {
			continue
		}
		if !o.has(a) {
			o.Actions = append(o.Actions, Due{Action: a})
		}
	}
}

// has reports whether an action that says the same about the same thing is
// queued already. Only those that a newer one would supersede are compared:
// they are asked for by several reasons at once.
func (o *Outcome) has(a action.Action) bool {
	if !action.Supersedes(a) {
		return false
	}
	for _, d := range o.Actions {
		if d.At.IsZero() && d.Action.Kind() == a.Kind() && d.Action.Key() == a.Key() {
			return true
		}
	}
	return false
}

// release lets one that is queued already take out as many people as keep may;
// false where none is.
func (o *Outcome) release(keep action.KeepUsergroup) bool {
	for i, d := range o.Actions {
		if queued, ok := d.Action.(action.KeepUsergroup); ok && queued.Key() == keep.Key() {
			queued.Release = max(queued.Release, keep.Release)
			o.Actions[i].Action = queued
			return true
		}
	}
	return false
}
