package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// CLI is who asks from the machine that the bot runs on: whoever may open its
// socket may do everything.
const CLI = rules.Operator

// Order is what somebody on the machine asks for.
type Order struct {
	ID   string `json:"id,omitempty"`   // of what is held, or of a run
	Hash string `json:"hash,omitempty"` // of the plan that was seen
	Why  string `json:"why,omitempty"`

	Count int `json:"count,omitempty"` // refused: how much is wrong with the policy

	// usergroup: what is to change.
	Edit   *action.EditMembers     `json:"edit,omitempty"`
	Change *action.ChangeUsergroup `json:"change,omitempty"`
}

func operatorRoutes() []Route {
	order := func(verb string, do func(asker, Order) (Outcome, view.Message, error)) Route {
		return On("operator:"+verb, func(_ context.Context, r Request, o Order) (Outcome, error) {
			out, m, err := do(r.from(CLI), o)
			if err != nil {
				return Outcome{}, err
			}
			out.Reply.Text = m.Text
			if out.Run != nil {
				out.Reply.Run = out.Run.ID
			}
			return out, nil
		})
	}
	press := func(actionID string, do func(asker, string) (Outcome, view.Message, error)) Route {
		return On("action:"+actionID, pressed(func(a asker, p press) (Outcome, error) {
			if !a.admin() {
				return Outcome{}, complain(view.AdminsOnly(a.whom("")))
			}
			out, m, err := do(a, p.value())
			if err != nil {
				return Outcome{}, err
			}
			said := p.answer("action", m)
			if p.View.Type == "modal" {
				said = p.turn(view.Dialog(m))
			}
			out.Reply = said.Reply
			out.Actions = append(out.Actions, said.Actions...)
			a.publish(&out, a.openers()...)
			return out, nil
		}))
	}
	return []Route{
		order("apply", func(a asker, o Order) (Outcome, view.Message, error) { return a.apply(o.Hash) }),
		order("release", func(a asker, o Order) (Outcome, view.Message, error) { return a.release(o.ID) }),
		order("discard", func(a asker, o Order) (Outcome, view.Message, error) { return a.discard(o.ID) }),
		order("undo", func(a asker, o Order) (Outcome, view.Message, error) { return a.undo(o.ID) }),
		order("pause", func(a asker, o Order) (Outcome, view.Message, error) { return a.pause(o.Why) }),
		order("resume", func(a asker, o Order) (Outcome, view.Message, error) { return a.resume() }),
		order("refused", asker.refused),
		order("usergroup", asker.orderGroup),
		press(view.ActionRelease, asker.release),
		press(view.ActionDiscard, asker.discard),
		press(view.ActionUndo, asker.undo),
		press(view.ActionPause, asker.pause),
		press(view.ActionResume, func(a asker, _ string) (Outcome, view.Message, error) { return a.resume() }),
		On("action:"+view.ActionHeld, pressed(pressHeld)),
	}
}

// pause stops every change of the workspace at once.
func (a asker) pause(why string) (Outcome, view.Message, error) {
	if now := a.memory().Standing(); now.Paused {
		return Outcome{}, view.Message{}, complain(view.PausedFor(a.paused(now), a.Settings.command()))
	}
	out := Outcome{Pause: &Pausing{On: true, By: a.me, Why: why}}
	a.publish(&out, a.openers()...)
	return out, view.PausedNow(a.Settings.command()), nil
}

// resume lets changes go on, and compares everything with the policy.
func (a asker) resume() (Outcome, view.Message, error) {
	if !a.memory().Standing().Paused {
		return Outcome{}, view.Message{}, complain("I am not paused.", "")
	}
	out := Outcome{Pause: &Pausing{By: a.me}}
	out.do(action.Replan{Why: "resumed"})
	a.publish(&out, a.openers()...)
	return out, view.Say("I go on: what waited is carried out now, as far as it is still right."), nil
}

// refused tells the administrators once that a newer policy was not taken.
func (a asker) refused(o Order) (Outcome, view.Message, error) {
	var out Outcome
	sum := sha256.Sum256([]byte(o.Why))
	a.operators(&out, "policy:"+hex.EncodeToString(sum[:8])+":"+a.day(), action.Tell{
		Detail: fmt.Sprintf("The policy was changed into one that cannot be read (%d problems), so the last good policy stays in force. The first: %s", o.Count, o.Why),
	})
	return out, view.Say("Told."), nil
}

// shownHeld is what an id was shown for, as it is held now.
func (a asker) shownHeld(id string) (Held, error) {
	h, found := a.heldNow(id)
	if !found {
		return h, complain(view.HeldGone(a.seesHeld()))
	}
	if !h.Waits() {
		return h, complain(view.HeldDecided(h.State == HeldReleased, h.By))
	}
	return h, nil
}

// release has something that is held carried out, if it is still what the person
// was shown.
func (a asker) release(id string) (Outcome, view.Message, error) {
	h, err := a.shownHeld(id)
	if err != nil {
		return Outcome{}, view.Message{}, err
	}
	var out Outcome
	if a.Policy.FourEyes() && !slices.ContainsFunc(h.By, func(u workspace.UserID) bool { return u != a.me }) {
		if slices.Contains(h.By, a.me) {
			return out, view.Message{}, complain(view.SecondAdministrator())
		}
		h.By = append(h.By, a.me)
		out.Keep = []Held{h}
		out.record("agree", h)
		return out, view.Agreed(), nil
	}
	if h.Kind == rules.BrakeReaction {
		h.By = append(h.By, a.me)
		return a.unhold(h, false)
	}
	b, err := a.braked(h)
	if err != nil {
		return out, view.Message{}, err
	}
	h.State, h.By = HeldReleased, append(h.By, a.me)
	out.record("release", h)
	out.Keep = []Held{h}
	switch h.Kind {
	case rules.BrakeShrink, rules.BrakeEmpty:
		out.Forget, out.Keep = []string{h.Key}, nil
		out.Sizes = a.Policy.Plan(a.Workspace, a.At).Sizes
		out.Sizes[h.Source] = h.Has
		out.do(action.Replan{Why: "released"})
		return out, view.Believed(h.Source, h.Has), nil
	case rules.BrakeFlapping:
		out.Forget, out.Keep = []string{h.Key}, nil
		out.Spare = map[workspace.Seat]rules.Code{{Channel: h.Channel, User: h.User}: ""}
	case rules.BrakeRemovals, rules.BrakeShare, rules.BrakeReaction:
	}
	out.decide(b.Decisions...)
	a.planned(&out, "released", a.me, "")
	m := view.Released{People: len(b.Decisions), Paused: a.memory().Standing().Paused}
	if out.Run != nil {
		m.Run = out.Run.ID
	}
	return out, m.Message(), nil
}

// braked is what a brake holds now; a complaint where that is not what was shown.
func (a asker) braked(h Held) (rules.Brake, error) {
	if h.Kind == rules.BrakeFlapping {
		m := rules.Membership{Channel: h.Channel, User: h.User, Cause: rules.CauseJoined}
		spared := rules.Spared{}
		for seat, code := range a.memory().Spared() {
			if seat != (workspace.Seat{Channel: h.Channel, User: h.User}) {
				spared[seat] = code
			}
		}
		d := a.Policy.Spare(spared).DecideMember(a.Workspace, a.At, m)
		return rules.Brake{Kind: h.Kind, Decisions: []rules.Decision{d}}, nil
	}
	for _, b := range a.Policy.Plan(a.Workspace, a.At).Held {
		if now := HeldOf(b, a.At); now.Key == h.Key && now.ID() == h.ID() {
			return b, nil
		}
	}
	return rules.Brake{}, complain(view.HeldGone(a.seesHeld()))
}

// discard decides against what is held: whom it is about stays, and is not asked
// about again.
func (a asker) discard(id string) (Outcome, view.Message, error) {
	h, err := a.shownHeld(id)
	if err != nil {
		return Outcome{}, view.Message{}, err
	}
	if h.Kind == rules.BrakeReaction {
		return a.unhold(h, true)
	}
	var out Outcome
	out.record("discard", h)
	h.State, h.By = HeldDropped, []workspace.UserID{a.me}
	out.Keep = []Held{h}
	if h.Channel != "" {
		out.Forget, out.Keep = []string{h.Key}, nil
		out.Spare = map[workspace.Seat]rules.Code{}
		for _, u := range h.People {
			out.Spare[workspace.Seat{Channel: h.Channel, User: u}] = rules.CodeSpared
		}
	}
	return out, view.Discarded(len(h.People)), nil
}

// record puts what an administrator decided about something held into the audit.
func (o *Outcome) record(verdict string, h Held) {
	o.Records = append(o.Records, Record{
		Kind: verdict, Channel: h.Channel, User: h.User, Cluster: first(h.Clusters), Line: verdict + " what was held: " + h.Key,
		Body: map[string]any{"held": h.ID(), "kind": h.Kind, "has": h.Has, "had": h.Had, "people": h.People, "rooms": h.Rooms, "since": h.Since},
	})
}
