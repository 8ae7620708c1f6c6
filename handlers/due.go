package handlers

import (
	"context"

	"usher/rules"
	"usher/rules/action"
)

// recheck asks again about one membership whose grace or grant has ended.
func recheck(_ context.Context, r Request, a action.Recheck) (Outcome, error) {
	var out Outcome
	if !r.in(a.Channel, a.User) {
		return out, nil
	}
	out.decide(r.heldBack(r.Policy.DecideMember(r.Workspace, r.At, rules.Membership{
		Channel: a.Channel, User: a.User, Cause: rules.CauseGraceOver,
	})))
	r.publish(&out, a.User)
	return out, nil
}

// Reasons of a Replan. whyRefreshed follows a reading.
const (
	whyRefreshed = "refreshed"
	whySource    = "source" // a source changed in ways its event does not say
)

// replan compares one channel, or the whole workspace, with the policy. One that
// follows a reading asks for no further reading: what is still not known by then
// waits for the next scheduled one.
func replan(_ context.Context, r Request, a action.Replan) (Outcome, error) {
	var out Outcome
	if a.Channel != "" {
		r.look(&out, a.Channel)
	} else {
		plan := r.Policy.Plan(r.Workspace, r.At)
		r.carryPlan(&out, plan)
		r.doubt(&out, plan.Doubts, a.Why)
		r.planned(&out, a.Why, "", plan.Hash)
	}
	if a.Why == whyRefreshed {
		out.withoutRefresh()
	}
	if a.Why == "policy" || a.Why == "start" {
		r.publish(&out, r.openers()...)
	}
	return out, nil
}

// withoutRefresh drops every Refresh.
func (o *Outcome) withoutRefresh() {
	var kept []Due
	for _, d := range o.Actions {
		if _, ok := d.Action.(action.Refresh); !ok {
			kept = append(kept, d)
		}
	}
	o.Actions = kept
}
