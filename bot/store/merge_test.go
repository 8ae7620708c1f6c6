package store_test

import (
	"testing"

	"usher/bot/store"
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
