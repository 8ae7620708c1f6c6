package store_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

const team workspace.TeamID = "T01"

// clock is a time that only a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock {
	return &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 123456789, time.UTC)}
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

// memory is one memory that a test opens, closes and opens again.
type memory struct {
	*store.Store
	clock *clock
	url   string
}

func (m *memory) reopen(t *testing.T) {
	t.Helper()
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if m.Store, err = store.Open(t.Context(), m.url, m.clock.now); err != nil {
		t.Fatal(err)
	}
}

// each runs a test on a new memory of each engine.
func each(t *testing.T, test func(*testing.T, *memory)) {
	t.Helper()
	urls := map[string]func(*testing.T) string{
		store.SQLite:     func(t *testing.T) string { return filepath.Join(t.TempDir(), "usher.db") },
		store.PostgreSQL: func(t *testing.T) string { return pgtest.New(t) },
	}
	for _, engine := range []string{store.SQLite, store.PostgreSQL} {
		t.Run(engine, func(t *testing.T) {
			m := &memory{clock: newClock(), url: urls[engine](t)}
			var err error
			if m.Store, err = store.Open(t.Context(), m.url, m.clock.now); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := m.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, m)
		})
	}
}

func (m *memory) commit(t *testing.T, commits ...store.Commit) []store.Receipt {
	t.Helper()
	r, err := m.Commit(t.Context(), team, commits...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (m *memory) do(t *testing.T, actions ...action.Action) {
	t.Helper()
	var dues []store.Due
	for _, a := range actions {
		dues = append(dues, store.Due{Action: a})
	}
	m.commit(t, store.Commit{Actions: dues})
}

// room is a Want with room for n of everything.
func room(owner string, n int) store.Want {
	w := store.Want{Owner: owner, Lease: time.Minute, Free: map[action.Priority]int{}}
	for p := action.Interactive; p <= action.Background; p++ {
		w.Free[p] = n
	}
	return w
}

func (m *memory) claim(t *testing.T, w store.Want) []store.Claim {
	t.Helper()
	c, err := m.Claim(t.Context(), team, w)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (m *memory) settle(t *testing.T, s store.Settlement) {
	t.Helper()
	if err := m.Settle(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// lines is what claims say they do, in order.
func lines(claims []store.Claim) []string {
	out := []string{}
	for _, c := range claims {
		out = append(out, c.Action.String())
	}
	return out
}

func remove(c workspace.ChannelID, u workspace.UserID) action.Remove {
	return action.Remove{Channel: c, User: u, Cluster: "finance"}
}

func invite(c workspace.ChannelID, u ...workspace.UserID) action.Invite {
	return action.Invite{Channel: c, Users: u, Cluster: "finance"}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var ctx = context.Background()
