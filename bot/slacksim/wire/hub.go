// Package wire is the server's side of Slack's Socket Mode: tickets, hello,
// pings, envelopes, acks, retries, refreshes, and the faults that make all of
// those go wrong on purpose.
//
// It owns WebSockets and the delivery of envelopes over them. It must never
// know workspaces, people or what a payload means: it is told an app's id, an
// envelope's type, and whether a reply is accepted.
//
// Decision: everything that happens later (a retry, a deadline, a refresh, a
// delayed envelope) is an entry of one agenda, run by one goroutine under the
// hub's mutex, instead of a timer or a goroutine of its own. Close therefore
// has three things to end and wait for: the agenda, the writers, the readers.
package wire

import (
	"cmp"
	"math/rand/v2"
	"sync"
	"time"
)

// Slack's figures, from its Socket Mode pages.
const (
	maxSockets     = 10
	maxReply       = 20_480  // a reply of this many bytes is dropped, silently
	maxFrame       = 1 << 20 // a peer that sends more is cut off
	pingEvery      = 5 * time.Second
	replyWithin    = 3 * time.Second // a command or an interaction; never sent again
	retryAfter     = 4 * time.Second // an event nobody acknowledged
	maxRetries     = 3
	usualLife      = 18_060 * time.Second
	debugLife      = 360 * time.Second
	warningAhead   = 10 * time.Second
	closeAfter     = time.Second // from refresh_requested to the end of the socket
	ticketLife     = time.Minute
	silenceAllowed = 30 * time.Second // no frame and no pong: the peer is gone
	recordsKept    = 100_000          // frames remembered for Deliveries and late acks
)

// Options set up a Hub. The zero value behaves as Slack does, without ever
// refreshing a connection.
type Options struct {
	// RetryScale multiplies every wait before an event is sent again, the wait
	// for its ack included; 0 means 1. The three seconds a command or an
	// interaction has are a person's patience, not a retry, and stay.
	RetryScale float64
	// ReconnectEvery is the age at which a connection is refreshed; 0 is never.
	ReconnectEvery time.Duration
	// Seed makes the choice among sockets and every id repeatable.
	Seed int64
}

// Hub holds the sockets of any number of apps. All its methods may be called
// from several goroutines at once.
type Hub struct {
	options Options
	kick    chan struct{} // the agenda's head changed
	stop    chan struct{} // closed by Close
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	random  *rand.Rand
	agenda  []entry // soonest first
	tickets map[string]ticket
	sockets []*socket // open ones, oldest first
	lastID  int
	refused time.Time // new sockets are refused until then
	faults  []*Fault  // envelope faults still in force, oldest first
	held    []func()  // envelopes waiting to be reordered
	windows int       // released ones, so that a stale end does nothing
	open    map[*delivery]struct{}
	frames  map[string][]*frame // by envelope id
	byEvent map[string][]*frame
	history []*frame // oldest first, at most recordsKept
	totals  counts
}

// NewHub starts a hub. Close ends it.
func NewHub(o Options) *Hub {
	o.RetryScale = cmp.Or(o.RetryScale, 1)
	h := &Hub{
		options: o,
		kick:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		random:  rand.New(rand.NewPCG(uint64(o.Seed), 0x736f636b6574)), // repeatable on purpose; tickets are keyed by the app token
		tickets: map[string]ticket{},
		open:    map[*delivery]struct{}{},
		frames:  map[string][]*frame{},
		byEvent: map[string][]*frame{},
	}
	h.running.Go(h.runAgenda)
	return h
}

// Close drops every socket, settles every envelope still on its way with
// ErrClosed and waits for all goroutines of the hub. Closing again does
// nothing.
func (h *Hub) Close() {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.stop)
		for d := range h.open {
			h.settle(d, Ack{Err: ErrClosed})
		}
		for _, s := range h.sockets {
			s.kill()
		}
	}
	h.mu.Unlock()
	h.running.Wait()
}

// scaled is a wait before a retry, shrunk as the options say.
func (h *Hub) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * h.options.RetryScale)
}
