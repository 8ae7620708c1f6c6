package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/gateway"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestCarriesOutInOrderOfEachKeyAndKeysBesideEachOther(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		hold := make(chan struct{})
		l := start(t, url, o, func(_ *queue.Config, l *life) { l.hold = hold })
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"), remove("C1", "U2"), remove("C2", "U3"), remove("C3", "U4"))...)
		o.until(t, "three keys at once", func() bool { return len(o.active) == 3 })
		close(hold)
		l.settled(t, 4)
		got := o.endings()
		if slices.Index(got, "remove U1 from C1") > slices.Index(got, "remove U2 from C1") || len(o.faults) > 0 {
			t.Fatalf("ended in the order %q; %v", got, o.faults)
		}
	})
}

func TestRoomIsBoundedAndPrioritiesDoNotTakeItFromEachOther(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		hold := make(chan struct{})
		l := start(t, url, o, func(c *queue.Config, l *life) {
			l.hold = hold
			c.Places = map[action.Priority]int{action.Removal: 2, action.Interactive: 1}
		})
		defer l.end(t)
		var many []action.Action
		for i := range 50 {
			many = append(many, remove(fmt.Sprintf("C%d", i), "U1"))
		}
		l.do(t, now(many...)...)
		o.until(t, "two removals at once", func() bool { return len(o.active) == 2 })
		l.do(t, now(action.Reply{Asked: action.Asked{By: "U9"}, Text: "x"})...)
		o.until(t, "the answer beside them", func() bool { return o.active[action.DMKey("U9")] != "" })
		close(hold)
		l.settled(t, 51)
		if o.most > 3 {
			t.Fatalf("%d at once, want at most 3", o.most)
		}
	})
}

func TestTriesAgainUntilItSucceeds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(func(_ action.Action, nth int) gateway.Result {
			switch {
			case nth <= 3:
				return gateway.Result{Class: gateway.Later, Code: "internal_error"}
			case nth <= 6:
				return gateway.Result{Class: gateway.Later, Code: "ratelimited", After: time.Millisecond, Snoozed: true}
			}
			return gateway.Result{Class: gateway.Already, Value: map[string]string{"ts": "1.1"}}
		})
		l := start(t, url, o, func(c *queue.Config, _ *life) { c.Attempts = 4 })
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"))...)
		s := l.settled(t, 1)[0]
		if s.Result.Class != handlers.Already || s.Result.Value["ts"] != "1.1" || s.Attempts != 3 || len(s.History) != 3 || o.calls["remove U1 from C1"] != 7 {
			t.Fatalf("%s after %d attempts of %d calls, history %v", text(s.Result), s.Attempts, o.calls["remove U1 from C1"], s.History)
		}
	})
}

func TestGivesUpWithAReasonAndGoesOn(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(func(a action.Action, nth int) gateway.Result {
			if a.(action.Remove).User == "U1" {
				return gateway.Result{Class: gateway.Later, Code: "internal_error"}
			}
			return done
		})
		l := start(t, url, o, func(c *queue.Config, _ *life) { c.Attempts = 3 })
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"), remove("C1", "U2"))...)
		l.settled(t, 1)
		dead, err := l.db.Ended(context.Background(), team, store.GaveUp, 9)
		if err != nil || len(dead) != 1 || dead[0].Result.Code != "internal_error" || !strings.Contains(dead[0].Result.Sentence, "3 times") {
			t.Fatalf("given up: %s %v", text(dead), err)
		}
		if o.calls["remove U1 from C1"] != 3 || o.calls["remove U2 from C1"] != 1 {
			t.Fatalf("tried %v", o.calls)
		}
	})
}

func TestBlockedIsRememberedUntilTheSameThingSucceeds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(func(a action.Action, nth int) gateway.Result {
			if r := a.(action.Remove); r.User == "U1" {
				return gateway.Result{Class: gateway.Blocked, Code: "restricted_action", Sentence: "An owner has to let apps remove people.", Stuck: a.Key()}
			}
			return done
		})
		l := start(t, url, o)
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"), remove("C2", "U2"))...)
		l.settled(t, 2)
		troubles, err := l.db.Troubles(context.Background(), team)
		if err != nil || len(troubles) != 1 || troubles[0].Channel != "C1" || !strings.HasPrefix(troubles[0].Sentence, "An owner") {
			t.Fatalf("troubles %s %v", text(troubles), err)
		}
		l.do(t, now(remove("C1", "U2"))...)
		l.settled(t, 3)
		if troubles, err = l.db.Troubles(context.Background(), team); err != nil || len(troubles) != 0 {
			t.Fatalf("still in trouble: %s %v", text(troubles), err)
		}
	})
}

func TestTheRulesAreAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		asked := 0
		l := start(t, url, o, func(c *queue.Config, _ *life) {
			c.Guard = func(_ context.Context, _ workspace.TeamID, a action.Action) (action.Action, bool, rules.Decision, error) {
				switch a := a.(type) {
				case action.Remove:
					if asked++; asked == 1 {
						return a, false, rules.Decision{}, errors.New("the rules cannot be asked")
					}
					return a, false, rules.Decision{
						Membership: rules.Membership{Channel: a.Channel, User: a.User}, Verdict: rules.Allow, Cluster: "finance", Reasons: []rules.Reason{{Code: "member"}},
					}, nil
				case action.Invite:
					a.Users = a.Users[:1]
					return a, true, rules.Decision{}, nil
				}
				return a, true, rules.Decision{}, nil
			}
		})
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"), action.Invite{Channel: "C1", Users: []workspace.UserID{"U1", "U2"}})...)
		l.settled(t, 1)
		if got := o.endings(); !slices.Equal(got, []string{"invite U1 to C1"}) {
			t.Fatalf("carried out %q", got)
		}
		dropped, err := l.db.Ended(context.Background(), team, handlers.Dropped, 9)
		if err != nil || len(dropped) != 1 || dropped[0].Result.Code != "member" {
			t.Fatalf("dropped %s %v", text(dropped), err)
		}
		rows, err := l.db.Audit(context.Background(), team, store.Filter{Kind: store.RecordDecision})
		if err != nil || len(rows) != 1 || rows[0].Verdict != "allow" || rows[0].User != "U1" {
			t.Fatalf("recorded %s %v", text(rows), err)
		}
	})
}

func TestDueAndSettledActionsEnterTheLane(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(gateway.Result{Class: gateway.Done, Value: map[string]string{"id": "S1"}}))
		l := start(t, url, o, func(c *queue.Config, l *life) {
			for _, kind := range []string{"due:recheck", "settled:join", "settled:refresh"} {
				l.lane.handles[kind] = true
			}
			failed := map[string]bool{}
			l.lane.err = func(e queue.Entry) error { // each kind fails once
				if failed[e.Kind] {
					return nil
				}
				failed[e.Kind] = true
				return errors.New("the lane could not commit it")
			}
		})
		defer l.end(t)
		l.do(t, now(action.Recheck{Channel: "C1", User: "U1"}, action.Join{Channel: "C2"}, action.Refresh{Channel: "C3"}, action.Home{User: "U1"})...)
		o.until(t, "everything to enter the lane", func() bool { return len(l.lane.entries) == 6 })
		waitNone(t, l, 4)
		seen := map[string][]string{}
		for _, e := range l.lane.entries {
			seen[e.Kind] = append(seen[e.Kind], e.EventID)
			if e.Kind == "settled:join" && !strings.Contains(string(e.Payload), `"S1"`) {
				t.Errorf("the result is not in %s", e.Payload)
			}
		}
		for kind, ids := range seen {
			if len(ids) != 2 || ids[0] != ids[1] {
				t.Errorf("%s entered as %v, want twice under one id", kind, ids)
			}
		}
	})
}

func TestALostChannelIsReadAgain(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(gateway.Result{Class: gateway.Never, Code: "not_in_channel", Lost: "C1"}))
		read := make(chan action.Refresh, 1)
		l := start(t, url, o, func(c *queue.Config, _ *life) {
			c.Read = func(_ context.Context, _ workspace.TeamID, a action.Refresh) error { read <- a; return nil }
		})
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"))...)
		if a := <-read; a.Channel != "C1" {
			t.Fatalf("read %v", a)
		}
	})
}

func TestAPanicIsATryThatFailed(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		n := 0
		l := start(t, url, o, func(c *queue.Config, _ *life) {
			c.Guard = func(_ context.Context, _ workspace.TeamID, a action.Action) (action.Action, bool, rules.Decision, error) {
				if n++; n < 3 {
					panic("a bug")
				}
				return a, true, rules.Decision{}, nil
			}
		})
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"))...)
		if s := l.settled(t, 1)[0]; s.Attempts != 2 || s.Result.Class != handlers.Done {
			t.Fatalf("%d attempts, %s", s.Attempts, text(s.Result))
		}
	})
}

func TestShutdownIsNoFailureAndGivesBack(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		l := start(t, url, o, func(_ *queue.Config, l *life) { l.hold = make(chan struct{}) })
		l.do(t, now(action.Tell{To: "U1", Topic: action.Warned, Once: "x"}, remove("C1", "U1"))...)
		o.until(t, "both at once", func() bool { return len(o.active) == 2 })
		l.end(t)
		l = start(t, url, o)
		defer l.end(t)
		for _, s := range l.settled(t, 2) {
			if s.Attempts != 0 || s.Result.Class != handlers.Done || s.Result.Code != "" {
				t.Fatalf("action %d: %d attempts, %s, history %v", s.ID, s.Attempts, text(s.Result), s.History)
			}
		}
	})
}

func TestAPauseStopsChangesWhileTheQueueRuns(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		l := start(t, url, o)
		defer l.end(t)
		if _, err := l.db.Pause(context.Background(), team, "U0", ""); err != nil {
			t.Fatal(err)
		}
		l.do(t, now(remove("C1", "U1"), action.Home{User: "U1"})...)
		l.settled(t, 1)
		if got := o.endings(); !slices.Equal(got, []string{"publish the Home of U1"}) {
			t.Fatalf("carried out %q while paused", got)
		}
		if _, err := l.db.Resume(context.Background(), team, "U0"); err != nil {
			t.Fatal(err)
		}
		l.queue.Wake(team)
		l.settled(t, 2)
	})
}

func TestBackoffGrowsAndStays(t *testing.T) {
	for n, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 11: 10 * time.Minute, 1000: 10 * time.Minute} {
		if d := queue.Backoff(n); d < want*8/10 || d > want*12/10 {
			t.Errorf("after try %d: %v, want about %v", n, d, want)
		}
	}
}
