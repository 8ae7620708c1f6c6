package store_test

import (
	"testing"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// runOf are dues of a run.
func runOf(id string, asked bool, actions ...action.Action) []store.Due {
	var dues []store.Due
	for _, a := range actions {
		dues = append(dues, store.Due{Action: a, Run: id, Asked: asked})
	}
	return dues
}

func tally(t *testing.T, m *memory, run string) map[handlers.Class]int {
	t.Helper()
	counts := map[handlers.Class]int{}
	for _, c := range must(m.Tally(t.Context(), team, run))(t) {
		counts[c.Class] += c.N
	}
	return counts
}

func TestARunIsFollowedAndCancelled(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.commit(t, store.Commit{
			Event: "due:1", Run: &store.Run{ID: "r1", At: m.clock.now(), State: store.RunApplied, Hash: "h", Body: []byte(`{"why":"start"}`)},
			Actions: runOf("r1", false, remove("C1", "U1"), remove("C1", "U2"), remove("C2", "U3")),
		})
		kept, ok, err := m.Run(t.Context(), team, "r1")
		if err != nil || !ok || kept.Hash != "h" || string(kept.Body) != `{"why":"start"}` {
			t.Fatalf("run: %+v, %v, %v", kept, ok, err)
		}
		if _, ok, err = m.Run(t.Context(), "T02", "r1"); ok || err != nil {
			t.Errorf("another workspace has the run: %v, %v", ok, err)
		}
		claims := m.claim(t, room("a", 9))
		wantLines(t, claims, "remove U1 from C1", "remove U3 from C2")
		m.settle(t, store.Settlement{Claim: claims[1], Result: handlers.Result{Class: handlers.Blocked, Code: "restricted_action"}})

		// Cancelling leaves what is being carried out at this moment alone.
		m.commit(t, store.Commit{Event: "undo", Cancel: "r1"})
		m.settle(t, store.Settlement{Claim: claims[0], Result: done})
		if got := tally(t, m, "r1"); got[handlers.Done] != 1 || got[handlers.Blocked] != 1 || got[store.Discarded] != 1 || got[""] != 0 {
			t.Errorf("tally: %v", got)
		}
		if left := m.claim(t, room("a", 9)); len(left) > 0 {
			t.Errorf("claimed %q after the cancellation", lines(left))
		}
		if !store.Failed(handlers.Blocked) || store.Failed(handlers.Dropped) || store.Failed(handlers.Already) {
			t.Error("what failed is told wrongly from what did not")
		}
	})
}

// What waits already belongs to the first run that wanted it, until somebody
// asks for a run of their own and waits for it.
func TestAnAskedRunTakesOverWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		out := remove("C1", "U1")
		m.commit(t, store.Commit{Actions: runOf("r1", false, out)})
		m.commit(t, store.Commit{Actions: runOf("r2", false, out)})
		if got := tally(t, m, "r1"); got[""] != 1 {
			t.Errorf("a plan by schedule took over: %v", got)
		}
		m.commit(t, store.Commit{Actions: runOf("r3", true, out)})
		if first, asked := tally(t, m, "r1"), tally(t, m, "r3"); first[""] != 0 || asked[""] != 1 {
			t.Errorf("after somebody asked: %v of the first, %v of theirs", first, asked)
		}
	})
}

// A pause in a commit is part of its transaction, and holds what the same
// commit stores.
func TestAPauseIsCommittedWithItsCause(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"))
		m.commit(t, store.Commit{Event: "Ev1", Pause: &store.Pausing{On: true, By: "U9", Why: "a test"}, Actions: []store.Due{{Action: remove("C2", "U2")}}})
		if claims := m.claim(t, room("a", 9)); len(claims) > 0 {
			t.Errorf("claimed %q while paused", lines(claims))
		}
		m.reopen(t)
		if p, paused, err := m.Paused(t.Context(), team); err != nil || !paused || p.By != "U9" || p.Why != "a test" {
			t.Errorf("after a restart: %+v, %v, %v", p, paused, err)
		}
		m.commit(t, store.Commit{Event: "Ev2", Pause: &store.Pausing{By: "U8"}})
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1", "remove U2 from C2")
		if n := len(must(m.Audit(t.Context(), team, store.Filter{Kind: store.RecordResume}))(t)); n != 1 {
			t.Errorf("%d rows about the end of the pause", n)
		}
	})
}

// How often somebody was to be removed as they came in counts; what a rule only
// reports, and what a plan finds again and again, do not.
func TestTakenOut(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		seat := workspace.Seat{Channel: "C1", User: "U1"}
		decided := func(cause rules.Cause, v rules.Verdict, dry bool, seat workspace.Seat) rules.Decision {
			return rules.Decision{Membership: rules.Membership{Channel: seat.Channel, User: seat.User, Cause: cause}, Verdict: v, DryRun: dry, Cluster: "finance"}
		}
		start := m.clock.now()
		m.commit(t, store.Commit{Decisions: []rules.Decision{decided(rules.CauseJoined, rules.Remove, false, seat)}})
		since := m.clock.add(time.Hour)
		m.commit(t, store.Commit{Decisions: []rules.Decision{
			decided(rules.CauseJoined, rules.Remove, false, seat), decided(rules.CauseJoined, rules.Remove, true, seat), decided(rules.CausePlan, rules.Remove, false, seat),
			decided(rules.CauseJoined, rules.Allow, false, seat), decided(rules.CauseJoined, rules.Remove, false, workspace.Seat{Channel: "C2", User: "U1"}),
		}})
		if n := must(m.TakenOut(t.Context(), team, seat, start))(t); n != 2 {
			t.Errorf("%d times, want 2", n)
		}
		if n := must(m.TakenOut(t.Context(), team, seat, since))(t); n != 1 {
			t.Errorf("%d times within the last hour, want 1", n)
		}
	})
}

// A past removal is known with what came of it, also where a later plan decided
// the same while the removal waited.
func TestLatelySaysWhatCameOfARemoval(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		out := remove("C1", "U1")
		d := rules.Decision{
			Membership: rules.Membership{Channel: "C1", User: "U1", Cause: rules.CausePlan}, Verdict: rules.Remove, Cluster: "finance",
			Actions: []action.Action{action.Tell{To: "U1", Topic: action.Removed, Channel: "C1"}, out, action.Tell{To: "U9", Topic: action.RemovedOwner, Channel: "C1", Subject: "U1"}},
		}
		for range 2 {
			var dues []store.Due
			for _, a := range d.Actions {
				dues = append(dues, store.Due{Action: a})
			}
			m.commit(t, store.Commit{Decisions: []rules.Decision{d}, Actions: dues})
		}
		for _, c := range m.claim(t, room("a", 9)) {
			m.settle(t, store.Settlement{Claim: c, Result: done})
		}
		lately := must(m.Lately(t.Context(), team, "finance", 9))(t)
		if len(lately) != 2 {
			t.Fatalf("%d decisions", len(lately))
		}
		for i, l := range lately {
			if l.Result.Class != handlers.Done {
				t.Errorf("decision %d came to %q", i, l.Result.Class)
			}
		}
	})
}
