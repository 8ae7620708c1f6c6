package dispatch

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules/workspace"
)

// handover is the way of envelopes to the replica that owns their workspace,
// and of its replies back.
//
// An event is acknowledged once it is stored for the owner: whoever owns the
// workspace by then works it off, so that it is committed before it is
// acknowledged as any other. Somebody who waits has the owner's reply in their
// ack, which is stored by the same transaction as what the reply says was done;
// who of both gives up first is settled in the row, so that they are answered
// once: in the ack, or later through the address to respond to.
type handover struct {
	*Dispatcher
	out      chan *entry
	shipping sync.WaitGroup
	ways     sync.WaitGroup // acks, and those who wait for a reply
	relaying sync.WaitGroup
	look     chan struct{} // holds a token while there may be replies

	mu      sync.Mutex
	replies map[int64]chan []byte
	pulls   map[workspace.TeamID]chan struct{} // holds a token while there may be something to pull
}

func newHandover(d *Dispatcher) *handover {
	h := &handover{
		Dispatcher: d, out: make(chan *entry, d.config.Room), look: make(chan struct{}, 1),
		replies: map[int64]chan []byte{}, pulls: map[workspace.TeamID]chan struct{}{},
	}
	h.shipping.Go(h.ship)
	h.relaying.Go(h.relay)
	return h
}

// Hear says that another replica has told something; an empty what is a reason
// to look after everything. It never waits.
func (d *Dispatcher) Hear(what store.Heard, whom string) {
	h := d.handover
	if h == nil {
		return
	}
	if what == "" || what == store.HeardReply && whom == d.config.Replica {
		poke(h.look)
	}
	if what == "" || what == store.HeardHandover {
		h.mu.Lock()
		defer h.mu.Unlock()
		for team, pull := range h.pulls {
			if what == "" || string(team) == whom {
				poke(pull)
			}
		}
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take has an entry handed over, and waits while too many are underway.
func (h *handover) take(ctx context.Context, e *entry) error {
	h.Dispatcher.mu.Lock()
	if h.closed {
		h.Dispatcher.mu.Unlock()
		return ErrClosed
	}
	h.intake.Add(1)
	h.Dispatcher.mu.Unlock()
	defer h.intake.Done()
	return h.put(ctx, e)
}

func (h *handover) put(ctx context.Context, e *entry) error {
	select {
	case h.out <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-h.ctx.Done():
		return ErrClosed
	}
}

// end is called when nothing is handed over any more.
func (h *handover) end() {
	close(h.out)
	h.shipping.Wait()
	h.ways.Wait()
	h.stop()
	h.relaying.Wait()
}

// ship stores what is handed over, in its order, and whatever waits with it.
func (h *handover) ship() {
	for first := range h.out {
		batch := []*entry{first}
		for more := true; more && len(batch) < h.config.Batch; {
			select {
			case e, ok := <-h.out:
				if more = ok; ok {
					batch = append(batch, e)
				}
			default:
				more = false
			}
		}
		ids, err := h.store(batch)
		for _, e := range batch {
			h.shipped(e, ids[e.env.ID], err)
		}
	}
}

// store tries for as long as a commit is tried.
func (h *handover) store(batch []*entry) (ids map[string]int64, err error) {
	rows := make([]store.Handover, len(batch))
	for i, e := range batch {
		rows[i] = store.Handover{
			Team: e.team, Envelope: e.env.ID, Event: e.env.EventID, Kind: e.env.Type, Payload: e.payload,
			Attempt: e.env.RetryAttempt, Received: e.received, Asks: e.asks(), GivenUp: e.asks() && e.late(),
		}
	}
	err = h.patiently(func() error {
		ids, err = h.config.Store.HandOver(h.ctx, h.config.Replica, rows...)
		return err
	})
	return ids, err
}

func (e *entry) asks() bool { return e.env.Type != typeEvent }

// shipped acknowledges an event that is stored, and has a reply waited for.
func (h *handover) shipped(e *entry, id int64, err error) {
	took := h.config.Clock().Sub(e.received)
	if err != nil {
		h.log.Error().Err(err).Str(config.FieldTeam, string(e.team)).Str(config.FieldEvent, e.id).Msg("could not hand over an envelope; what was not acknowledged comes again")
		h.config.Metrics.Envelope(e.team, e.kind, "failed", took)
		l := &lane{Dispatcher: h.Dispatcher, team: e.team}
		l.sorry(&turn{e: e})
		l.fail([]*entry{e}, err)
		return
	}
	h.config.Metrics.Envelope(e.team, e.kind, "handed_over", took)
	h.log.Debug().Str(config.FieldTeam, string(e.team)).Str(config.FieldEvent, e.id).Str(config.FieldKind, e.kind).Dur(config.FieldTook, took).Msg("handed over an envelope")
	if e.asks() {
		h.ways.Go(func() { h.await(e, id) })
	} else {
		h.ways.Go(func() { h.acknowledge(e, nil) })
	}
}

// orderWithin is how long whoever is on the machine waits for another replica.
const orderWithin = 20 * time.Second

// await puts the owner's reply into the ack, or gives it up where Slack would.
func (h *handover) await(e *entry, id int64) {
	reply := h.reply(id)
	defer h.forget(id)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), ackWithin)
	defer cancel()
	if !e.calm() { // told to wait on already
		if _, _, err := h.config.Store.GiveUp(ctx, id); err != nil {
			h.log.Warn().Err(err).Str(config.FieldTeam, string(e.team)).Str(config.FieldEvent, e.id).Msg("could not have a reply given later")
		}
		return
	}
	poke(h.look) // it may have come before anybody waited for it
	patience := h.config.Answer
	if e.order {
		patience = orderWithin
	}
	left := time.NewTimer(max(patience-h.config.Clock().Sub(e.received), 0))
	defer left.Stop()
	select {
	case p := <-reply:
		h.acknowledge(e, relayed(p))
		return
	case <-left.C:
	}
	given, p, err := h.config.Store.GiveUp(ctx, id)
	if err == nil && !given && p == nil { // it was taken this moment
		select {
		case p = <-reply:
		case <-ctx.Done():
		}
	}
	if p != nil {
		h.acknowledge(e, relayed(p))
		return
	}
	h.hurry(e)
}

// calm stops the clock of an entry; false: it has struck.
func (e *entry) calm() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ack != nil && (e.clock == nil || e.clock.Stop())
}

// relayed is a reply as it rides in the ack.
func relayed(p []byte) any {
	if len(p) == 0 {
		return nil
	}
	return json.RawMessage(p)
}

// relay brings replies to those who wait for them.
func (h *handover) relay() {
	rarely := config.Rarely(h.log)
	for {
		select {
		case <-h.look:
		case <-h.ctx.Done():
			return
		}
		h.mu.Lock()
		n := len(h.replies)
		h.mu.Unlock()
		if n == 0 {
			continue
		}
		replies, err := h.config.Store.TakeReplies(h.ctx, h.config.Replica)
		if err != nil {
			if h.ctx.Err() == nil {
				rarely.Warn().Err(err).Msg("could not take replies of other replicas")
			}
			continue
		}
		for id, p := range replies {
			h.reply(id) <- p
		}
	}
}

// reply is where a reply arrives, whoever comes first.
func (h *handover) reply(id int64) chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.replies[id]
	if !ok {
		c = make(chan []byte, 1)
		h.replies[id] = c
	}
	return c
}

func (h *handover) forget(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.replies, id)
}
