package handlers

import (
	"slices"
	"time"

	"usher/rules"
)

// heldBack is a decision about somebody inside, without what a brake holds: whoever
// waits with others for an administrator's word is not taken out, nor given their
// time, because something happened to them alone meanwhile.
func (r Request) heldBack(d rules.Decision) rules.Decision {
	if d.DryRun || len(d.Actions) == 0 || d.Verdict != rules.Remove && (d.Verdict != rules.Warn || d.Until.IsZero()) {
		return d
	}
	if u, known := r.Workspace.User(d.User); known && r.Workspace.Members(d.Channel).Newcomers.Has(u) {
		return d
	}
	if !slices.ContainsFunc(r.held(), func(h Held) bool {
		return h.Waits() && h.Channel == d.Channel && (h.Kind == rules.BrakeRemovals || h.Kind == rules.BrakeShare) && slices.Contains(h.People, d.User)
	}) {
		return d
	}
	d.Verdict, d.Until, d.Actions = rules.Review, time.Time{}, nil
	d.Reasons = append(slices.Clone(d.Reasons), rules.Reason{Code: rules.CodeHeld, Cluster: d.Cluster})
	return d
}
