package rules

import (
	"slices"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// DecideUser decides about one person in every governed channel that they are
// in, by channel id, and invites them where a cluster invites by itself (a
// decision to Allow with an Invite). With clusters, only channels that one of
// those claims are looked at. A deactivated person has no decisions.
func (p *Policy) DecideUser(w *workspace.Snapshot, at time.Time, user workspace.UserID, cause Cause, clusters ...string) []Decision {
	u, ok := w.User(user)
	if !ok || u.Deleted {
		return nil
	}
	var all []Decision
	for _, g := range p.governedChannels(w) {
		if len(clusters) > 0 && !slices.ContainsFunc(g.clusters, func(c *cluster) bool { return slices.Contains(clusters, c.Name) }) {
			continue
		}
		roster := w.Members(g.channel)
		if roster.Set.Has(u) {
			all = append(all, p.decideInside(w, at, roster, Membership{Channel: g.channel, User: user, Cause: cause}))
			continue
		}
		if d, ok := p.invitation(w, u, g, roster, cause); ok {
			all = append(all, d)
		}
	}
	return all
}

// decideInside is DecideMember for somebody found in a list: where the list is
// not known well enough, nobody is removed because of it.
func (p *Policy) decideInside(w *workspace.Snapshot, at time.Time, roster workspace.Roster, m Membership) Decision {
	d := p.DecideMember(w, at, m)
	if roster.Complete || d.DryRun || d.Verdict != Remove && d.Verdict != Warn && d.Verdict != Review {
		return d
	}
	d.Verdict, d.Until = Undetermined, time.Time{}
	d.Reasons = append(d.Reasons, Reason{Code: CodeRosterUnknown, Subject: string(m.Channel)})
	d.Actions = []action.Action{action.Refresh{Channel: m.Channel}}
	return d
}

// invitation is the decision to invite somebody who is outside.
func (p *Policy) invitation(w *workspace.Snapshot, u workspace.User, g governed, roster workspace.Roster, cause Cause) (Decision, bool) {
	if !roster.Complete || !slices.ContainsFunc(g.clusters, func(c *cluster) bool { return c.enforced() && c.Join == JoinEveryone }) {
		return Decision{}, false
	}
	c, _ := w.Channel(g.channel)
	if !c.BotIn || c.Archived || c.General || !invitable(w.Team().Bot, u) {
		return Decision{}, false
	}
	for _, cl := range g.clusters {
		if !cl.enforced() || cl.Join != JoinEveryone {
			continue
		}
		in, reasons, _ := p.eligible(w, cl, u)
		if in != standsIn {
			continue
		}
		return Decision{
			Membership: Membership{Channel: c.ID, User: u.ID, Cause: cause},
			Verdict:    Allow, Cluster: cl.Name, Join: JoinEveryone,
			Reasons: append(reasons, Reason{Code: CodeJoinEveryone, Cluster: cl.Name}),
			Actions: []action.Action{action.Invite{Channel: c.ID, Users: []workspace.UserID{u.ID}, Cluster: cl.Name}},
		}, true
	}
	return Decision{}, false
}
