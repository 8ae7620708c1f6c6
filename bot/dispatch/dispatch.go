// Package dispatch takes what Slack sends, what came due and what came to an
// end, and has it answered once: one lane for each workspace, in which an
// envelope is known or new, seen by the mirror, handled, committed, and only
// then acknowledged.
//
// It owns the lanes, the policy bound to each workspace, and what handlers are
// given to look at, and the way to the replica that owns a workspace. It must
// never decide, call Slack except to show a modal whose trigger would run out,
// acknowledge what is neither committed nor stored for the owner to commit (a
// person whose command would time out is told so instead), or let a handler that
// fails take the lane with it.
//
// Decision: a lane is one goroutine, so that a workspace's events meet its
// mirror, its policy and its store in one order without further locks; whatever
// waits in the lane when it comes round shares one transaction, so that a burst
// costs one sync to disk.
package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/metrics"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/workspace"
)

// Envelope is what came in from Slack.
type Envelope struct {
	ID           string // Slack's envelope id
	Type         string // events_api, slash_commands, interactive
	Team         workspace.TeamID
	EventID      string // events: what stays the same when Slack sends it again; empty otherwise
	Payload      json.RawMessage
	RetryAttempt int
	Received     time.Time
	// Ack acknowledges the envelope; a payload that is nil is none. It is called
	// at most once, from any goroutine.
	Ack func(ctx context.Context, payload any) error
}

// Show opens, pushes or replaces a modal.
type Show func(ctx context.Context, team workspace.TeamID, m handlers.Modal) error

// Config is what a Dispatcher is made of. Store, Directory, Router, Requests
// and Wake are needed.
type Config struct {
	Store     *store.Store
	Directory *directory.Directory
	Router    *handlers.Router
	Requests  *Requests
	Wake      func(workspace.TeamID)      // something was stored for the queue
	Show      Show                        // nil: modals are not shown
	Known     func(workspace.TeamID) bool // nil: every workspace is served
	Owns      func(workspace.TeamID) bool // nil: every workspace is handled here
	Replica   string                      // names this process among those that share the store; empty: it is alone
	Clock     func() time.Time            // nil: time.Now
	Log       zerolog.Logger
	Metrics   *metrics.Metrics // nil: nothing is counted

	Room   int           // envelopes that may wait in a lane before intake waits; 0: 1024
	Batch  int           // envelopes that may share a transaction; 0: 64
	Answer time.Duration // after which a person who waits is told to wait on; 0: 2.5 s
	Patch  time.Duration // how long a commit is tried while the store is gone; 0: 2 s
	Grace  time.Duration // how long lanes may empty themselves at the end; 0: 5 s
}

// Dispatcher runs the lanes. It is safe for concurrent use.
type Dispatcher struct {
	config   Config
	log      zerolog.Logger
	handover *handover       // nil: this process is alone
	ctx      context.Context // ends when lanes may not go on
	stop     context.CancelFunc

	mu     sync.Mutex
	lanes  map[workspace.TeamID]*lane
	closed bool
	intake sync.WaitGroup // those who are handing something to a lane
	work   sync.WaitGroup // lanes, acks, modals
}

// New is a Dispatcher that takes envelopes at once; Run ends it.
func New(c Config) *Dispatcher {
	if c.Known == nil {
		c.Known = func(workspace.TeamID) bool { return true }
	}
	if c.Owns == nil {
		c.Owns = func(workspace.TeamID) bool { return true }
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Room == 0 {
		c.Room = 1024
	}
	if c.Batch == 0 {
		c.Batch = 64
	}
	if c.Answer == 0 {
		c.Answer = 2500 * time.Millisecond
	}
	if c.Patch == 0 {
		c.Patch = 2 * time.Second
	}
	if c.Grace == 0 {
		c.Grace = 5 * time.Second
	}
	d := &Dispatcher{config: c, log: c.Log.With().Str(config.FieldPart, "dispatch").Logger(), lanes: map[workspace.TeamID]*lane{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	if c.Replica != "" {
		d.handover = newHandover(d)
	}
	return d
}

// ErrClosed is returned for what comes in after the end.
var ErrClosed = errors.New("the program is ending; this will come again")

// Receive puts an envelope into its workspace's lane, or hands it over to
// whoever owns the workspace; it waits while there is no room. What is not taken
// is not acknowledged: Slack sends it again.
func (d *Dispatcher) Receive(ctx context.Context, env Envelope) {
	e := d.entryOf(env)
	if e == nil {
		return
	}
	take := d.put
	if d.handover != nil && !d.config.Owns(e.team) {
		take = d.handover.take
	}
	if err := take(ctx, e); err != nil {
		e.gone()
		d.log.Warn().Err(err).Str(config.FieldTeam, string(env.Team)).Str(config.FieldEvent, e.id).Msg("did not take an envelope")
	}
}

// Handles reports whether a handler waits for this kind.
func (d *Dispatcher) Handles(kind string) bool { return d.config.Router.Handles(kind) }

// Enter puts an action that came due, or came to an end, into its workspace's
// lane, and returns nil once what follows from it is committed.
func (d *Dispatcher) Enter(ctx context.Context, q queue.Entry) error {
	e := &entry{team: q.Team, id: q.EventID, kind: q.Kind, body: q.Payload, payload: q.Payload, received: d.config.Clock(), committed: make(chan error, 1)}
	if err := d.put(ctx, e); err != nil {
		return err
	}
	select {
	case err := <-e.committed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// put waits until the lane has room.
func (d *Dispatcher) put(ctx context.Context, e *entry) error {
	l, err := d.lane(e.team)
	if err != nil {
		return err
	}
	defer d.intake.Done()
	select {
	case l.in <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-d.ctx.Done():
		return ErrClosed
	}
}

// lane is a workspace's lane, started where it was not; the caller owes an
// intake.Done.
func (d *Dispatcher) lane(team workspace.TeamID) (*lane, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, ErrClosed
	}
	d.intake.Add(1)
	l, ok := d.lanes[team]
	if !ok {
		l = &lane{Dispatcher: d, team: team, in: make(chan *entry, d.config.Room)}
		d.lanes[team] = l
		d.work.Go(l.run)
	}
	return l, nil
}

// beside runs do beside the lanes, or where everything ends already, here.
func (d *Dispatcher) beside(do func()) {
	d.mu.Lock()
	closed := d.closed
	if !closed {
		d.work.Go(do)
	}
	d.mu.Unlock()
	if closed {
		do()
	}
}

// Run waits for ctx to end. It then takes nothing more, lets the lanes answer
// what they hold (for the grace), and lets the acks out.
func (d *Dispatcher) Run(ctx context.Context) error {
	<-ctx.Done()
	d.mu.Lock()
	d.closed = true
	lanes := d.lanes
	d.mu.Unlock()
	grace := time.AfterFunc(d.config.Grace, d.stop)
	defer grace.Stop()
	d.intake.Wait()
	for _, l := range lanes {
		close(l.in)
	}
	d.work.Wait()
	if d.handover != nil {
		d.handover.end()
	}
	d.stop()
	return nil
}
