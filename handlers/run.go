package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Run names a comparison with the policy that led to something. Its actions
// carry its id, so that people can follow it and take it back.
type Run struct {
	ID      string
	Why     string           // start, schedule, gap, policy, asked, released, undo, …
	By      workspace.UserID // who asked for it; empty: nobody did
	Hash    string           // the plan's
	Undoes  string           // the run that this one takes back
	Refused bool             // nothing was done: it was not the plan that was asked for
}

// runID is an id that is the same whenever the same event is handled.
func (r Request) runID() string {
	sum := sha256.Sum256([]byte(string(r.Team) + "\x00" + r.EventID))
	return "r" + hex.EncodeToString(sum[:])[:8]
}

// PastRun is a run with what came of it so far.
type PastRun struct {
	Run
	At       time.Time
	Removals int // people it removed, surely
	Waiting  int
	Failed   int
	Removed  []workspace.Seat // Run alone: whom
	// Run alone: whom it took out of which user group.
	Ungrouped map[workspace.UsergroupID][]workspace.UserID
}

// planned has an outcome belong to a run where it changes anything.
func (r Request) planned(out *Outcome, why string, by workspace.UserID, hash string) {
	if len(out.Keep) > 0 || slices.ContainsFunc(out.Actions, func(d Due) bool { return action.Changes(d.Action) }) {
		out.Run = &Run{ID: r.runID(), Why: why, By: by, Hash: hash}
	}
}

// apply carries out the plan of a hash, or whatever the plan is now.
func (a asker) apply(hash string) (Outcome, view.Message, error) {
	var out Outcome
	if now := a.memory().Standing(); now.Paused {
		return out, view.Message{}, complain(view.PausedFor(a.paused(now), a.Settings.command()))
	}
	plan := a.Policy.Plan(a.Workspace, a.At)
	if hash != "" && hash != plan.Hash {
		return out, view.Message{}, complain(view.OtherPlan(hash, plan.Hash))
	}
	a.carryPlan(&out, plan)
	a.planned(&out, "asked", a.me, plan.Hash)
	if out.Run == nil {
		return out, view.Say("There is nothing to do."), nil
	}
	return out, view.Say(fmt.Sprintf("Carrying out the plan %s as the run %s.", plan.Hash, out.Run.ID)), nil
}

// carryPlan is everything that a plan of the whole workspace comes to.
func (r Request) carryPlan(out *Outcome, plan rules.Plan) {
	out.Decisions = append(out.Decisions, plan.Decisions...)
	out.settle(plan.Settled)
	out.do(r.untold(plan.Actions)...)
	out.read(plan.Refresh)
	out.Forget, out.Spare = r.overdue(plan.Held)
	r.hold(out, plan.Held)
	out.Sizes = plan.Sizes
	out.Rebased = append(out.Rebased, plan.Rebased...)
}

// untold leaves out what people were told before: of removals that wait until
// somebody changes a setting, which every plan finds again.
func (r Request) untold(actions []action.Action) []action.Action {
	stuck := map[workspace.ChannelID]bool{}
	for _, t := range r.memory().Blocked() {
		stuck[t.Channel] = t.Channel != ""
	}
	if len(stuck) == 0 {
		return actions
	}
	return slices.DeleteFunc(slices.Clone(actions), func(a action.Action) bool {
		t, ok := a.(action.Tell)
		return ok && stuck[t.Channel] && (t.Topic == action.Removed || t.Topic == action.RemovedOwner)
	})
}

// undo brings back whom a run removed, those alone, unless they may not be there
// by the policy as it is now. What of the run still waits is not done any more.
func (a asker) undo(id string) (Outcome, view.Message, error) {
	var out Outcome
	run, ok := a.memory().Run(id)
	if !ok {
		return out, view.Message{}, complain(view.NoRun(id))
	}
	if now := a.memory().Standing(); now.Paused {
		return out, view.Message{}, complain(view.PausedFor(a.paused(now), a.Settings.command()))
	}
	m := view.Undone{Run: id, Stopped: run.Waiting}
	if run.Waiting > 0 {
		out.Cancel = id
	}
	for _, seat := range run.Removed {
		if a.in(seat.Channel, seat.User) {
			m.There++
			continue
		}
		d := a.Policy.DecideMember(a.Workspace, a.At, rules.Membership{Channel: seat.Channel, User: seat.User, Cause: rules.CausePlan})
		if !rules.MayBeBack(d) {
			d.Reasons = slices.DeleteFunc(slices.Clone(d.Reasons), ofTime)
			out.Records = append(out.Records, Record{
				Kind: "undo", Channel: d.Channel, User: d.User, Cluster: d.Cluster, Line: "leave " + string(d.User) + " out of " + string(d.Channel) + " though run " + id + " is undone",
				Body: map[string]any{"run": id, "reasons": d.Reasons},
			})
			m.Out = append(m.Out, view.StaysOut{User: seat.User, Channel: a.known(seat.Channel), Why: d.Words(a.Workspace, a.me)})
			continue
		}
		m.Back++
		out.Decisions = append(out.Decisions, d)
		out.do(action.Invite{Channel: seat.Channel, Users: []workspace.UserID{seat.User}, Cluster: d.Cluster, Undoes: id})
	}
	a.undoGroups(&out, run, &m)
	if m.Back > 0 || run.Waiting > 0 {
		out.Run = &Run{ID: a.runID(), Why: "undo", By: a.me, Undoes: id}
		m.As = out.Run.ID
	}
	return out, m.Message(), nil
}

// ofTime reports whether a reason is about the time that somebody inside is given:
// whoever is out stays out for another.
func ofTime(r rules.Reason) bool {
	switch r.Code {
	case rules.CodeGraceStarts, rules.CodeGraceRuns, rules.CodeGraceOver, rules.CodeNewcomer:
		return true
	}
	return false
}
