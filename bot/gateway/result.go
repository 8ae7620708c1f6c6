package gateway

import (
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Class is what came of an action. The words are stored; they are the same as
// those of handlers.Class.
type Class string

// The classes. The zero value is an action that was not tried.
const (
	Done    Class = "done"
	Already Class = "already" // it was so before; as good as done
	Later   Class = "later"   // not now; the action stays as it is and is tried again
	Never   Class = "never"   // it cannot be done, and trying again would not help
	Blocked Class = "blocked" // it cannot be done until somebody changes something
)

// Everywhere is the Stuck of what concerns the whole workspace: a token, a scope.
const Everywhere action.Key = "workspace"

// Result is what came of carrying out an action once.
type Result struct {
	Class    Class
	Code     string            // Slack's error code, or the gateway's own; empty when done
	Sentence string            // Never and Blocked: what happened, and who must change what. Plain text, nothing that people typed
	Value    map[string]string // what Slack gave back (channel, ts, id), and "refused:U1" = code for each person an invitation passed over

	// After is when to try again; zero leaves it to the caller's backoff.
	After time.Duration
	// Snoozed says that nothing was tried: the allowance was not there. It is no attempt.
	Snoozed bool
	// Stuck is what stays blocked until somebody acts: the channel's or user
	// group's key, or Everywhere. Only that thing's own success clears it.
	Stuck action.Key
	// Lost is a channel in which Usher turned out not to be: the mirror is wrong
	// about it, or will be told soon.
	Lost workspace.ChannelID
	// Unconfirmed says that the call went out and no answer came, for a message
	// that must not be sent twice. Its Class is Done.
	Unconfirmed bool
}

// OK reports whether things are now as the action wanted them.
func (r Result) OK() bool { return r.Class == Done || r.Class == Already }
