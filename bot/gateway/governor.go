package gateway

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// window is how long Slack's minute is taken to be. A little more than a
// minute, so that calls which travel for different times do not make a fuller
// minute on Slack's side than on ours.
const window = 61 * time.Second

// lane is what has an allowance of its own: a method in a workspace, and for
// messages also each channel.
type lane struct {
	team    workspace.TeamID
	method  string
	channel string
}

// governor lets calls go out no faster than Slack allows, the most urgent
// first and equals in the order they came. It keeps time by the clock of the
// goroutines that call it.
//
// Each lane holds a bucket, so that a few calls after a pause need not wait,
// and remembers its latest turns, so that no window has more than the
// allowance even then. A bulk therefore runs at 60/61 of what Slack allows.
type governor struct {
	mu    sync.Mutex
	lanes map[lane]*turns
	order uint64

	unlimited bool // only pauses hold back
}

func newGovernor() *governor { return &governor{lanes: map[lane]*turns{}} }

// turns is the state of one lane.
type turns struct {
	allowance
	left   float64     // of the burst
	at     time.Time   // when left was right
	taken  []time.Time // the latest turns, a ring of perMinute
	next   int
	paused time.Time // Slack said so
	queue  waiting
	timer  *time.Timer
}

type waiter struct {
	priority action.Priority
	order    uint64
	until    time.Time   // zero: for ever
	turn     chan *Error // nil: it is come
	index    int
}

// acquire waits for the turn of a call. It gives up with the context, or with
// codeAllowance as soon as it is clear that maxWait would not be enough.
func (g *governor) acquire(ctx context.Context, method string, c calling) error {
	if method == postMethod && c.channel != "" {
		if err := g.acquireIn(ctx, lane{c.team, method, c.channel}, intoChannel, c); err != nil {
			return err
		}
	}
	return g.acquireIn(ctx, lane{team: c.team, method: method}, allowanceOf(method), c)
}

func (g *governor) acquireIn(ctx context.Context, l lane, a allowance, c calling) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.Lock()
	now := time.Now()
	t := g.lane(l, a, now)
	w := &waiter{priority: c.priority, order: g.order, turn: make(chan *Error, 1)}
	g.order++
	if c.maxWait > 0 {
		w.until = now.Add(c.maxWait)
	}
	if deadline, ok := ctx.Deadline(); ok && (w.until.IsZero() || deadline.Before(w.until)) {
		w.until = deadline
	}
	if wait := t.forecast(now, w.priority); !w.until.IsZero() && now.Add(wait).After(w.until) {
		g.mu.Unlock()
		return &Error{Team: l.team, Method: l.method, Code: codeAllowance, After: wait}
	}
	heap.Push(&t.queue, w)
	g.serve(t, now)
	g.mu.Unlock()

	select {
	case sentAway := <-w.turn:
		if sentAway == nil {
			return nil
		}
		sentAway.Team, sentAway.Method = l.team, l.method
		return sentAway
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.index >= 0 {
		heap.Remove(&t.queue, w.index)
	}
	return ctx.Err()
}

// lane finds or makes a lane's turns. Lanes of channels that have been quiet
// are forgotten now and then.
func (g *governor) lane(l lane, a allowance, now time.Time) *turns {
	t := g.lanes[l]
	if t == nil {
		if len(g.lanes)%4096 == 4095 {
			for key, old := range g.lanes {
				if old.idle(now) {
					delete(g.lanes, key)
				}
			}
		}
		if g.unlimited {
			a = allowance{}
		}
		t = &turns{allowance: a, left: float64(a.burst), at: now, taken: make([]time.Time, a.perMinute)}
		g.lanes[l] = t
	}
	return t
}

func (t *turns) idle(now time.Time) bool {
	return len(t.queue) == 0 && now.After(t.paused) && now.Sub(t.at) > 2*window
}

func (t *turns) interval() time.Duration {
	if t.perMinute == 0 {
		return 0
	}
	return window / time.Duration(t.perMinute)
}

// ready is when the next turn may be taken.
func (t *turns) ready(now time.Time) time.Time {
	ready := now
	if t.paused.After(ready) {
		ready = t.paused
	}
	if t.perMinute == 0 { // unlimited
		return ready
	}
	if left := t.has(now); left < 1 {
		ready = latest(ready, now.Add(time.Duration((1-left)*float64(t.interval()))))
	}
	return latest(ready, t.taken[t.next].Add(window))
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (t *turns) has(now time.Time) float64 {
	return min(float64(t.burst), t.left+float64(now.Sub(t.at))/float64(t.interval()))
}

// forecast is how long somebody of a priority who comes now would wait.
func (t *turns) forecast(now time.Time, p action.Priority) time.Duration {
	ahead := 0
	for _, w := range t.queue {
		if w.priority <= p {
			ahead++
		}
	}
	return t.ready(now).Sub(now) + time.Duration(ahead)*t.interval()
}

// early is what a computed moment may be off by, in float arithmetic.
const early = time.Microsecond

// take uses one turn.
func (t *turns) take(now time.Time) {
	if t.perMinute == 0 {
		t.at = now
		return
	}
	t.left, t.at = t.has(now)-1, now
	t.taken[t.next] = now
	t.next = (t.next + 1) % len(t.taken)
}

// serve gives turns to whoever may go now and comes back when the next may.
func (g *governor) serve(t *turns, now time.Time) {
	for len(t.queue) > 0 {
		if wait := t.ready(now).Sub(now); wait > early {
			if t.timer == nil {
				t.timer = time.AfterFunc(wait, func() {
					g.mu.Lock()
					defer g.mu.Unlock()
					t.timer = nil
					g.serve(t, time.Now())
				})
			}
			return
		}
		w := heap.Pop(&t.queue).(*waiter)
		t.take(now)
		w.turn <- nil
	}
}

// pause obeys a 429: nobody of this method and workspace goes before it is
// over, and whoever cannot wait that long is sent away.
func (g *governor) pause(method string, team workspace.TeamID, after time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	t := g.lane(lane{team: team, method: method}, allowanceOf(method), now)
	t.left, t.at = min(1, float64(t.burst)), now // go on gently, without the burst
	if until := now.Add(after); until.After(t.paused) {
		t.paused = until
	}
	for i := 0; i < len(t.queue); {
		w := t.queue[i]
		if w.until.IsZero() || !t.paused.After(w.until) {
			i++
			continue
		}
		heap.Remove(&t.queue, i)
		w.turn <- &Error{Code: codeAllowance, After: t.paused.Sub(now)}
		i = 0
	}
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	g.serve(t, now)
}

// wait is how long a call would wait if it came now.
func (g *governor) wait(method string, c calling) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	wait := g.lane(lane{team: c.team, method: method}, allowanceOf(method), now).forecast(now, c.priority)
	if method == postMethod && c.channel != "" {
		wait = max(wait, g.lane(lane{c.team, method, c.channel}, intoChannel, now).forecast(now, c.priority))
	}
	return wait
}

// waiting is a heap of waiters, the most urgent first and then the oldest.
type waiting []*waiter

func (q waiting) Len() int { return len(q) }
func (q waiting) Less(i, j int) bool {
	if q[i].priority != q[j].priority {
		return q[i].priority < q[j].priority
	}
	return q[i].order < q[j].order
}
func (q waiting) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push and Pop are heap's.
func (q *waiting) Push(x any) {
	w := x.(*waiter)
	w.index = len(*q)
	*q = append(*q, w)
}

func (q *waiting) Pop() any {
	old := *q
	w := old[len(old)-1]
	*q = old[:len(old)-1]
	w.index = -1
	return w
}
