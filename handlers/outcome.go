package handlers

import (
	"time"

	"usher/rules"
	"usher/rules/action"
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
	// Held waits until a person releases it; of a plan only.
	Held []rules.Brake
	// Reacted is what reactions made of it, for the record; what they do is
	// already in Actions.
	Reacted []Reacted
	// Sizes is what Policy.Remember has to be given from now on; nil: as before.
	Sizes rules.Sizes
}

// Due is an action and when it may start. The zero time is now.
type Due struct {
	Action action.Action
	At     time.Time
	Hold   string // not empty: it waits until a person releases this word
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
