package wire

import "time"

// Sockets is what GET /sim/sockets answers. The totals cover sockets that are
// gone as well; the connections are the open ones, oldest first.
type Sockets struct {
	Open        int          `json:"open"`
	Sent        int          `json:"sent"`    // frames, retries and duplicates included
	Acked       int          `json:"acked"`   // frames acknowledged
	Retried     int          `json:"retried"` // frames with a retry_attempt above 0
	Expired     int          `json:"expired"` // envelopes given up
	Connections []Connection `json:"connections"`
}

// Connection is one open socket.
type Connection struct {
	ID      int       `json:"id"`
	App     string    `json:"app_id"`
	Opened  time.Time `json:"opened"`
	Sent    int       `json:"sent"`
	Acked   int       `json:"acked"`
	Retried int       `json:"retried"`
	Expired int       `json:"expired"`
}

// Delivery is one attempt to deliver an envelope.
type Delivery struct {
	EnvelopeID string     `json:"envelope_id,omitempty"` // "" when there was no socket
	Connection int        `json:"connection,omitempty"`
	Attempt    int        `json:"retry_attempt"`
	Reason     string     `json:"retry_reason"`
	At         time.Time  `json:"at"`
	AckedAt    *time.Time `json:"acked_at,omitempty"`
	Outcome    Outcome    `json:"outcome"`
}

// Outcome says how one attempt ended.
type Outcome string

// The outcomes. Waiting is not one yet; an attempt that timed out or whose
// socket died becomes Acked when its ack arrives late.
const (
	OutcomeWaiting    Outcome = "waiting"
	OutcomeAcked      Outcome = "acked"
	OutcomeTimeout    Outcome = "timeout"
	OutcomeNoSocket   Outcome = "no_socket"
	OutcomeSocketDied Outcome = "socket_died"
)

// Sockets tells which sockets are open and what went over them.
func (h *Hub) Sockets() Sockets {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := Sockets{
		Open: len(h.sockets), Sent: h.totals.sent, Acked: h.totals.acked,
		Retried: h.totals.retried, Expired: h.totals.expired, Connections: []Connection{},
	}
	for _, s := range h.sockets {
		all.Connections = append(all.Connections, Connection{
			ID: s.id, App: s.app, Opened: s.opened, Sent: s.counts.sent, Acked: s.counts.acked,
			Retried: s.counts.retried, Expired: s.counts.expired,
		})
	}
	return all
}

// Deliveries returns the attempts to deliver the envelopes sent under an event
// id, oldest first. Only the latest 100,000 attempts of all are remembered.
func (h *Hub) Deliveries(eventID string) []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := []Delivery{}
	for _, f := range h.byEvent[eventID] {
		out = append(out, f.record)
	}
	return out
}

// remember keeps a frame's record, and forgets the oldest beyond the limit.
func (h *Hub) remember(f *frame) *frame {
	h.history = append(h.history, f)
	event := f.delivery.EventID
	if event != "" {
		h.byEvent[event] = append(h.byEvent[event], f)
	}
	if len(h.history) > recordsKept {
		old := h.history[0]
		h.history[0] = nil
		h.history = h.history[1:]
		delete(h.frames, old.record.EnvelopeID)
		delete(h.byEvent, old.delivery.EventID)
	}
	return f
}
