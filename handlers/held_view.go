package handlers

import (
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// pressHeld shows whom something held is about, and why.
func pressHeld(a asker, p press) (Outcome, error) {
	if !a.admin() {
		return Outcome{}, complain(view.AdminsOnly(a.whom("")))
	}
	at := view.ReadPlace(p.value())
	h, found := a.heldNow(at.Words)
	if !found {
		return Outcome{}, complain(view.HeldGone(a.seesHeld()))
	}
	shown := a.shown(h, at, a.me)
	return p.turn(shown.View()), nil
}

// seesHeld is where somebody finds what is held now.
func (a asker) seesHeld() string {
	if a.me == CLI {
		return "with usher plan --held"
	}
	return "on my Home, or with " + view.Code(a.Settings.command()+" status")
}

// shown is something held as an administrator sees it: a page of the people,
// with the reasons as they are now.
func (r Request) shown(h Held, at view.Place, reader workspace.UserID) view.Held {
	v := view.Held{
		ID: h.ID(), What: heldWords(h), Since: h.Since, People: len(h.People), Place: at, Agreed: h.By,
		Waits: h.Waits(), Released: h.State == HeldReleased, FourEyes: r.Policy.FourEyes(),
	}
	if h.Kind == rules.BrakeReaction {
		v.Look = h.Key // more may wait by the time that somebody looks
		for _, id := range h.Rooms {
			c, _ := r.Workspace.Channel(id)
			v.Rooms = append(v.Rooms, view.Room{ID: id, Name: c.Name, Private: c.Private})
		}
	}
	if c, ok := r.Workspace.Channel(h.Channel); ok {
		v.Channel = &view.Room{ID: c.ID, Name: c.Name, Private: c.Private}
	}
	if g, ok := r.Workspace.Usergroup(h.Usergroup); ok {
		v.Group = g.Handle
	}
	from, to := at.Shown(len(h.People))
	for _, u := range h.People[from:to] {
		v.Shown = append(v.Shown, view.HeldPerson{User: u, Why: r.whyHeld(h, u, reader)})
	}
	return v
}

func (r Request) whyHeld(h Held, u, to workspace.UserID) string {
	if h.Channel == "" {
		return ""
	}
	d := r.Policy.DecideMember(r.Workspace, r.At, rules.Membership{Channel: h.Channel, User: u, Cause: rules.CausePlan})
	if d.Verdict == rules.Allow {
		return "may be there by now, and stays"
	}
	words := d.Words(r.Workspace, to)
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// waiting is everything held that administrators have yet to decide about.
func (r Request) waiting(to workspace.UserID) []view.Held {
	var all []view.Held
	for _, h := range r.held() {
		if h.Waits() {
			all = append(all, r.shown(h, view.At(0, h.ID()), to))
		}
	}
	return all
}

// runsShown is how many past runs a Home lists.
const runsShown = 3

// runs are the last runs that removed somebody.
func (r Request) runs() []view.Run {
	var all []view.Run
	for _, run := range r.memory().Runs(20) {
		if run.Removals > 0 && len(all) < runsShown {
			all = append(all, view.Run{ID: run.ID, At: run.At, Why: run.Why, By: run.By, Removed: run.Removals, Failed: run.Failed, Waiting: run.Waiting})
		}
	}
	return all
}
