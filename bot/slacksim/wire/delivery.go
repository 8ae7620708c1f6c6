package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Envelope is what the hub carries to an app.
type Envelope struct {
	Type            string // events_api, slash_commands or interactive
	App, Team       string
	EventID         string // what Deliveries finds it by; may be empty
	Payload         json.RawMessage
	AcceptsResponse bool // false: a payload in the ack is passed over
}

// Ack is how an envelope ended.
type Ack struct {
	Payload json.RawMessage // the reply, nil without one
	Err     error           // nil when it was acknowledged
}

// Why an envelope was not acknowledged.
var (
	ErrNoSocket = errors.New("the app has no open socket")
	ErrTimeout  = errors.New("the app did not acknowledge within 3 seconds")
	ErrExpired  = errors.New("the app did not acknowledge the event or any of its retries")
	ErrClosed   = errors.New("the hub is closed")

	errRefused = errors.New("sockets are refused at the moment")
	errTicket  = errors.New("no such ticket; it may have been used already")
)

// eventsAPI is the type of envelope that is sent again.
const eventsAPI = "events_api"

// Why an envelope is sent again, as the envelope says it.
const (
	reasonTimeout  = "timeout"
	reasonNoSocket = "connection_failed"
)

// delivery is one envelope on its way. Guarded by the hub's mutex.
type delivery struct {
	Envelope
	ack     chan Ack
	attempt int
	last    *frame // the latest frame
	settled bool
}

// frame is one sending of an envelope, or the record that there was no socket
// to send it on.
type frame struct {
	delivery *delivery
	socket   *socket
	record   Delivery
}

// Send carries an envelope to one of the app's sockets and answers once it is
// acknowledged or given up: exactly one Ack arrives. Events are sent again as
// Slack does; anything else fails after three seconds, or at once when there
// is no socket.
func (h *Hub) Send(e Envelope) <-chan Ack {
	d := &delivery{Envelope: e, ack: make(chan Ack, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		d.ack <- Ack{Err: ErrClosed}
		return d.ack
	}
	if !json.Valid(e.Payload) {
		d.ack <- Ack{Err: fmt.Errorf("send %s envelope: the payload is not JSON", e.Type)}
		return d.ack
	}
	h.open[d] = struct{}{}
	if e.Type != eventsAPI {
		h.after(replyWithin, func() { h.giveUp(d, ErrTimeout) })
	}
	h.disturb(d)
	return d.ack
}

// try sends a delivery's current attempt, copies times over. The mutex is
// held.
func (h *Hub) try(d *delivery, reason string, copies int) {
	if d.settled {
		return
	}
	s := h.choose(d.App)
	if s == nil {
		d.last = h.remember(&frame{delivery: d, record: Delivery{Attempt: d.attempt, Reason: reason, At: time.Now(), Outcome: OutcomeNoSocket}})
		if d.Type == eventsAPI {
			h.again(d, reasonNoSocket)
		} else {
			h.giveUp(d, ErrNoSocket)
		}
		return
	}
	id := h.envelopeID()
	h.transmit(s, d, id, reason)
	for ; copies > 0; copies-- {
		if other := h.choose(d.App); other != nil {
			h.transmit(other, d, id, reason)
		}
	}
	if d.Type == eventsAPI {
		sent := d.last
		h.after(h.scaled(retryAfter), func() {
			if d.last == sent && !d.settled {
				sent.record.Outcome = OutcomeTimeout
				h.again(d, reasonTimeout)
			}
		})
	}
}

// transmit puts one frame on one socket.
func (h *Hub) transmit(s *socket, d *delivery, id, reason string) {
	text := map[string]any{
		"envelope_id":              id,
		"type":                     d.Type,
		"payload":                  d.Payload,
		"accepts_response_payload": d.AcceptsResponse,
	}
	if d.Type == eventsAPI {
		text["retry_attempt"] = d.attempt
		text["retry_reason"] = reason
	}
	f := h.remember(&frame{delivery: d, socket: s, record: Delivery{
		EnvelopeID: id, Connection: s.id, Attempt: d.attempt, Reason: reason, At: time.Now(), Outcome: OutcomeWaiting,
	}})
	h.frames[id] = append(h.frames[id], f)
	d.last = f
	h.totals.sent++
	s.counts.sent++
	if d.attempt > 0 {
		h.totals.retried++
		s.counts.retried++
	}
	s.say(text)
}

// again plans the next attempt of an event, or gives it up after the third.
func (h *Hub) again(d *delivery, reason string) {
	if d.attempt == maxRetries {
		h.giveUp(d, ErrExpired)
		return
	}
	var wait time.Duration // after a timeout the wait is over already
	if reason == reasonNoSocket {
		wait = []time.Duration{0, time.Minute, 5 * time.Minute}[d.attempt]
	}
	d.attempt++
	d.last = nil // an end of the old frame no longer counts
	h.after(h.scaled(wait), func() { h.try(d, reason, 0) })
}

// lost plans what was on a socket that died. Commands and interactions keep
// their deadline: an ack may still come over another socket.
func (h *Hub) lost(s *socket) {
	if h.closed {
		return
	}
	// From the history rather than the open set, to keep the order of sending.
	for _, f := range h.history {
		if f.socket != s || f.record.Outcome != OutcomeWaiting {
			continue
		}
		f.record.Outcome = OutcomeSocketDied
		if d := f.delivery; d.Type == eventsAPI && !d.settled && d.last == f {
			h.again(d, reasonNoSocket)
		}
	}
}

// acknowledge takes a frame from the app. An ack may come over any socket of
// the app, and after a retry was sent: what counts is the envelope's id.
func (h *Hub) acknowledge(s *socket, text []byte) {
	if len(text) >= maxReply {
		return
	}
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(text, &ack) != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	frames := h.frames[ack.EnvelopeID]
	i := slices.IndexFunc(frames, func(f *frame) bool { return f.record.AckedAt == nil && f.socket == s })
	if i < 0 {
		i = slices.IndexFunc(frames, func(f *frame) bool { return f.record.AckedAt == nil && f.socket.app == s.app })
	}
	if i < 0 {
		return
	}
	f, now := frames[i], time.Now()
	f.record.AckedAt, f.record.Outcome = &now, OutcomeAcked
	h.totals.acked++
	f.socket.counts.acked++
	reply := Ack{}
	if f.delivery.AcceptsResponse {
		reply.Payload = ack.Payload
	}
	h.settle(f.delivery, reply)
}

// giveUp settles a delivery that nobody acknowledged. The mutex is held.
func (h *Hub) giveUp(d *delivery, err error) {
	if d.settled {
		return
	}
	h.totals.expired++
	if f := d.last; f != nil && f.socket != nil {
		f.socket.counts.expired++
		if f.record.Outcome == OutcomeWaiting {
			f.record.Outcome = OutcomeTimeout
		}
	}
	h.settle(d, Ack{Err: err})
}

func (h *Hub) settle(d *delivery, a Ack) {
	if d.settled {
		return
	}
	d.settled = true
	delete(h.open, d)
	d.ack <- a
}

// choose picks one of the app's sockets at random, nil when there is none.
func (h *Hub) choose(app string) *socket {
	var able []*socket
	for _, s := range h.sockets {
		if s.app == app && !s.leaving {
			able = append(able, s)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[h.random.IntN(len(able))]
}

// envelopeID has the form of a UUID, as Slack's have.
func (h *Hub) envelopeID() string {
	a, b := h.random.Uint64(), h.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}
