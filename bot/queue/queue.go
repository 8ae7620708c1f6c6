// Package queue carries out stored actions: the oldest due of each key, keys
// beside each other, as many at once as there is room for, again later where
// Slack says so, and no more where it would not help.
//
// It owns when something is tried and what becomes of its result. It must never
// decide who may be where (it asks the rules once more, through Guard), call
// Slack by itself, or keep anything only in memory that a crash may not lose.
//
// Decision: whatever waits, waits in the store, and one goroutine claims from
// it, woken by a signal or by the clock reaching the next due time, never by
// polling. Each priority of each workspace has places of its own, so that two
// thousand removals hold up neither an answer nor another workspace.
//
// What a crash between a call to Slack and the storing of its result does: the
// claim is found again and the action runs again, as Rescued. Removing, inviting
// and joining again is already so; a Home, a list that is read and a question to
// the rules are the same again; what enters a lane is known there by its event
// id. A notice is the one thing that would show twice, and Slack has no way to
// ask for it once: a rescued Tell is therefore not sent again and its result
// says that it is not confirmed. An answer to somebody who waits (Reply) is sent
// again: twice is better than never.
package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/gateway"
	"usher/bot/metrics"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Applier carries out one action against Slack, once.
type Applier interface {
	Apply(ctx context.Context, team workspace.TeamID, a action.Action) gateway.Result
}

// Lane is the way into the workspaces' lanes.
type Lane interface {
	// Handles reports whether a handler waits for this kind of entry.
	Handles(kind string) bool
	// Enter hands an entry to its workspace's lane and returns nil once what
	// follows from it is committed. An entry of an event id that was committed
	// before is nil at once.
	Enter(ctx context.Context, e Entry) error
}

// Entry is an action that came due, or came to an end, on its way into a lane.
type Entry struct {
	Team    workspace.TeamID
	EventID string // the same whenever the same thing enters again
	Kind    string // due:recheck, settled:invite, …
	Payload json.RawMessage
}

// Guard asks the rules again right before an action is carried out: what of it
// is still right, whether anything is, and the decision that says so. An error
// means that they could not be asked: the action waits.
type Guard func(ctx context.Context, team workspace.TeamID, a action.Action) (now action.Action, still bool, why rules.Decision, err error)

// Reader reads something of a workspace again, into the mirror.
type Reader func(ctx context.Context, team workspace.TeamID, a action.Refresh) error

// Config is what a Queue is made of. Store, Applier, Lane and Read are needed.
type Config struct {
	Store   *store.Store
	Applier Applier
	Lane    Lane
	Read    Reader
	Guard   Guard                       // nil: everything is still right
	Hear    func(context.Context) error // waits while nothing is heard from Slack; nil: something always is
	Owns    func(workspace.TeamID) bool // nil: every workspace is carried out here
	Clock   func() time.Time            // nil: time.Now; the store's
	Log     zerolog.Logger
	Metrics *metrics.Metrics // nil: nothing is counted

	Places   map[action.Priority]int         // how many of a priority and workspace at once; nil: 4, Background 16
	Lease    time.Duration                   // how long a claim lasts without a sign of life; 0: one minute
	Attempts int                             // how often something is tried; 0: 12
	Backoff  func(attempt int) time.Duration // how long to wait after the n-th try, from 1; nil: Backoff
	Grace    time.Duration                   // how long what is being carried out may go on at the end; 0: 5 s
}

// Queue carries out stored actions. Make it with New; Run it once.
type Queue struct {
	config Config
	owner  string
	log    zerolog.Logger

	leave chan leaving
	wake  chan struct{} // holds one token while there is something in woken
	mu    sync.Mutex
	woken map[workspace.TeamID]bool // true: its ended actions have to be looked for too

	workers sync.WaitGroup
}

// New is a Queue that does nothing yet.
func New(c Config) *Queue {
	if c.Guard == nil {
		c.Guard = func(_ context.Context, _ workspace.TeamID, a action.Action) (action.Action, bool, rules.Decision, error) {
			return a, true, rules.Decision{}, nil
		}
	}
	if c.Hear == nil {
		c.Hear = func(context.Context) error { return nil }
	}
	if c.Owns == nil {
		c.Owns = func(workspace.TeamID) bool { return true }
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Places == nil {
		c.Places = map[action.Priority]int{action.Background: 16}
		for p := range action.Background {
			c.Places[p] = 4
		}
	}
	if c.Lease == 0 {
		c.Lease = time.Minute
	}
	if c.Attempts == 0 {
		c.Attempts = 12
	}
	if c.Backoff == nil {
		c.Backoff = Backoff
	}
	if c.Grace == 0 {
		c.Grace = 5 * time.Second
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &Queue{
		config: c, owner: hex.EncodeToString(id[:]), log: c.Log.With().Str(config.FieldPart, "queue").Logger(),
		leave: make(chan leaving), wake: make(chan struct{}, 1), woken: map[workspace.TeamID]bool{},
	}
}

// Wake says that something was stored for a workspace. It never waits.
func (q *Queue) Wake(team workspace.TeamID) {
	q.rouse(team, false)
}

// Adopt says that a workspace is carried out here from now on: what waits, and
// what follows from actions that others have brought to an end. It never waits.
func (q *Queue) Adopt(team workspace.TeamID) { q.rouse(team, true) }

func (q *Queue) rouse(team workspace.TeamID, echo bool) {
	q.mu.Lock()
	q.woken[team] = q.woken[team] || echo
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) taken() map[workspace.TeamID]bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	woken := q.woken
	q.woken = map[workspace.TeamID]bool{}
	return woken
}
