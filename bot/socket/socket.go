// Package socket keeps several Socket Mode connections open and hands what
// comes in on them to dispatch.
//
// It owns the connections: when they are opened, replaced and closed, and the
// acks that go out on them. It must never look into a payload further than to
// find the workspace, decide what is acknowledged, or keep anything.
//
// Decision: Slack's Go client is used for one connection at a time and never
// left to reconnect by itself: it closes before it opens, does not say why a
// connection ended, and tries for ever where nothing but a person can help. So
// each slot replaces its connection before it grows old or Slack ends it, the
// next one first, and waits longer the faster connections die. Slots are of staggered ages, so
// that Slack's own refreshes do not meet either.
package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/dispatch"
)

// Most is how many slots there may be: Slack allows ten connections, and one
// has to be free for a replacement.
const Most = 9

// Config is what Sockets are made of.
type Config struct {
	HTTPClient *http.Client // the gateway's: opening counts against a limit too
	APIURL     string
	AppToken   string
	Count      int // slots; 0: 2
	// Dial opens a WebSocket's connection; nil: over the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Receive is handed each envelope, those of one connection in their order.
	// The context lives as long as the connection's acks are of use.
	Receive func(context.Context, dispatch.Envelope)
	// Gap is called when a connection is ready again after none was: what was
	// sent since may be lost. May be nil.
	Gap func(since time.Time)
	Log zerolog.Logger
}

// Sockets are the connections of one app.
type Sockets struct {
	config Config
	slots  []*slot

	mu     sync.Mutex
	ready  map[*connection]struct{}
	since  time.Time // since when none is ready; zero while one is, and before the first
	deaf   time.Time // since when nothing is heard; zero again once Gap has said what may be lost
	change chan struct{}

	replacing chan struct{} // holds one token: whoever opens a second connection for its slot
}

// New makes Sockets; it connects nothing.
func New(c Config) (*Sockets, error) {
	if c.Count == 0 {
		c.Count = 2
	}
	if c.Count < 1 || c.Count > Most {
		return nil, fmt.Errorf("open %d sockets: Slack lets an app have ten, and one is kept for replacing the others; choose 1 to %d", c.Count, Most)
	}
	s := &Sockets{config: c, ready: map[*connection]struct{}{}, change: make(chan struct{}), replacing: make(chan struct{}, 1)}
	s.replacing <- struct{}{}
	for i := range c.Count {
		s.slots = append(s.slots, &slot{sockets: s, index: i, log: c.Log.With().Int("socket", i).Logger()})
	}
	return s, nil
}

// Run keeps the connections open until the context ends; then it takes nothing
// more in, waits a little for acks still owed, lets them out, and returns nil.
// Where only a person can help it returns early with a sentence that says what
// to change.
func (s *Sockets) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var slots sync.WaitGroup
	for _, sl := range s.slots {
		slots.Go(func() {
			if err := sl.run(ctx); err != nil {
				stop(err)
			}
		})
	}
	slots.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// Open is how many connections have said hello.
func (s *Sockets) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ready)
}

// Ready reports whether anything can be received.
func (s *Sockets) Ready() bool { return s.Open() > 0 }

// Changed is closed at the next change of Open.
func (s *Sockets) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.change
}

func (s *Sockets) opened(c *connection) {
	s.mu.Lock()
	s.ready[c] = struct{}{}
	since := s.since
	s.since = time.Time{}
	s.mu.Unlock()
	if !since.IsZero() && s.config.Gap != nil {
		s.config.Gap(since)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !since.IsZero() && len(s.ready) > 0 {
		s.deaf = time.Time{}
	}
	s.changed()
}

func (s *Sockets) closed(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, was := s.ready[c]; !was {
		return
	}
	delete(s.ready, c)
	if len(s.ready) == 0 {
		s.since = time.Now()
		if s.deaf.IsZero() {
			s.deaf = s.since
		}
	}
	s.changed()
}

// deafAfter is for how long nothing may be heard before what was heard last does
// not count any more: connections break, and are back within seconds.
const deafAfter = 5 * time.Second

// Hear waits while no connection has been ready for a while, after one was: what
// is known by having been told of it may be out of date. It returns once Gap has
// said so, or with the context's error.
func (s *Sockets) Hear(ctx context.Context) error {
	for {
		s.mu.Lock()
		deaf, changed := !s.deaf.IsZero() && time.Since(s.deaf) > deafAfter, s.change
		s.mu.Unlock()
		if !deaf {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Sockets) changed() {
	close(s.change)
	s.change = make(chan struct{})
}

// another is a ready connection besides one, nil when there is none.
func (s *Sockets) another(than *connection) *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.ready {
		if c != than {
			return c
		}
	}
	return nil
}
