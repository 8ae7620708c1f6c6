package handlers

import (
	"slices"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// standstill is an outcome without the times that would begin to run in it while
// changes are stopped: nobody would hear of them before changes go on, when
// everything is compared anew.
func (r Request) standstill(out Outcome) Outcome {
	begins := func(d rules.Decision) bool {
		_, runs := r.Workspace.Grace(d.Channel, d.User)
		return d.Remember() == rules.StartGrace && !runs && d.Channel != ""
	}
	if !slices.ContainsFunc(out.Decisions, begins) || !r.memory().Standing().Paused {
		return out
	}
	waits := map[workspace.Seat]bool{}
	out.Decisions = slices.Clone(out.Decisions)
	for i, d := range out.Decisions {
		if begins(d) {
			waits[workspace.Seat{Channel: d.Channel, User: d.User}] = true
			d.Verdict, d.Until, d.Actions = rules.Review, time.Time{}, nil
			d.Reasons = append(slices.Clone(d.Reasons), rules.Reason{Code: rules.CodePaused, Cluster: d.Cluster})
			out.Decisions[i] = d
		}
	}
	out.Actions = slices.DeleteFunc(slices.Clone(out.Actions), func(d Due) bool {
		t, ok := d.Action.(action.Tell)
		return ok && (t.Topic == action.GraceStarted || t.Topic == action.Warned) && waits[workspace.Seat{Channel: t.Channel, User: t.To}]
	})
	return out
}
