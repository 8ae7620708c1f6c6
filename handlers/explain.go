package handlers

import (
	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// explain says why somebody may, or may not, be in a channel. Nothing comes of it.
func (a asker) explain(c workspace.Channel, of workspace.UserID) view.Message {
	inside := a.in(c.ID, of)
	var d rules.Decision
	if inside {
		d = a.Policy.DecideMember(a.Workspace, a.At, rules.Membership{Channel: c.ID, User: of, Cause: rules.CauseAsked})
	} else {
		d = a.Policy.DecideJoin(a.Workspace, a.At, c.ID, of)
	}
	why := view.Why{
		Room: a.room(c), Inside: inside, Verdict: d.Verdict, DryRun: d.DryRun, Cluster: d.Cluster,
		Join: d.Join, Settled: settledBy(d), Description: a.about(d.Cluster),
		Reasons: d.Words(a.Workspace, a.me), Until: d.Until, Whom: a.whom(d.Cluster), Command: a.Settings.command(),
	}
	if of != a.me {
		why.Of = of
	}
	return why.Message()
}

// person is who somebody asks about: themselves, or another where they may.
func (a asker) person(t command.Target, c workspace.Channel) (workspace.UserID, error) {
	if t.IsZero() {
		return a.me, nil
	}
	u, ok := t.Person(a.Workspace)
	if ok && u.ID == a.me {
		return a.me, nil
	}
	if !a.admin() && !a.owns(c) {
		return "", complain(view.OthersOnly(a.room(c), a.Settings.command()))
	}
	if !ok {
		return "", complain(view.NoSuchPerson(t.Written))
	}
	return u.ID, nil
}

// owns reports whether they own a rule that the channel is under.
func (a asker) owns(c workspace.Channel) bool {
	for _, cl := range a.Policy.Governing(c) {
		if a.Policy.IsOwner(a.Workspace, cl.Name, a.me) {
			return true
		}
	}
	return false
}
