package store_test

import (
	"testing"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
)

// A plan finds again whoever has not been removed yet, for as long as that
// takes; people are told of one removal once.
func TestOneRemovalIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		out := remove("C1", "U1")
		told := action.Tell{To: "U1", Topic: action.Removed, Channel: "C1"}
		owner := action.Tell{To: "U9", Topic: action.RemovedOwner, Channel: "C1", Subject: "U1"}
		inviter := action.Tell{To: "U2", Topic: action.AddedOutsider, Channel: "C1", Subject: "U1"}
		other := action.Tell{To: "U3", Topic: action.Removed, Channel: "C1"}

		m.do(t, told, out, owner)
		first := m.claim(t, room("a", 9))
		wantLines(t, first, "remove U1 from C1", "tell U1: removed C1", "tell U9: removed_owner C1")
		for _, notice := range first[1:] {
			m.settle(t, store.Settlement{Claim: notice, Result: done})
		}

		// While it is being carried out: only who added them is news.
		toldAlready := action.Tell{To: "U9", Topic: action.AddedOutsider, Channel: "C1", Subject: "U1"} // as an owner
		m.do(t, told, out, inviter, toldAlready, owner, other, remove("C1", "U3"))
		wantLines(t, m.claim(t, room("a", 9)), "tell U2: added_outsider C1", "tell U3: removed C1")

		// Over: whoever comes in again is told again.
		m.settle(t, store.Settlement{Claim: first[0], Result: done})
		for again := true; again; {
			claims := m.claim(t, room("a", 9))
			again = len(claims) > 0
			for _, c := range claims {
				m.settle(t, store.Settlement{Claim: c, Result: done})
			}
		}
		// An event from before that comes late is none, one from after it is.
		dues := []store.Due{{Action: told}, {Action: out}, {Action: owner}}
		m.commit(t, store.Commit{Event: "EvLate", Happened: m.clock.now().Add(-time.Second), Actions: dues})
		late := m.claim(t, room("a", 9))
		wantLines(t, late, "remove U1 from C1")
		m.settle(t, store.Settlement{Claim: late[0], Result: handlers.Result{Class: handlers.Dropped, Code: "outside"}})
		m.commit(t, store.Commit{Event: "EvLater", Happened: m.clock.now().Add(-time.Second), Actions: dues})
		late = m.claim(t, room("a", 9))
		wantLines(t, late, "remove U1 from C1")
		m.settle(t, store.Settlement{Claim: late[0], Result: done})
		m.commit(t, store.Commit{Event: "EvSame", Happened: m.clock.now(), Actions: dues}) // at the very moment at which it was over
		late = m.claim(t, room("a", 9))
		wantLines(t, late, "remove U1 from C1")
		m.settle(t, store.Settlement{Claim: late[0], Result: done})
		happened := m.clock.add(time.Second)
		m.clock.add(time.Second)
		m.commit(t, store.Commit{Event: "EvBack", Happened: happened, Actions: dues})
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1", "tell U1: removed C1", "tell U9: removed_owner C1")
	})
}

// Slack may refuse a removal: each plan tries again, and does not say so each
// time to somebody who is still there.
func TestARefusedRemovalIsToldOnce(t *testing.T) {
	for _, class := range []handlers.Class{handlers.Blocked, handlers.Never, store.GaveUp} {
		t.Run(string(class), func(t *testing.T) { refusedIsToldOnce(t, handlers.Result{Class: class, Code: "restricted_action"}) })
	}
	// It was left, because nobody could say any more whether it is right.
	t.Run("undetermined", func(t *testing.T) {
		refusedIsToldOnce(t, handlers.Result{Class: handlers.Dropped, Code: store.CodeUndetermined})
	})
}

func refusedIsToldOnce(t *testing.T, refused handlers.Result) {
	each(t, func(t *testing.T, m *memory) {
		out, told := remove("C1", "U1"), action.Tell{To: "U1", Topic: action.Removed, Channel: "C1"}
		m.commit(t, store.Commit{Event: "Ev1", Actions: []store.Due{{Action: told}, {Action: out}}})
		for _, c := range m.claim(t, room("a", 9)) {
			result := done
			if c.Action.Kind() == action.KindRemove {
				result = refused
			}
			m.settle(t, store.Settlement{Claim: c, Result: result})
		}

		for _, event := range []string{"due:1", "settled:7:1", "Ev1b"} { // a plan, a channel that was read, their profile
			m.commit(t, store.Commit{Event: event, Happened: m.clock.now(), Actions: []store.Due{{Action: told}, {Action: out}}})
			again := m.claim(t, room("a", 9))
			wantLines(t, again, "remove U1 from C1")
			m.settle(t, store.Settlement{Claim: again[0], Result: refused})
		}

		m.commit(t, store.Commit{Event: "Ev2", Happened: m.clock.now(), CameIn: true, Actions: []store.Due{{Action: told}, {Action: out}}}) // again
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1", "tell U1: removed C1")
	})
}
