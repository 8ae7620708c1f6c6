package gateway_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

// bubbled carries calls out of a bubble of virtual time to the local Slack
// outside, which keeps its time by them. Nothing of it stays behind between
// calls, or the bubble's time would stand still.
type bubbled struct {
	http *http.Transport
	now  *atomic.Int64
}

func (b bubbled) RoundTrip(r *http.Request) (*http.Response, error) {
	b.now.Store(time.Now().UnixNano())
	return b.http.RoundTrip(r)
}

// 2,000 removals run at the speed Slack allows, and never faster.
func TestABulkRunsAtSlacksLimit(t *testing.T) {
	const people, workers, perMinute = 2000, 12, 50
	var file strings.Builder
	file.WriteString("workspaces:\n  - id: T01\n    name: acme\n    preferences: {remove_from_private: everyone}\n    users:\n      - {name: alice, admin: true}\n")
	names := []string{"alice", "usher"}
	for i := range people {
		fmt.Fprintf(&file, "      - {name: p%d}\n", i)
		names = append(names, fmt.Sprint("p", i))
	}
	fmt.Fprintf(&file, "    channels:\n      - {name: room, private: true, creator: alice, members: [%s]}\n", strings.Join(names, ", "))

	var now atomic.Int64
	now.Store(time.Now().UnixNano())
	w := start(t, file.String(), func(o *slacksim.Options, c *gateway.Config) {
		o.NoRateLimits = false
		o.Now = func() time.Time { return time.Unix(0, now.Load()) }
		c.Base = bubbled{&http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{FallbackDelay: -1}).DialContext}, &now}
		c.Timeout, c.MaxWait, c.Unlimited = time.Hour, time.Hour, false
	})
	room := w.channel("room")
	queue := make([]action.Remove, 0, people)
	for id, u := range w.state().Users {
		if strings.HasPrefix(u.Name, "p") && len(u.Name) > 1 {
			queue = append(queue, action.Remove{Channel: room, User: workspace.UserID(id)})
		}
	}
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		work := make(chan action.Remove)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for a := range work {
					if r := w.Apply(t.Context(), team, a); r.Class != gateway.Done {
						t.Errorf("%s: %+v", a, r)
					}
				}
			})
		}
		for _, a := range queue {
			work <- a
		}
		close(work)
		all.Wait()
		took = time.Since(began)
	})
	limited := 0
	for _, c := range w.Calls(0) {
		if c.Status == http.StatusTooManyRequests {
			limited++
		}
	}
	allowed := time.Duration(people) * time.Minute / perMinute
	t.Logf("%d removals took %s where Slack allows %s; %d answers were 429", len(queue), took.Round(time.Second), allowed, limited)
	if len(queue) != people || limited != 0 || took > allowed*105/100 {
		t.Fail()
	}
	if left := len(w.state().Channels[string(room)].Members); left != 2 {
		t.Errorf("%d people are left", left)
	}
}
