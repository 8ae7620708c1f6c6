package gateway

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

const (
	t1   = workspace.TeamID("T1")
	t2   = workspace.TeamID("T2")
	kick = "conversations.kick"
)

func ask(p action.Priority) calling { return calling{team: t1, priority: p} }

func TestABurstThenTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		start := time.Now()
		var at []time.Duration
		for range 200 {
			if err := g.acquire(t.Context(), kick, ask(action.Removal)); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Since(start))
		}
		if at[tier3.burst-1] != 0 || at[tier3.burst] == 0 {
			t.Errorf("the burst: %v", at[:tier3.burst+1])
		}
		for i := tier3.perMinute; i < len(at); i++ {
			if d := at[i] - at[i-tier3.perMinute]; d < time.Minute {
				t.Fatalf("calls %d to %d within %s", i-tier3.perMinute, i, d)
			}
		}
		if rate := float64(len(at)-tier3.burst) / at[len(at)-1].Minutes(); rate < 0.95*50 || rate > 50 {
			t.Errorf("%.1f a minute", rate)
		}
	})
}

// No window of a minute may hold more than the allowance, however calls come.
func TestNoMinuteHoldsMoreThanTheAllowance(t *testing.T) {
	for range 20 {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 0))
				g := newGovernor()
				var at []time.Time
				for range 300 {
					<-time.After(time.Duration(r.ExpFloat64() * float64(time.Second) * 2 * r.Float64()))
					if r.IntN(20) == 0 {
						<-time.After(time.Minute)
					}
					if err := g.acquire(t.Context(), kick, ask(action.Removal)); err != nil {
						t.Fatal(err)
					}
					at = append(at, time.Now())
				}
				for i := tier3.perMinute; i < len(at); i++ {
					if at[i].Sub(at[i-tier3.perMinute]) < time.Minute {
						t.Fatalf("more than %d calls in the minute before call %d", tier3.perMinute, i)
					}
				}
			})
		})
	}
}

func TestTheMostUrgentGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		for range tier3.burst {
			_ = g.acquire(t.Context(), kick, ask(action.Background))
		}
		var mu sync.Mutex
		var order []string
		var all sync.WaitGroup
		for i, p := range []action.Priority{action.Background, action.HomePublish, action.Removal, action.Removal, action.Interactive, action.Notice} {
			all.Go(func() {
				if err := g.acquire(t.Context(), kick, ask(p)); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(p, "/", i))
			})
			synctest.Wait()
		}
		all.Wait()
		if want := []string{"0/4", "1/2", "1/3", "4/5", "5/1", "6/0"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

func TestAPauseIsForThatMethodAndWorkspaceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		start := time.Now()
		g.pause(kick, t1, 30*time.Second)
		for _, other := range []calling{{team: t2}, {team: t1}} {
			method := kick
			if other.team == t1 {
				method = "conversations.invite"
			}
			if err := g.acquire(t.Context(), method, other); err != nil || time.Since(start) != 0 {
				t.Fatalf("%s in %s: %v after %s", method, other.team, err, time.Since(start))
			}
		}
		if err := g.acquire(t.Context(), kick, ask(action.Interactive)); err != nil || time.Since(start) < 30*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

func TestWhoeverCannotWaitIsSentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		hurry := ask(action.Removal)
		hurry.maxWait = 10 * time.Second
		waiting := make(chan error, 1)
		for range tier3.burst {
			_ = g.acquire(t.Context(), kick, hurry)
		}
		go func() { waiting <- g.acquire(t.Context(), kick, hurry) }()
		synctest.Wait()
		g.pause(kick, t1, time.Minute)
		for what, err := range map[string]error{"waiting": <-waiting, "coming": g.acquire(t.Context(), kick, hurry)} {
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code != codeAllowance || e.After < 59*time.Second || e.After > time.Minute || e.Unknown {
				t.Errorf("%s: %v", what, err)
			}
		}
		if d := g.wait(kick, ask(action.Removal)); d < 59*time.Second {
			t.Errorf("the forecast is %s", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if e, ok := errors.AsType[*Error](g.acquire(ctx, kick, ask(action.Removal))); !ok || e.Code != codeAllowance {
			t.Error("a deadline that cannot be met is not waited for")
		}
	})
}

func TestAContextThatEndsGivesItsTurnUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		for range tier3.burst {
			_ = g.acquire(t.Context(), kick, ask(action.Removal))
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- g.acquire(ctx, kick, ask(action.Interactive)) }()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		start := time.Now()
		if err := g.acquire(t.Context(), kick, ask(action.Background)); err != nil || time.Since(start) > 2*window/50 {
			t.Errorf("%v after %s: the turn was not given on", err, time.Since(start))
		}
	})
}

func TestMessagesAreOneASecondInAChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		post := func(channel string, n int) time.Duration {
			start := time.Now()
			for range n {
				if err := g.acquire(t.Context(), "chat.postMessage", calling{team: t1, channel: channel, priority: action.Notice}); err != nil {
					t.Fatal(err)
				}
			}
			return time.Since(start)
		}
		if d := post("D1", 13); d < 9*time.Second || d > 12*time.Second {
			t.Errorf("13 into one channel took %s", d)
		}
		start := time.Now()
		for i := range 20 {
			post(fmt.Sprint("D", i+2), 1)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("20 into 20 channels took %s", d)
		}
	})
}

func TestQuietLanesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		for i := range 4000 {
			_ = g.acquire(t.Context(), "chat.postMessage", calling{team: workspace.TeamID(fmt.Sprint("T", i)), channel: "D"})
		}
		<-time.After(time.Hour)
		for i := range 4200 {
			_ = g.acquire(t.Context(), kick, calling{team: workspace.TeamID(fmt.Sprint("T", i))})
		}
		if len(g.lanes) > 5000 {
			t.Errorf("%d lanes are kept", len(g.lanes))
		}
	})
}

func TestWithoutLimitsOnlyAPauseHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor()
		g.unlimited = true
		start := time.Now()
		for range 1000 {
			if err := g.acquire(t.Context(), kick, ask(action.Removal)); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("1000 calls waited %s", d)
		}
		g.pause(kick, t1, 5*time.Second)
		if err := g.acquire(t.Context(), kick, ask(action.Removal)); err != nil || time.Since(start) != 5*time.Second {
			t.Errorf("after a pause: %v, %s", err, time.Since(start))
		}
	})
}
