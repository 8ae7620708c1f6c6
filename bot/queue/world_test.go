package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/gateway"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/rules/action"
	"usher/rules/workspace"
)

// histories is how many random ones a run tries on each engine; -rapid.checks
// asks for more.
const histories = "40"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", histories); err != nil {
		panic(err)
	}
	os.Exit(pgtest.Run(m))
}

const team workspace.TeamID = "T01"

// engines gives a new memory's URL for each engine.
var engines = map[string]func(testing.TB) string{
	store.SQLite:     func(t testing.TB) string { return filepath.Join(t.TempDir(), "usher.db") },
	store.PostgreSQL: func(t testing.TB) string { return pgtest.New(t) },
}

func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	for _, engine := range []string{store.SQLite, store.PostgreSQL} {
		t.Run(engine, func(t *testing.T) { test(t, engines[engine](t)) })
	}
}

// tb is what *testing.T and *rapid.T have in common.
type tb interface {
	Helper()
	Error(...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// outside is what the actions are carried out against: it answers as it is told
// to, and notices what must not happen.
type outside struct {
	mu      sync.Mutex
	changed chan struct{} // closed at every change
	answer  func(a action.Action, nth int) gateway.Result
	calls   map[string]int // how often each action was tried
	ended   []string       // those that came to an end, in order, repeats included
	active  map[action.Key]string
	most    int // at once
	faults  []string
}

func newOutside(answer func(action.Action, int) gateway.Result) *outside {
	return &outside{changed: make(chan struct{}), answer: answer, calls: map[string]int{}, active: map[action.Key]string{}}
}

var done = gateway.Result{Class: gateway.Done}

func always(r gateway.Result) func(action.Action, int) gateway.Result {
	return func(action.Action, int) gateway.Result { return r }
}

func (o *outside) change(do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	do()
	close(o.changed)
	o.changed = make(chan struct{})
}

// until waits for something to become true of what was seen outside.
func (o *outside) until(t tb, what string, is func() bool) {
	t.Helper()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for {
		o.mu.Lock()
		ok, changed := is(), o.changed
		o.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-end.C:
			o.mu.Lock()
			defer o.mu.Unlock()
			t.Fatalf("waited for %s; ended %v, tried %v", what, o.ended, o.calls)
		}
	}
}

func (o *outside) endings() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.ended...)
}

// process is one life of the program: its calls reach nobody once it is dead.
type process struct {
	*outside
	dead chan struct{}
	gone chan struct{} // nothing can be stored any more either
	hold chan struct{} // not nil: every call waits for it
}

func (p *process) Apply(ctx context.Context, _ workspace.TeamID, a action.Action) gateway.Result {
	name := a.String()
	var r gateway.Result
	late := false
	p.change(func() {
		if p.isDead() {
			late = true
			return
		}
		if other, busy := p.active[a.Key()]; busy {
			p.faults = append(p.faults, fmt.Sprintf("%s ran beside %s", name, other))
		}
		p.active[a.Key()] = name
		p.most = max(p.most, len(p.active))
		p.calls[name]++
		r = p.answer(a, p.calls[name])
	})
	if late {
		<-p.gone
		return gateway.Result{Class: gateway.Later, Snoozed: true}
	}
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			r = gateway.Result{Class: gateway.Later, Code: "ended", Snoozed: true}
		case <-p.dead:
		}
	}
	p.change(func() {
		if p.isDead() {
			return
		}
		delete(p.active, a.Key())
		if r.Class != gateway.Later {
			p.ended = append(p.ended, name)
		}
	})
	if p.isDead() {
		<-p.gone
	}
	return r
}

func (p *process) isDead() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

// lane notes what enters, and answers as it is told to.
type lane struct {
	*outside
	handles map[string]bool
	err     func(queue.Entry) error
	entries []queue.Entry
}

func (l *lane) Handles(kind string) bool { return l.handles[kind] }

func (l *lane) Enter(_ context.Context, e queue.Entry) error {
	var err error
	l.change(func() {
		l.entries = append(l.entries, e)
		if l.err != nil {
			err = l.err(e)
		}
	})
	return err
}

// life is a store and a queue over it.
type life struct {
	*process
	db    *store.Store
	owns  *store.Leases
	queue *queue.Queue
	lane  *lane
	stop  context.CancelFunc
	over  chan error
}

type options func(*queue.Config, *life)

func start(t tb, url string, o *outside, opts ...options) *life {
	t.Helper()
	db, err := store.Open(context.Background(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	// What the life before had begun is had at once, as by whoever takes over.
	owns, err := db.Leases("queue", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := owns.Acquire(context.Background(), team); err != nil || !got {
		t.Fatalf("own the workspace: %t, %v", got, err)
	}
	l := &life{process: &process{outside: o, dead: make(chan struct{}), gone: make(chan struct{})}, db: db, owns: owns, lane: &lane{outside: o, handles: map[string]bool{}}, over: make(chan error, 1)}
	c := queue.Config{
		Store: db, Applier: l.process, Lane: l.lane, Log: zerolog.Nop(),
		Backoff: func(int) time.Duration { return 2 * time.Millisecond }, Grace: 50 * time.Millisecond,
		Read: func(context.Context, workspace.TeamID, action.Refresh) error { return nil },
	}
	for _, opt := range opts {
		opt(&c, l)
	}
	l.queue = queue.New(c)
	var ctx context.Context
	ctx, l.stop = context.WithCancel(context.Background())
	go func() { l.over <- l.queue.Run(ctx) }()
	return l
}

// end stops the queue as a program that is told to end does.
func (l *life) end(t tb) {
	t.Helper()
	l.stop()
	if err := <-l.over; err != nil {
		t.Error(err)
	}
	if err := errors.Join(l.owns.Close(), l.db.Close()); err != nil {
		t.Error(err)
	}
}

// kill stops it as kill -9 does: no call goes out any more and nothing is
// stored any more, whatever was under way.
func (l *life) kill(t tb) {
	t.Helper()
	l.change(func() {
		close(l.dead)
		clear(l.active)
	})
	if err := errors.Join(l.owns.Close(), l.db.Close()); err != nil {
		t.Error(err)
	}
	close(l.gone)
	l.stop()
	<-l.over
}

func (l *life) do(t tb, dues ...store.Due) {
	t.Helper()
	if _, err := l.db.Commit(context.Background(), team, store.Commit{Actions: dues}); err != nil {
		t.Fatal(err)
	}
	l.queue.Wake(team)
}

func now(actions ...action.Action) []store.Due {
	var dues []store.Due
	for _, a := range actions {
		dues = append(dues, store.Due{Action: a})
	}
	return dues
}

func remove(c, u string) action.Remove {
	return action.Remove{Channel: workspace.ChannelID(c), User: workspace.UserID(u), Cluster: "finance"}
}

// settled waits until nothing of the workspace waits any more.
func (l *life) settled(t tb, n int) []store.Stored {
	t.Helper()
	var all []store.Stored
	l.until(t, fmt.Sprintf("%d actions to be settled", n), func() bool { return len(l.ended) >= n })
	poll := time.NewTicker(2 * time.Millisecond) // storing comes after the call's return
	defer poll.Stop()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for {
		var err error
		if all, err = l.db.Ended(context.Background(), team, "", 10_000); err != nil {
			t.Fatal(err)
		}
		if len(all) >= n {
			return all
		}
		select {
		case <-poll.C:
		case <-end.C:
			t.Fatalf("%d of %d actions settled", len(all), n)
		}
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
