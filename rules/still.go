package rules

import (
	"slices"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Still is asked right before an action is carried out: whether it is still
// right by what is known now, and the decision that says so. Somebody who may
// be there by now is not removed; somebody who may not be is not invited. An
// Invite of several people is still right while one of them may come; Narrow
// leaves the others out. What the rules have no say in is always right.
func (p *Policy) Still(w *workspace.Snapshot, at time.Time, a action.Action) (bool, Decision) {
	switch a := a.(type) {
	case action.KeepUsergroup:
		return p.stillGroup(w, at, a)
	case action.Remove:
		if a.Usergroup != "" {
			return newSurvey(p, w, at, CausePlan).stillUncoupled(a)
		}
		if a.Asked != nil {
			return true, Decision{Membership: Membership{Channel: a.Channel, User: a.User, Cause: CauseAsked}}
		}
		roster := w.Members(a.Channel)
		m := Membership{Channel: a.Channel, User: a.User, Cause: CausePlan}
		if u, ok := w.User(a.User); ok && !roster.Set.Has(u) {
			return false, Decision{Membership: m, Verdict: Unmanaged, Reasons: []Reason{{Code: CodeOutside}}}
		}
		d := p.DecideMember(w, at, m)
		return d.Verdict == Remove && !d.DryRun, d
	case action.Invite:
		var last Decision
		for _, u := range a.Users {
			ok, d := p.mayCome(w, at, a, u)
			if ok {
				return true, d
			}
			last = d
		}
		return false, last
	case action.Tell:
		return p.stillTold(w, at, a)
	case action.Step:
		return p.stillStep(w, a)
	case action.Archive:
		return p.stillArchive(w, at, a)
	case action.Join:
		c, ok := w.Channel(a.Channel)
		return !ok || !c.BotIn && !c.Archived, Decision{Membership: Membership{Channel: a.Channel}}
	}
	return true, Decision{}
}

// Narrow is an action without those people for whom it is no longer right; a
// step of a reaction becomes what it asks of Slack, by what is known now.
func (p *Policy) Narrow(w *workspace.Snapshot, at time.Time, a action.Action) action.Action {
	switch a := a.(type) {
	case action.KeepUsergroup:
		return p.readyGroup(w, at, a)
	case action.Step:
		return p.ready(w, at, a)
	case action.Archive:
		return p.readyArchive(w, at, a)
	}
	inv, ok := a.(action.Invite)
	if !ok {
		return a
	}
	inv.Users = slices.DeleteFunc(slices.Clone(inv.Users), func(u workspace.UserID) bool {
		may, _ := p.mayCome(w, at, inv, u)
		return !may
	})
	return inv
}

// mayCome is whether one person of an invitation may be there: where they asked
// for it themselves, whether they may let themselves in.
func (p *Policy) mayCome(w *workspace.Snapshot, at time.Time, a action.Invite, user workspace.UserID) (bool, Decision) {
	var d Decision
	if a.Asked != nil && a.Asked.By == user {
		d = p.DecideJoin(w, at, a.Channel, user)
	} else {
		d = p.DecideMember(w, at, Membership{Channel: a.Channel, User: user, Cause: CausePlan})
	}
	if a.Undoes != "" {
		return MayBeBack(d), d
	}
	return d.Verdict == Allow && !d.DryRun || d.Verdict == Unmanaged && a.Cluster == "", d
}

// stillTold reports whether a notice that somebody is taken out, or has to go, is
// still right: not when they are in the channel and may be there by now. It may
// have waited for the end of a pause in which the rule was mended.
func (p *Policy) stillTold(w *workspace.Snapshot, at time.Time, a action.Tell) (bool, Decision) {
	m := Membership{Channel: a.Channel, User: a.To, Cause: CausePlan}
	switch a.Topic {
	case action.RemovedOwner, action.AddedOutsider:
		m.User = a.Subject
	case action.Removed, action.GraceStarted:
	default:
		return true, Decision{}
	}
	u, known := w.User(m.User)
	if strings.HasPrefix(a.Cluster, "@") || !known || !w.Members(m.Channel).Set.Has(u) {
		return true, Decision{}
	}
	d := p.DecideMember(w, at, m)
	return !MayBeBack(d), d
}
