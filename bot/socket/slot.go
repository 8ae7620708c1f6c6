package socket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/gateway"
)

const (
	// steady is how long a connection has to live for the next one to be opened
	// at once.
	steady = 20 * time.Second
	// longestWait is between two attempts when nothing works.
	longestWait = 30 * time.Second
	firstWait   = 250 * time.Millisecond
	// stagger is between the slots' first connections.
	stagger = 500 * time.Millisecond
)

// slot is one place for a connection, and while it is being replaced for two.
type slot struct {
	sockets *Sockets
	index   int
	log     zerolog.Logger
	short   int // connections in a row that did not live long
	off     int // connections in a row that Slack ended because Socket Mode is off
	count   int // connections so far
}

// run keeps the slot filled. An error means that only a person can help.
func (s *slot) run(ctx context.Context) error {
	if !pause(ctx, time.Duration(s.index)*stagger) {
		return nil
	}
	var current *connection
	for ctx.Err() == nil {
		if current == nil {
			c, err := s.open(ctx)
			if err != nil {
				return err
			}
			current = c
			continue
		}
		next, err := s.live(ctx, current)
		if err != nil {
			return err
		}
		current = next
	}
	if current != nil {
		current.shut(shutdownPatience)
	}
	return nil
}

// live waits until a connection has ended (nil is next), or has been replaced
// because it grew old or Slack is about to end it.
func (s *slot) live(ctx context.Context, c *connection) (next *connection, err error) {
	old := time.NewTimer(s.life(c))
	defer old.Stop()
	select {
	case <-ctx.Done():
		return c, nil
	case <-c.ended:
		return nil, s.ended(c)
	case <-c.leaving:
		if err := s.ended(c); err != nil {
			return c, err
		}
	case <-old.C:
	}
	// One at a time, so that there are never more than one too many.
	select {
	case <-s.sockets.replacing:
		defer func() { s.sockets.replacing <- struct{}{} }()
	case <-ctx.Done():
		return c, nil
	case <-c.ended:
		return nil, c.fatal()
	}
	next, err = s.open(ctx)
	if err != nil || next == nil {
		return c, err
	}
	s.log.Info().Dur("age", time.Since(c.readyAt)).Msg("socket replaced before its time")
	c.retire(retirePatience)
	return next, nil
}

// life is how long a connection may live before it is replaced: less than
// Slack gives it, and the slots' first ones less still, each by another share.
func (s *slot) life(c *connection) time.Duration {
	ahead := max(20*time.Second, c.approximate/10)
	life := max(c.approximate-ahead, c.approximate*2/5)
	if s.count == 1 {
		life = life * time.Duration(s.index+1) / time.Duration(len(s.sockets.slots))
	}
	return life
}

// open opens a connection and waits for its hello, waiting ever longer between
// attempts. It is nil only when the context ended.
func (s *slot) open(ctx context.Context) (*connection, error) {
	for pause(ctx, s.wait()) {
		c := dial(ctx, s.sockets, s.log)
		select {
		case <-c.hello:
			s.count++
			return c, nil
		case <-ctx.Done():
			c.shut(0)
			return nil, nil
		case <-c.ended:
		}
		if err := s.disabled(c); err != nil {
			return nil, err
		}
		s.short++
		if ctx.Err() == nil {
			s.log.Warn().Str("error", c.reason()).Int("attempt", s.short).Msg("socket was not opened")
		}
	}
	return nil, nil
}

// ended takes note of how a connection did. An error means that only a person
// can help.
func (s *slot) ended(c *connection) error {
	age := time.Since(c.readyAt)
	if s.short++; age >= steady {
		s.short, s.off = 0, 0
	}
	s.log.Info().Dur("age", age).Str("error", c.reason()).Msg("socket ended")
	return s.disabled(c)
}

// certain is after how many connections in a row Slack is believed that Socket
// Mode is off: what it answers to the opening of one then is not documented.
const certain = 3

// disabled is the sentence for what only a person can end.
func (s *slot) disabled(c *connection) error {
	if c.dismissed() != linkDisabled {
		s.off = 0
	} else if s.off++; s.off >= certain {
		return errDisabled
	}
	return c.fatal()
}

// wait is how long to wait before the next attempt.
func (s *slot) wait() time.Duration {
	if s.short == 0 {
		return 0
	}
	d := min(longestWait, firstWait<<min(s.short-1, 10))
	return d/2 + rand.N(d/2+1)
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reasonOf is an error in a few words for the log. Addresses stay out of it:
// a socket's holds its ticket.
func reasonOf(err error) string {
	if err == nil {
		return "ended by the other side"
	}
	if e, ok := errors.AsType[*gateway.Error](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Sprintf("%s: %v", e.Op, e.Err)
	}
	if e, ok := errors.AsType[dismissal](err); ok {
		return e.Error()
	}
	if errors.Is(err, errNoHello) {
		return err.Error()
	}
	return "the connection broke"
}
