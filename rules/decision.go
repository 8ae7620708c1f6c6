// Package rules decides: it holds the policy, clusters, sources, join decisions
// with their reasons, grants, brakes, the plan (desired state minus observed)
// and the reading of a policy for danger.
//
// It is pure: no Slack client, clock, log, I/O or fx. Given equal inputs it
// gives equal answers. What the snapshot does not know is Undetermined, never a
// guess, and nobody is removed because of it.
//
// Decision: rules answer with data (verdict, reasons, actions) instead of
// calling anything, so that the same answer can be explained offline, shown
// before it is carried out, stored with its cause and replayed in a test.
package rules

import (
	"fmt"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Verdict is what a decision comes to.
type Verdict int

// The zero value does nothing.
const (
	Unmanaged    Verdict = iota // no enforced or reporting cluster claims the channel
	Allow                       // may be there, or may join
	Review                      // should not be there; it is only reported
	Warn                        // should not be there; told so, or within a grace
	Remove                      // must not be there
	Undetermined                // not known well enough to say; read it again and ask again
)

// Cause is what made the rules look at a membership.
type Cause string

// The causes.
const (
	CauseJoined    Cause = "joined"  // the person just arrived, by themselves or added by Membership.Inviter
	CauseSource    Cause = "source"  // something that makes people eligible changed
	CauseProfile   Cause = "profile" // the person's account changed
	CauseChannel   Cause = "channel" // the channel was created, renamed, unarchived, converted, or Usher came into it
	CauseGraceOver Cause = "grace"   // a grace or a grant ended
	CausePlan      Cause = "plan"    // desired was compared with observed
	CauseAsked     Cause = "asked"   // somebody asked to join, or why
)

// Membership is the question: may this person be in this channel.
type Membership struct {
	Channel workspace.ChannelID
	// Usergroup is set instead of Channel where it is about being in a user group.
	Usergroup workspace.UsergroupID
	User      workspace.UserID
	Inviter   workspace.UserID // who added them; empty: they came by themselves, or it is not known
	Cause     Cause
}

// Decision is the answer about one membership. Actions is empty unless
// something is to be done, and always empty when DryRun.
type Decision struct {
	Membership
	Verdict Verdict
	Cluster string          // the one that settled it; empty when Unmanaged
	DryRun  bool            // the cluster only reports: Verdict is what would be
	Reasons []Reason        // in the order tried; the last one settled it
	Until   time.Time       // Warn within a grace: when it ends. Allow by a grant: when that ends. Else zero
	Actions []action.Action // what is to be done about it
	// Join is how one comes into the channel by the cluster that settled it;
	// only DecideJoin and invitations set it.
	Join Join
}

// Reason is one fact that was looked at. Words says it to a person.
type Reason struct {
	Code    Code   `json:"code"`
	Cluster string `json:"cluster,omitempty"`
	Source  string `json:"source,omitempty"`  // as the policy names it: channel finance-department
	Subject string `json:"subject,omitempty"` // an id the fact is about (a master channel, a user group)
	Detail  string `json:"detail,omitempty"`
}

// Code names a kind of reason in storage and logs. Codes are never renamed.
type Code string

// String is the verdict in logs, storage and tests.
func (v Verdict) String() string {
	switch v {
	case Unmanaged:
		return "unmanaged"
	case Allow:
		return "allow"
	case Review:
		return "review"
	case Warn:
		return "warn"
	case Remove:
		return "remove"
	case Undetermined:
		return "undetermined"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// MarshalText is String.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what String wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for _, known := range []Verdict{Unmanaged, Allow, Review, Warn, Remove, Undetermined} {
		if known.String() == string(text) {
			*v = known
			return nil
		}
	}
	return fmt.Errorf("read a verdict: %q is none", text)
}

// Memory is what has to be remembered of a decision about somebody inside.
type Memory int

// The zero value is nothing.
const (
	Forget     Memory = iota // nothing to remember
	Settle                   // found to belong: workspace.Editor.Settle
	StartGrace               // warned: workspace.Editor.StartGrace at the decision's time; asked again at Until, where that is set
	Tolerate                 // not taken out by a rule that takes out nobody: no newcomer any more, nor their time begun, should it do so later
)

// Remember is what has to be remembered of d, for somebody who is inside. It
// is the same however often the decision is made; a grace that runs already
// must not be started again.
func (d Decision) Remember() Memory {
	switch d.Verdict {
	case Allow, Unmanaged:
		return Settle
	case Warn:
		if !d.DryRun {
			return StartGrace
		}
		return Tolerate
	case Review, Remove:
		if d.DryRun || len(d.Reasons) > 0 && d.Reasons[len(d.Reasons)-1].Code == othersCodes[OthersReport] {
			return Tolerate
		}
	case Undetermined:
	}
	return Forget
}
