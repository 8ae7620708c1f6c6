package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

var done = handlers.Result{Class: handlers.Done}

func wantLines(t *testing.T, got []store.Claim, want ...string) {
	t.Helper()
	if g := lines(got); !slices.Equal(g, want) {
		t.Fatalf("claimed %q, want %q", g, want)
	}
}

func TestOfEachKeyOnlyTheOldestIsClaimed(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), remove("C1", "U2"), remove("C2", "U1"), invite("C1", "U3"))
		first := m.claim(t, room("a", 9))
		wantLines(t, first, "remove U1 from C1", "remove U1 from C2")
		wantLines(t, m.claim(t, room("a", 9)))
		m.settle(t, store.Settlement{Claim: first[0], Result: done})
		second := m.claim(t, room("a", 9))
		wantLines(t, second, "remove U2 from C1")
		m.settle(t, store.Settlement{Claim: second[0], Result: done})
		wantLines(t, m.claim(t, room("a", 9)), "invite U3 to C1")
	})
}

func TestRoomIsPerPriority(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), remove("C2", "U1"), remove("C3", "U1"), action.Tell{To: "U1", Topic: action.Removed, Channel: "C1"})
		w := room("a", 0)
		w.Free[action.Removal] = 2
		wantLines(t, m.claim(t, w), "remove U1 from C1", "remove U1 from C2")
		w.Free[action.Removal] = 0
		wantLines(t, m.claim(t, w))
		w.Free[action.Notice] = 1
		wantLines(t, m.claim(t, w), "tell U1: removed C1")
	})
}

func TestScheduledActionsDoNotStandInTheWay(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		later := m.clock.now().Add(time.Hour)
		m.commit(t, store.Commit{Actions: []store.Due{{Action: remove("C1", "U1"), At: later}, {Action: remove("C1", "U2")}}})
		first := m.claim(t, room("a", 9))
		wantLines(t, first, "remove U2 from C1")
		m.settle(t, store.Settlement{Claim: first[0], Result: done})
		wantLines(t, m.claim(t, room("a", 9)))
		if next := must(m.NextDue(ctx, team))(t); !next[action.Removal].Equal(later) {
			t.Fatalf("next due %v, want %v", next, later)
		}
		m.clock.add(time.Hour)
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1")
	})
}

func TestAPostponedActionStaysTheHeadOfItsKey(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), remove("C1", "U2"))
		c := m.claim(t, room("a", 9))[0]
		until := m.clock.now().Add(time.Minute)
		err := m.Postpone(ctx, store.Postponement{Claim: c, Until: until, Attempt: true, Why: store.Try{Class: store.Again, Code: "internal_error"}})
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, m.claim(t, room("a", 9)))
		m.clock.add(time.Minute)
		again := m.claim(t, room("a", 9))
		wantLines(t, again, "remove U1 from C1")
		if again[0].Attempts != 1 || again[0].Rescued {
			t.Fatalf("claimed again with %d attempts, rescued %v", again[0].Attempts, again[0].Rescued)
		}
		if err := m.Postpone(ctx, store.Postponement{Claim: again[0]}); err != nil {
			t.Fatal(err)
		}
		if c := m.claim(t, room("a", 9)); c[0].Attempts != 1 {
			t.Fatalf("waiting counted as an attempt: %d", c[0].Attempts)
		}
		for _, w := range must(m.Waiting(ctx, team, 9))(t) {
			first := w.ID == c.ID
			if first != w.Running || first != (len(w.History) == 1 && w.History[0].Code == "internal_error") {
				t.Fatalf("action %d: history %+v, running %v", w.ID, w.History, w.Running)
			}
		}
	})
}

func TestAnExpiredLeaseIsRescued(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"))
		lost := m.claim(t, room("a", 9))[0]
		m.clock.add(50 * time.Second)
		if err := m.Renew(ctx, team, "a", time.Minute); err != nil {
			t.Fatal(err)
		}
		m.clock.add(50 * time.Second)
		wantLines(t, m.claim(t, room("b", 9)))
		m.clock.add(11 * time.Second)
		rescued := m.claim(t, room("b", 9))
		wantLines(t, rescued, "remove U1 from C1")
		if !rescued[0].Rescued || rescued[0].Attempts != 1 {
			t.Fatalf("rescued %v, attempts %d", rescued[0].Rescued, rescued[0].Attempts)
		}
		if err := m.Settle(ctx, store.Settlement{Claim: lost, Result: done}); !errors.Is(err, store.ErrLost) {
			t.Fatalf("the first claimer settled: %v", err)
		}
		if err := m.Postpone(ctx, store.Postponement{Claim: lost}); !errors.Is(err, store.ErrLost) {
			t.Fatalf("the first claimer postponed: %v", err)
		}
		m.settle(t, store.Settlement{Claim: rescued[0], Result: done})
		wantLines(t, m.claim(t, room("b", 9)))
	})
}

func TestAFileReopenedNeedsNoWaitForLeases(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		if m.Engine() != store.SQLite {
			t.Skip("on PostgreSQL another replica may still hold them")
		}
		m.do(t, remove("C1", "U1"))
		m.claim(t, room("a", 9))
		m.reopen(t)
		c := m.claim(t, room("b", 9))
		wantLines(t, c, "remove U1 from C1")
		if !c[0].Rescued {
			t.Fatal("not known to have been started before")
		}
	})
}

func TestNewerSupersedesOlderWaitingOnes(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, action.Home{User: "U1", Page: 1})
		running := m.claim(t, room("a", 9))[0]
		m.do(t, action.Home{User: "U1", Page: 2})
		m.do(t, action.Home{User: "U1", Page: 3}, action.Home{User: "U2"})
		m.settle(t, store.Settlement{Claim: running, Result: done})
		next := m.claim(t, room("a", 9))
		if len(next) != 2 || next[0].Action != (action.Home{User: "U1", Page: 3}) && next[1].Action != (action.Home{User: "U1", Page: 3}) {
			t.Fatalf("claimed %+v", next)
		}
		gone := must(m.Ended(ctx, team, store.Superseded, 9))(t)
		if len(gone) != 1 || gone[0].Action != (action.Home{User: "U1", Page: 2}) {
			t.Fatalf("superseded %+v", gone)
		}
	})
}

func TestSupersedingKeepsThePlaceInTheQueue(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, action.Home{User: "U1", Page: 1})
		m.clock.add(time.Second)
		m.do(t, action.Home{User: "U2"})
		m.clock.add(time.Second)
		m.do(t, action.Home{User: "U1", Page: 2})
		w := room("a", 0)
		w.Free[action.HomePublish] = 1
		if c := m.claim(t, w); c[0].Action != (action.Home{User: "U1", Page: 2}) {
			t.Fatalf("claimed %v first", c[0])
		}
		// What is asked for at a later time is not drawn forward.
		at := m.clock.now().Add(time.Hour)
		m.commit(t, store.Commit{Actions: []store.Due{{Action: action.Recheck{Channel: "C1", User: "U1"}}}})
		m.commit(t, store.Commit{Actions: []store.Due{{Action: action.Recheck{Channel: "C1", User: "U1"}, At: at}}})
		if next := must(m.NextDue(ctx, team))(t); !next[action.Background].Equal(at) {
			t.Fatalf("the recheck is due %v, want %v", next[action.Background], at)
		}
	})
}

func TestEqualWaitingActionsAreStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), remove("C1", "U2"))
		m.do(t, remove("C1", "U1"), remove("C1", "U2"))
		if n := must(m.WaitingCount(ctx, team))(t); n != 2 {
			t.Fatalf("%d waiting, want 2", n)
		}
		// Behind something of another kind it is not the same any more.
		m.do(t, invite("C1", "U1"), remove("C1", "U1"))
		if n := must(m.WaitingCount(ctx, team))(t); n != 4 {
			t.Fatalf("%d waiting, want 4", n)
		}
		// What is being carried out may be too late for the newer one.
		c := m.claim(t, room("a", 9))[0]
		m.do(t, remove("C1", "U1"))
		m.settle(t, store.Settlement{Claim: c, Result: done})
		if n := must(m.WaitingCount(ctx, team))(t); n != 3 {
			t.Fatalf("%d waiting, want 3 (U2, the invitation, U1)", n)
		}
		// Answers are never dropped.
		reply := action.Reply{Asked: action.Asked{By: "U1"}, Text: "again"}
		if r := m.commit(t, store.Commit{Actions: []store.Due{{Action: reply}, {Action: reply}}}); r[0].Stored != 2 {
			t.Fatalf("%d answers stored, want 2", r[0].Stored)
		}
	})
}

func TestToldOnce(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		tell := action.Tell{To: "U1", Topic: action.NewChannel, Channel: "C1", Once: "new C1"}
		m.do(t, tell)
		c := m.claim(t, room("a", 9))
		m.settle(t, store.Settlement{Claim: c[0], Result: done})
		m.reopen(t)
		m.do(t, tell)
		wantLines(t, m.claim(t, room("a", 9)))
		if _, err := m.Commit(ctx, "T02", store.Commit{Actions: []store.Due{{Action: tell}}}); err != nil {
			t.Fatal(err)
		}
		if c := must(m.Claim(ctx, "T02", room("a", 9)))(t); len(c) != 1 {
			t.Fatal("another workspace was told: this one was not")
		}
	})
}

func TestResultAndWhatFollowsAreOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.commit(t, store.Commit{Event: "Ev1", Actions: []store.Due{{Action: action.Join{Channel: "C1"}}}})
		c := m.claim(t, room("a", 9))[0]
		if c.Event != "Ev1" {
			t.Fatalf("caused by %q", c.Event)
		}
		r := handlers.Result{Class: handlers.Done, Value: map[string]string{"ts": "1.2"}}
		m.settle(t, store.Settlement{Claim: c, Result: r, Echo: true, Follow: []store.Due{{Action: action.Replan{Channel: "C1"}}}})
		m.reopen(t)
		wantLines(t, m.claim(t, room("b", 9)), "compare C1 with the policy")
		echoes := must(m.Echoes(ctx, team, 9))(t)
		if len(echoes) != 1 || echoes[0].Result.Value["ts"] != "1.2" || echoes[0].Action != (action.Join{Channel: "C1"}) {
			t.Fatalf("echoes %+v", echoes)
		}
		if err := m.Heard(ctx, team, echoes[0].ID); err != nil {
			t.Fatal(err)
		}
		if echoes = must(m.Echoes(ctx, team, 9))(t); len(echoes) != 0 {
			t.Fatalf("heard, and still there: %+v", echoes)
		}
	})
}

func TestPauseHoldsChangesOnly(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), action.Tell{To: "U1", Topic: action.Removed, Channel: "C1"}, action.Home{User: "U1"})
		running := m.claim(t, func() store.Want { w := room("a", 0); w.Free[action.Removal] = 1; return w }())
		if !must(m.Pause(ctx, team, "U0ADMIN", "a test"))(t) || must(m.Pause(ctx, team, "U0ADMIN", ""))(t) {
			t.Fatal("the first pause begins one, the second does not")
		}
		m.do(t, invite("C2", "U1"), action.Reply{Asked: action.Asked{By: "U1"}, Text: "x"}, action.Tell{To: "U9", Topic: action.Operator})
		m.reopen(t)
		p, paused, err := m.Paused(ctx, team)
		if err != nil || !paused || p.By != "U0ADMIN" || !p.At.Equal(m.clock.now()) {
			t.Fatalf("paused %v %+v %v", paused, p, err)
		}
		if m.Engine() == store.PostgreSQL {
			if err := m.Postpone(ctx, store.Postponement{Claim: running[0]}); err != nil {
				t.Fatal(err)
			}
		}
		free := room("b", 9)
		free.Free[action.Removal] = 0
		wantLines(t, m.claim(t, free), "answer U1", "tell U9: operator", "publish the Home of U1")
		if !must(m.Resume(ctx, team, "U0ADMIN"))(t) || must(m.Resume(ctx, team, "U0ADMIN"))(t) {
			t.Fatal("the first resume ends the pause, the second does not")
		}
		free.Free[action.Removal] = 9
		got := lines(m.claim(t, free))
		// The answer on U1's key is still being carried out.
		if want := []string{"remove U1 from C1", "invite U1 to C2"}; !slices.Equal(got, want) {
			t.Fatalf("after the pause claimed %q, want %q", got, want)
		}
	})
}

func wantChannels(t *testing.T, m *memory, hold string, want ...workspace.ChannelID) {
	t.Helper()
	if got := must(m.HeldChannels(ctx, team, hold))(t); !slices.Equal(got, want) {
		t.Fatalf("under %s wait %v, want %v", hold, got, want)
	}
}

func TestABrakedRunWaitsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		hold := "run:1"
		m.commit(t, store.Commit{Actions: []store.Due{
			{Action: remove("C1", "U1"), Run: "1", Hold: hold}, {Action: remove("C1", "U2"), Run: "1", Hold: hold}, {Action: invite("C1", "U3"), Run: "1"},
		}})
		c := m.claim(t, room("a", 9))
		wantLines(t, c, "invite U3 to C1")
		m.settle(t, store.Settlement{Claim: c[0], Result: done})
		wantChannels(t, m, hold, "C1")
		m.commit(t, store.Commit{Unhold: &store.Unholding{Hold: hold}})
		wantChannels(t, m, hold)
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1")
		m.commit(t, store.Commit{Actions: []store.Due{{Action: remove("C2", "U1"), Hold: "run:2"}}})
		wantChannels(t, m, "run:2", "C2")
		m.commit(t, store.Commit{Unhold: &store.Unholding{Hold: "run:2", Drop: true}})
		wantChannels(t, m, "run:2")
		wantLines(t, m.claim(t, room("a", 9)))
		if of := must(m.OfRun(ctx, team, "1"))(t); len(of) != 3 {
			t.Fatalf("%d actions of the run, want 3", len(of))
		}
	})
}

func TestGivenUpAndRevived(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"))
		c := m.claim(t, room("a", 9))[0]
		m.settle(t, store.Settlement{Claim: c, Result: handlers.Result{Class: store.GaveUp, Code: "internal_error", Sentence: "Slack answered with an error nine times."}})
		dead := must(m.Ended(ctx, team, store.GaveUp, 9))(t)
		if len(dead) != 1 || dead[0].Result.Code != "internal_error" {
			t.Fatalf("given up: %+v", dead)
		}
		if must(m.Revive(ctx, team, dead[0].ID+1, "cli"))(t) || !must(m.Revive(ctx, team, dead[0].ID, "cli"))(t) {
			t.Fatal("only what was given up can be revived")
		}
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1")
	})
}

func TestWorkspacesDoNotMeet(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"))
		if c := must(m.Claim(ctx, "T02", room("a", 9)))(t); len(c) != 0 {
			t.Fatalf("T02 claimed %v", c)
		}
		if err := m.Renew(ctx, "T02", "a", time.Hour); err != nil {
			t.Fatal(err)
		}
		if !must(m.Pause(ctx, "T02", "U1", ""))(t) {
			t.Fatal("not paused")
		}
		wantLines(t, m.claim(t, room("a", 9)), "remove U1 from C1")
		if got := must(m.Teams(ctx))(t); !slices.Equal(got, []workspace.TeamID{"T01", "T02"}) {
			t.Fatalf("teams %v", got)
		}
	})
}
