package handlers

import (
	"slices"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// introduce tells whoever added somebody who is removed now, where it could not
// be said at the time whether they may be there. They are told that instead of
// what they would be told as an owner.
func (r Request) introduce(out *Outcome) {
	for _, d := range out.Decisions {
		if d.Inviter != "" {
			continue
		}
		seat := workspace.Seat{Channel: d.Channel, User: d.User}
		by := r.memory().Added(seat)
		if by == "" || d.Verdict == rules.Undetermined {
			continue
		}
		if out.Added == nil {
			out.Added = map[workspace.Seat]workspace.UserID{}
		}
		out.Added[seat] = "" // it is decided
		inviter, ok := r.Workspace.User(by)
		if d.Verdict != rules.Remove || d.DryRun || !ok || inviter.Bot || inviter.Deleted || by == d.User {
			continue
		}
		out.Actions = slices.DeleteFunc(out.Actions, func(due Due) bool {
			t, ok := due.Action.(action.Tell)
			return ok && t.Topic == action.RemovedOwner && t.To == by && t.Channel == d.Channel && t.Subject == d.User
		})
		out.do(action.Tell{
			To: by, Topic: action.AddedOutsider, Channel: d.Channel, Subject: d.User, Cluster: d.Cluster, Reasons: d.Words(r.Workspace, by),
		})
	}
}
