package socket

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"usher/bot/gateway"
)

const (
	// helloWithin is how long a connection may take to say hello.
	helloWithin = 20 * time.Second
	// usualLife is what Slack gives a connection when it does not say.
	usualLife = 5 * time.Hour
	// retirePatience is how long a replaced connection waits for a moment in
	// which nothing is owed; shutdownPatience, one that is to end anyway.
	retirePatience   = 10 * time.Second
	shutdownPatience = 3 * time.Second
	// flush is how long an ack that was queued takes at most to be written.
	flush = 200 * time.Millisecond
)

// errNoHello is a connection that Slack opened and then did not use: most often
// an eleventh one, or Socket Mode is switched off.
var errNoHello = errors.New("Slack did not say hello: is the app's token used by more than ten connections, or Socket Mode switched off?")

// connection is one WebSocket, from its opening to its end.
type connection struct {
	sockets *Sockets
	client  *socketmode.Client
	log     zerolog.Logger
	stop    context.CancelFunc
	inbox   *inbox
	hello   chan struct{} // closed when Slack has said hello
	leaving chan struct{} // closed when Slack has said that it will end it
	ended   chan struct{} // closed when everything of it has stopped

	// Set before hello or ended is closed.
	readyAt     time.Time
	approximate time.Duration
	mu          sync.Mutex
	err         error
	goodbye     dismissal
	quiet       bool // takes nothing in any more
	owed        int  // envelopes handed on and not acknowledged
	settled     chan struct{}
}

// dial starts one connection. Its goroutines end with ended.
func dial(ctx context.Context, s *Sockets, log zerolog.Logger) *connection {
	// Acks go out after the context has ended; stop ends the connection.
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &connection{
		sockets: s, log: log, stop: stop, inbox: newInbox(),
		hello: make(chan struct{}), leaving: make(chan struct{}), ended: make(chan struct{}), settled: make(chan struct{}, 1), approximate: usualLife,
	}
	o := newOpening(s.config, c)
	c.client = socketmode.New(slack.New("", slack.OptionAppLevelToken(s.config.AppToken), slack.OptionAPIURL(s.config.APIURL), slack.OptionHTTPClient(o.client())),
		socketmode.OptionDialer(&o.dialer))
	late := time.AfterFunc(helloWithin, func() {
		select {
		case <-c.hello:
		default:
			c.fail(errNoHello)
			stop()
		}
	})
	var running sync.WaitGroup
	running.Go(func() {
		c.fail(c.client.RunContext(ctx))
		stop()
	})
	running.Go(func() { c.listen(ctx) })
	running.Go(func() { c.inbox.drain(ctx, c.receive) })
	go func() {
		running.Wait()
		late.Stop()
		s.closed(c)
		close(c.ended)
	}()
	return c
}

// listen drains the client's events: a reader that stalls would stop the pongs.
func (c *connection) listen(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-c.client.Events:
			c.take(e)
		}
	}
}

func (c *connection) take(e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeHello:
		c.greet(e.Request)
	case socketmode.EventTypeErrorBadMessage:
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
			c.inbox.put(bad.Message)
		}
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			c.fail(failed.ErrorObj)
		}
		c.stop()
	case socketmode.EventTypeConnecting:
		if again, ok := e.Data.(*slack.ConnectingEvent); ok && again.ConnectionCount > 0 {
			c.stop() // Slack ended it, and the client would connect again
		}
	case socketmode.EventTypeErrorWriteFailed:
		c.log.Warn().Msg("ack was not written; slack sends the event again")
	default:
		if e.Request != nil && e.Request.EnvelopeID != "" {
			c.inbox.request(e.Request)
		}
	}
}

func (c *connection) greet(r *socketmode.Request) {
	select {
	case <-c.hello:
		return
	default:
	}
	c.readyAt = time.Now()
	if r != nil && r.DebugInfo.ApproximateConnectionTime > 0 {
		c.approximate = time.Duration(r.DebugInfo.ApproximateConnectionTime) * time.Second
	}
	c.log.Info().Dur("expected_life", c.approximate).Msg("socket opened")
	close(c.hello)
	c.sockets.opened(c)
}

func (c *connection) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errOnce) {
		c.err = err
	}
}

// fatal is the sentence for an error that only a person can end.
func (c *connection) fatal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sentence, ok := gateway.Hopeless(c.err); ok {
		return fmt.Errorf("open a socket: %s", sentence)
	}
	return nil
}

func (c *connection) reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return reasonOf(c.err)
}

// dismiss takes note that Slack is about to end the connection, or does not
// begin it.
func (c *connection) dismiss(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.goodbye != "" {
		return
	}
	c.goodbye = dismissal(reason)
	if c.err == nil {
		c.err = c.goodbye
	}
	close(c.leaving)
	if c.goodbye == tooMany { // it comes instead of hello
		c.stop()
	}
}

// dismissed is the reason that Slack gave for ending the connection; empty
// while it gave none.
func (c *connection) dismissed() dismissal {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.goodbye
}

// retire ends a connection that another has taken the place of, at a moment in
// which nothing is owed, or after that long. It takes in until then: commands
// and clicks are not sent again.
func (c *connection) retire(patience time.Duration) {
	c.sockets.closed(c)
	c.settle(patience, false)
	c.stop()
	<-c.ended
}

// shut takes nothing more in, waits at most that long until nothing is owed,
// lets the acks out and ends the connection.
func (c *connection) shut(patience time.Duration) {
	c.sockets.closed(c)
	c.hush()
	c.settle(patience, true)
	c.stop()
	<-c.ended
}

// settle waits until nothing is owed and what was queued has had its time to be
// written. Unless it is quiet already, the connection is then.
func (c *connection) settle(patience time.Duration, quiet bool) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		for c.owes() {
			select {
			case <-c.settled:
			case <-late.C:
				c.hush()
				return
			case <-c.ended:
				return
			}
		}
		select {
		case <-time.After(flush):
		case <-c.ended:
			return
		}
		if quiet || c.hushIdle() {
			return
		}
	}
}

func (c *connection) owes() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.owed > 0
}

// hush stops the intake.
func (c *connection) hush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = true
}

// hushIdle stops the intake if nothing is owed.
func (c *connection) hushIdle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = c.owed == 0
	return c.quiet
}
