package handlers

import (
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// introduce tells whoever added somebody who is removed now, where it could not
// be said at the time whether they may be there.
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
		out.do(action.Tell{
			To: by, Topic: action.AddedOutsider, Channel: d.Channel, Subject: d.User, Cluster: d.Cluster, Reasons: d.Words(r.Workspace, by),
		})
	}
}
