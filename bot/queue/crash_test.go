package queue_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/bot/gateway"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// A crash between the call and the storing of its result: what changes
// something runs again, a notice does not.
func TestKilledBetweenCallAndResult(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		l := start(t, url, o)
		l.hold = make(chan struct{})
		tell := action.Tell{To: "U1", Topic: action.Removed, Channel: "C1", Once: "removed U1 C1"}
		l.do(t, now(tell, remove("C1", "U1"))...)
		o.until(t, "both calls to be under way", func() bool { return len(o.active) == 2 })
		l.kill(t)
		l = start(t, url, o)
		defer l.end(t)
		waitNone(t, l, 2)
		all, err := l.db.Ended(context.Background(), team, "", 9)
		if err != nil {
			t.Fatal(err)
		}
		if o.calls[tell.String()] != 1 || o.calls["remove U1 from C1"] != 2 {
			t.Fatalf("called %v", o.calls)
		}
		for _, s := range all {
			if _, tells := s.Action.(action.Tell); tells != (s.Result.Code == "rescued") || len(s.History) != 1 {
				t.Fatalf("%v: %s, history %v", s.Action, text(s.Result), s.History)
			}
		}
	})
}

// What was being carried out when changes were stopped waits for their going on
// when a crash has left it to be carried out again.
func TestKilledWhilePaused(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		l := start(t, url, o)
		l.hold = make(chan struct{})
		l.do(t, now(remove("C1", "U1"))...)
		o.until(t, "the call to be under way", func() bool { return len(o.active) == 1 })
		if _, err := l.db.Pause(context.Background(), team, "U0", ""); err != nil {
			t.Fatal(err)
		}
		l.kill(t)
		l = start(t, url, o)
		defer l.end(t)
		l.untilHeld(t)
		if _, err := l.db.Resume(context.Background(), team, "U0"); err != nil {
			t.Fatal(err)
		}
		o.mu.Lock()
		tried := o.calls["remove U1 from C1"]
		o.mu.Unlock()
		if tried != 1 {
			t.Fatalf("tried %d times before changes went on", tried)
		}
		l.queue.Wake(team)
		waitNone(t, l, 1)
	})
}

// Asking the rules may take as long as something that has to be read for that.
func TestPausedWhileTheRulesAreAsked(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		l := start(t, url, o, func(c *queue.Config, l *life) {
			c.Guard = func(ctx context.Context, _ workspace.TeamID, a action.Action) (action.Action, bool, rules.Decision, error) {
				_, err := l.db.Pause(ctx, team, "U0", "")
				return a, true, rules.Decision{}, err
			}
		})
		defer l.end(t)
		l.do(t, now(remove("C1", "U1"))...)
		l.untilHeld(t)
		o.mu.Lock()
		defer o.mu.Unlock()
		if n := o.calls["remove U1 from C1"]; n != 0 {
			t.Fatalf("tried %d times", n)
		}
	})
}

// untilHeld waits until the one action that there is waits for the end of a pause.
func (l *life) untilHeld(t tb) {
	t.Helper()
	tick, end := time.NewTicker(2*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		waiting, err := l.db.Waiting(context.Background(), team, 9)
		if err != nil {
			t.Fatal(err)
		}
		if len(waiting) == 1 && waiting[0].Hold != "" {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("does not wait for the end of the pause: %s", text(waiting))
		}
	}
}

// Random actions, answers, delays and kills: whatever happens, the order of
// each key holds, nothing runs twice at once, nothing is lost, no notice is
// sent twice.
func TestWhateverHappens(t *testing.T) {
	for _, engine := range []string{store.SQLite, store.PostgreSQL} {
		t.Run(engine, func(t *testing.T) {
			if checks := flag.Lookup("rapid.checks"); engine == store.PostgreSQL && checks.Value.String() == histories {
				if err := checks.Value.Set("12"); err != nil { // each takes longer
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = checks.Value.Set(histories) })
			}
			rapid.Check(t, func(rt *rapid.T) { history(t, rt, engines[engine](t)) })
		})
	}
}

func history(t *testing.T, rt *rapid.T, url string) {
	n := rapid.IntRange(1, 25).Draw(rt, "actions")
	keys := rapid.IntRange(1, 5).Draw(rt, "keys")
	kills := rapid.IntRange(0, 3).Draw(rt, "kills")
	answers := map[string][]gateway.Class{}
	var dues [][]store.Due
	order := map[action.Key][]string{}
	for i := range n {
		var a action.Action
		who := workspace.UserID(fmt.Sprintf("U%d", rapid.IntRange(1, keys).Draw(rt, "key")))
		if rapid.IntRange(0, 3).Draw(rt, "tells") == 0 {
			a = action.Tell{To: who, Topic: action.Operator, Detail: "x", Channel: workspace.ChannelID(fmt.Sprintf("C%d", i)), Once: fmt.Sprint(i)}
		} else {
			a = remove("C"+string(who), fmt.Sprintf("V%d", i))
		}
		order[a.Key()] = append(order[a.Key()], a.String())
		answers[a.String()] = rapid.SliceOfN(rapid.SampledFrom([]gateway.Class{gateway.Later, gateway.Done, gateway.Already, gateway.Never, gateway.Blocked}), 0, 3).Draw(rt, "answers")
		if len(dues) == 0 || rapid.Bool().Draw(rt, "its own commit") {
			dues = append(dues, nil)
		}
		dues[len(dues)-1] = append(dues[len(dues)-1], store.Due{Action: a})
	}
	o, killed := newOutside(nil), false
	o.answer = func(a action.Action, nth int) gateway.Result {
		class := gateway.Done
		if planned := answers[a.String()]; nth <= len(planned) {
			class = planned[nth-1]
		}
		for _, earlier := range order[a.Key()] { // runs under o.mu
			if earlier == a.String() {
				break
			}
			if !slices.Contains(o.ended, earlier) {
				// A notice that was claimed when the program was killed may not be sent.
				if _, tells := a.(action.Tell); !tells || !killed {
					o.faults = append(o.faults, fmt.Sprintf("%s began before %s had ended", a, earlier))
				}
			}
		}
		return gateway.Result{Class: class, Code: "some_code", Snoozed: class == gateway.Later && nth%2 == 0}
	}
	l := start(rt, url, o)
	for i, commit := range dues {
		l.do(rt, commit...)
		if kills > 0 && rapid.Bool().Draw(rt, "kill") {
			kills--
			o.until(rt, "something to happen", func() bool { return len(o.calls) > min(i, 3) })
			o.change(func() { killed = true })
			l.kill(rt)
			l = start(rt, url, o)
		}
	}
	defer l.end(rt)
	waitNone(rt, l, n)
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.faults) > 0 {
		rt.Fatal(o.faults)
	}
	for name, times := range o.calls {
		finals := 0
		for _, e := range o.ended {
			if e == name {
				finals++
			}
		}
		if tells := name[0] == 't'; tells && finals > 1 {
			rt.Fatalf("%s: sent %d times", name, finals)
		}
		if finals > times {
			rt.Fatalf("%s: ended %d times in %d calls", name, finals, times)
		}
	}
	for _, names := range order {
		for _, name := range names {
			if o.calls[name] == 0 && (name[0] != 't' || !killed) {
				rt.Fatalf("%s was lost", name)
			}
		}
	}
}

// waitNone waits until everything has come to an end in the store.
func waitNone(t tb, l *life, n int) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for {
		left, err := l.db.Waiting(context.Background(), team, 1000)
		if err != nil {
			t.Fatal(err)
		}
		ended, err := l.db.Ended(context.Background(), team, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		echoes, err := l.db.Echoes(context.Background(), team, 9)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 && len(ended) == n && len(echoes) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("%d wait, %d of %d ended: %s", len(left), len(ended), n, text(left))
		}
	}
}
