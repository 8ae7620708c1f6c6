package dispatch

import (
	"cmp"
	"context"
	"encoding/json"
	"sync"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/workspace"
)

// entry is one thing in a lane: an envelope, or an action that came due or to
// an end.
type entry struct {
	team     workspace.TeamID
	id       string // the event id
	kind     string // the route's
	body     json.RawMessage
	payload  json.RawMessage
	broken   error // why kind and body could not be found
	received time.Time
	who      asker
	order    bool // asked for on the machine

	committed chan error    // of actions: told once; nil for envelopes
	passed    chan struct{} // of nothing: closed when the lane comes to it

	env  Envelope        // as it came in
	from *store.Handover // the row it was handed over in; nil: it came in here
	done func(bool)      // of handed over ones: told once whether it was committed

	mu    sync.Mutex
	ack   func(context.Context, any) error // nil once it was called, and for actions
	clock *time.Timer
}

// asker is who waits for an answer, and where.
type asker struct {
	UserID workspace.UserID `json:"user_id"` // slash commands
	User   struct {
		ID workspace.UserID `json:"id"`
	} `json:"user"`
	ResponseURL string `json:"response_url"`
}

func (a asker) id() workspace.UserID {
	if a.UserID != "" {
		return a.UserID
	}
	return a.User.ID
}

func newEntry(env Envelope) *entry {
	return &entry{team: env.Team, id: cmp.Or(env.EventID, env.ID), payload: env.Payload, received: env.Received, ack: env.Ack, env: env}
}

// entryOf reads an envelope. One that nobody here serves is acknowledged at
// once, and nil.
func (d *Dispatcher) entryOf(env Envelope) *entry {
	e := newEntry(env)
	if env.Team == "" || !d.config.Known(env.Team) {
		d.log.Debug().Str(config.FieldTeam, string(env.Team)).Str(config.FieldEvent, e.id).Msg("acknowledged an envelope of another workspace")
		d.beside(func() { d.acknowledge(e, nil) })
		return nil
	}
	d.read(e)
	return e
}

// read finds out what an envelope is, and has somebody who waits told in time.
func (d *Dispatcher) read(e *entry) {
	env := e.env
	e.kind, e.body, e.broken = handlers.KindOf(env.Type, env.Payload)
	if env.Type == typeEvent || env.Type == TypeOrder {
		e.order = env.Type == TypeOrder
		return
	}
	// What people typed has another shape in events, and nobody waits there.
	_ = json.Unmarshal(env.Payload, &e.who)
	if wait := d.config.Answer - d.config.Clock().Sub(env.Received); wait > 0 {
		e.clock = time.AfterFunc(wait, func() { d.beside(func() { d.hurry(e) }) })
	} else {
		d.beside(func() { d.hurry(e) })
	}
}

const typeEvent = "events_api"

// TypeOrder is the type of an Envelope that somebody on the machine caused. It
// never comes from Slack.
const TypeOrder = "operator"

// actor is who caused an entry; empty: nobody that is known.
func (e *entry) actor() workspace.UserID {
	if e.order {
		return handlers.CLI
	}
	return e.who.id()
}

// take is the ack, for the one who gets it first.
func (e *entry) take() func(context.Context, any) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	ack := e.ack
	e.ack = nil
	if e.clock != nil {
		e.clock.Stop()
	}
	return ack
}

// late reports whether the person was told already that the answer takes longer.
func (e *entry) late() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ack == nil && e.committed == nil
}

// gone gives an entry up unanswered.
func (e *entry) gone() { e.take() }
