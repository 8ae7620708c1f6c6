package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules/workspace"
)

// pulled is how many handed over envelopes of a workspace are in its lane at
// once at most, and pullAgain how long those wait that could not be committed.
const (
	pulled    = 256
	pullAgain = 200 * time.Millisecond
)

// errNobodyWaits is an ack for somebody who was told that the reply follows.
var errNobodyWaits = errors.New("nobody waits for this reply any more")

// Serve works off what other replicas hand over for a workspace that is owned
// here, until ctx ends. What was handed to an owner before is part of that.
func (d *Dispatcher) Serve(ctx context.Context, team workspace.TeamID) {
	h := d.handover
	if h == nil {
		return
	}
	p := &pull{handover: h, team: team, more: make(chan struct{}, 1), under: map[int64]struct{}{}}
	h.mu.Lock()
	h.pulls[team] = p.more
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.pulls, team)
	}()
	rarely := config.Rarely(h.log)
	for poke(p.more); ; {
		select {
		case <-ctx.Done():
			return
		case <-p.more:
		}
		if err := p.take(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
			rarely.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not take what was handed over")
		}
	}
}

// pull is one workspace's handed over envelopes on their way into its lane.
type pull struct {
	*handover
	team workspace.TeamID
	more chan struct{}

	mu    sync.Mutex
	under map[int64]struct{}
	full  bool
}

func (p *pull) take(ctx context.Context) error {
	p.mu.Lock()
	under := make([]int64, 0, len(p.under))
	for id := range p.under {
		under = append(under, id)
	}
	room := pulled - len(under)
	p.full = room <= 0
	p.mu.Unlock()
	if room <= 0 {
		return nil
	}
	rows, err := p.config.Store.Handovers(ctx, p.team, under, room)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.full = len(rows) == room
	for _, r := range rows {
		p.under[r.ID] = struct{}{}
	}
	p.mu.Unlock()
	for i, r := range rows {
		e := p.entry(r)
		if err := p.Dispatcher.put(ctx, e); err != nil {
			e.gone()
			for _, r := range rows[i:] {
				p.done(r.ID, true) // whoever owns the workspace next finds it
			}
			return err
		}
	}
	return nil
}

// done takes note that a row is out of the lane; one that was not committed is
// taken again.
func (p *pull) done(id int64, committed bool) {
	p.mu.Lock()
	delete(p.under, id)
	full := p.full && len(p.under) <= pulled/2
	p.mu.Unlock()
	switch {
	case !committed:
		time.AfterFunc(pullAgain, func() { poke(p.more) })
	case full:
		poke(p.more)
	}
}

// entry is a handed over envelope as it enters the lane.
func (p *pull) entry(r store.Handover) *entry {
	env := Envelope{
		ID: r.Envelope, Type: r.Kind, Team: r.Team, EventID: r.Event, Payload: json.RawMessage(r.Payload), RetryAttempt: r.Attempt, Received: r.Received,
	}
	if r.Asks && !r.GivenUp {
		env.Ack = func(ctx context.Context, payload any) error {
			b, err := encoded(payload)
			if err != nil {
				return err
			}
			waits, err := p.config.Store.Reply(ctx, r.ID, b)
			if err == nil && !waits {
				err = errNobodyWaits
			}
			return err
		}
	}
	e := newEntry(env)
	e.from, e.done = &r, func(committed bool) { p.done(r.ID, committed) }
	p.read(e)
	return e
}

// encoded is what rides in an ack, as it is stored; empty for nothing.
func encoded(payload any) ([]byte, error) {
	if payload == nil {
		return nil, nil
	}
	return json.Marshal(payload)
}

// closing ends the handover that a turn came from, with its commit.
func (t *turn) closing() *store.Closing {
	c := &store.Closing{ID: t.e.from.ID}
	if !t.relayed {
		t.relayed = t.e.take() != nil
	}
	if !t.relayed { // an event, or somebody who was told to wait on
		return c
	}
	b, err := encoded(payloadOf(t.e.kind, t.out.Reply))
	if err != nil {
		t.err = errors.Join(t.err, err)
	}
	c.Asks, c.Reply = true, b
	if due := t.e.afterwards(t.out.Reply); due != nil {
		c.Late = []store.Due{*due}
	}
	return c
}

// close ends an entry that was handed over: with its turn, or without one where
// its event had been handled before.
func (l *lane) close(e *entry, t *turn) {
	if t != nil {
		e.done(true)
		return
	}
	l.work.Go(func() {
		l.acknowledge(e, nil)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), ackWithin)
		defer cancel()
		err := l.config.Store.Dismiss(ctx, e.from.ID)
		if err != nil {
			l.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, e.id).Msg("could not close a handed over envelope")
		}
		e.done(err == nil)
	})
}

// pass gives up what this process may not commit, because it owns the workspace
// no more: what came in here goes to the owner, the rest is found by it.
func (l *lane) pass(batch []*entry, err error) {
	l.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Int(config.FieldCount, len(batch)).Msg("passed on what another replica is to handle")
	for _, e := range batch {
		if e.committed == nil && e.from == nil && l.handover != nil && l.handover.put(l.ctx, e) == nil {
			continue
		}
		l.fail([]*entry{e}, err)
	}
}

// Settle waits until a workspace's lane is done with all it was given before.
func (d *Dispatcher) Settle(ctx context.Context, team workspace.TeamID) error {
	e := &entry{team: team, passed: make(chan struct{})}
	if err := d.put(ctx, e); err != nil {
		return err
	}
	select {
	case <-e.passed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
