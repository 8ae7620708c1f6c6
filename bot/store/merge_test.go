package store_test

import (
	"testing"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// What several people want of one user group's list waits as one action; what is
// being carried out is left alone, and another group's is its own.
func TestChangesOfOneListBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		add := func(g workspace.UsergroupID, u, by workspace.UserID) action.EditMembers {
			return action.EditMembers{Group: g, Add: []workspace.UserID{u}, Asked: []action.Asked{{By: by}}}
		}
		take := action.EditMembers{Group: "S1", Remove: []workspace.UserID{"U1"}, Asked: []action.Asked{{By: "U9"}}}
		m.do(t, add("S1", "U1", "U7"))
		first := m.claim(t, room("a", 9))
		wantLines(t, first, "add U1 to S1")
		m.do(t, add("S1", "U2", "U7"), add("S1", "U3", "U8"), add("S2", "U1", "U7"), take)
		wantLines(t, m.claim(t, room("a", 9)), "add U1 to S2")
		m.settle(t, store.Settlement{Claim: first[0], Result: done})
		second := m.claim(t, room("a", 9))
		wantLines(t, second, "add 2 people to S1, and take 1 out")
		if e, ok := second[0].Action.(action.EditMembers); !ok || len(e.Asked) != 3 || e.Remove[0] != "U1" {
			t.Errorf("it became %+v", second[0].Action)
		}
		m.settle(t, store.Settlement{Claim: second[0], Result: done})
		wantLines(t, m.claim(t, room("a", 9)))
	})
}

// The bringing into line of a group is one, however often it is asked for, and
// keeps what a person allowed.
func TestKeepingOfAGroupIsOne(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		keep := action.KeepUsergroup{Handle: "oncall", Group: "S1"}
		released := keep
		released.Release = 30
		m.do(t, keep, released, keep)
		claims := m.claim(t, room("a", 9))
		wantLines(t, claims, "bring S1 to what the rule @oncall wants")
		if k, ok := claims[0].Action.(action.KeepUsergroup); !ok || k.Release != 30 {
			t.Errorf("it became %+v", claims[0].Action)
		}
	})
}

// Whoever asked for a change finds how it ended, also where it was merged into a
// later one, and that into a later one still.
func TestAMergedChangeEndsWithWhatItBecamePartOf(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		add := func(event string, u workspace.UserID) {
			m.commit(t, store.Commit{Event: event, Actions: []store.Due{{Action: action.EditMembers{Group: "S1", Add: []workspace.UserID{u}}}}})
		}
		for i, event := range []string{"cli:1", "cli:2", "cli:3"} {
			add(event, workspace.UserID("U"+string(rune('1'+i))))
		}
		first := must(m.OfEvent(ctx, team, "cli:1"))(t)
		if len(first) != 1 || first[0].Result.Class != store.Superseded {
			t.Fatalf("of the first: %+v", first)
		}
		if now := must(m.Ending(ctx, team, first[0].ID))(t); !now.Settled.IsZero() || now.Event != "cli:3" {
			t.Errorf("it waits in %+v", now)
		}
		m.settle(t, store.Settlement{Claim: m.claim(t, room("a", 1))[0], Result: done})
		add("cli:4", "U4")
		if now := must(m.Ending(ctx, team, first[0].ID))(t); now.Result.Class != done.Class || now.Event != "cli:3" {
			t.Errorf("it ended as %+v", now)
		}
		if _, err := m.Ending(ctx, team, 999); err == nil {
			t.Error("an action that there is not has an end")
		}
	})
}

// What somebody asked for by hand and Slack refused waits for nobody: they were
// told. What a rule wants does.
func TestOnlyWhatRulesWantIsTrouble(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		handle := "taken"
		for _, a := range []action.Action{action.ChangeUsergroup{Handle: &handle}, action.KeepUsergroup{Handle: "oncall", Group: "S1"}} {
			m.do(t, a)
			m.settle(t, store.Settlement{Claim: m.claim(t, room("a", 1))[0], Result: handlers.Result{Class: handlers.Blocked, Sentence: "The handle is taken."}})
		}
		if got := must(m.Troubles(ctx, team))(t); len(got) != 1 || got[0].Usergroup != "S1" {
			t.Errorf("troubles %+v", got)
		}
	})
}
