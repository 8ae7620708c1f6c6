package handlers

import (
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// join lets the asker into a channel, or complains why not. What is said at
// once is the second result; what comes of it is told when the action settles.
func (a asker) join(c workspace.Channel, responseURL string) (Outcome, view.Message, error) {
	room := a.room(c)
	no := func(what, next string) (Outcome, view.Message, error) {
		return Outcome{}, view.Message{}, complain(what, next)
	}
	switch {
	case a.memory().Standing().Paused:
		return no(view.Paused(a.whom("")))
	case c.Archived:
		return no(view.Archived(room))
	case room.In:
		return no(view.AlreadyIn(room))
	case c.General && !a.guest():
		room.In = true
		return no(view.AlreadyIn(room))
	}
	d := a.Policy.DecideJoin(a.Workspace, a.At, c.ID, a.me)
	out := Outcome{Decisions: []rules.Decision{d}}
	out.do(d.Actions...)
	whom := a.whom(d.Cluster)
	switch d.Verdict {
	case rules.Unmanaged:
		return no(view.Unmanaged(room, a.guest()))
	case rules.Undetermined:
		if cannotManage(d) {
			return no(view.CannotManage(room, whom))
		}
		out.do(action.Refresh{Channel: c.ID})
		return out, view.Complaint(view.NotSure(room, a.memory().Standing().Reading)), nil
	case rules.Review:
		switch {
		case tolerated(d):
			return no(view.Tolerated(room, d.Cluster, a.guest()))
		case d.Join == rules.JoinRequest:
			return no(view.AskOwners(room, whom))
		}
		return no(view.Closed(room, whom))
	case rules.Warn, rules.Remove:
		if d.DryRun {
			return no(view.OnlyReports(room, d.Cluster, false, whom))
		}
		return no(view.NotAllowed(room, d.Cluster, a.about(d.Cluster), d.Words(a.Workspace, a.me), whom))
	case rules.Allow:
		if d.DryRun {
			return no(view.OnlyReports(room, d.Cluster, true, whom))
		}
	}
	out.do(action.Invite{
		Channel: c.ID, Users: []workspace.UserID{a.me}, Cluster: d.Cluster,
		Asked: &action.Asked{By: a.me, ResponseURL: responseURL},
	})
	return out, view.LettingIn(room), nil
}

// leave takes the asker out of a channel. No rule keeps anybody in.
func (a asker) leave(c workspace.Channel, responseURL string) (Outcome, view.Message, error) {
	room := a.room(c)
	no := func(what, next string) (Outcome, view.Message, error) {
		return Outcome{}, view.Message{}, complain(what, next)
	}
	switch {
	case !room.In && a.Workspace.Members(c.ID).Complete:
		return no(view.NotIn(room, a.Settings.command()))
	case c.Archived:
		return no(view.Archived(room))
	case c.General:
		return no(view.Everybody(room))
	case a.memory().Standing().Paused:
		return no(view.Paused(a.whom("")))
	case !c.BotIn:
		return no(view.LeaveYourself(room))
	}
	var out Outcome
	out.do(action.Remove{
		Channel: c.ID, User: a.me,
		Asked: &action.Asked{By: a.me, ResponseURL: responseURL},
	})
	return out, view.TakingOut(room), nil
}
