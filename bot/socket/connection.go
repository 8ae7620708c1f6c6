package socket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
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

// errOnce refuses the client's own reconnecting.
var errOnce = errors.New("one connection was all that was wanted")

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
	ended   chan struct{} // closed when everything of it has stopped

	// Set before hello or ended is closed.
	readyAt     time.Time
	approximate time.Duration
	mu          sync.Mutex
	err         error
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
		hello: make(chan struct{}), ended: make(chan struct{}), settled: make(chan struct{}, 1), approximate: usualLife,
	}
	once := &http.Client{Transport: &opening{base: s.config.HTTPClient.Transport, c: c}, CheckRedirect: s.config.HTTPClient.CheckRedirect}
	var how []socketmode.Option
	if s.config.Dial != nil {
		how = append(how, socketmode.OptionDialer(&websocket.Dialer{NetDialContext: s.config.Dial, HandshakeTimeout: helloWithin}))
	}
	c.client = socketmode.New(slack.New("", slack.OptionAppLevelToken(s.config.AppToken), slack.OptionAPIURL(s.config.APIURL), slack.OptionHTTPClient(once)), how...)
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

// retire takes nothing more in, waits at most that long until nothing is owed,
// lets the acks out and ends the connection.
func (c *connection) retire(patience time.Duration) {
	c.sockets.closed(c)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for owed := c.hush(); owed > 0; owed = c.hush() {
		select {
		case <-c.settled:
			continue
		case <-deadline.C:
		case <-c.ended:
		}
		break
	}
	if patience > 0 {
		select {
		case <-time.After(flush):
		case <-c.ended:
		}
	}
	c.stop()
	<-c.ended
}

// hush stops the intake and says what is owed.
func (c *connection) hush() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = true
	return c.owed
}

// opening is the transport of one connection's opening call: it lets it
// through once and remembers what went wrong.
type opening struct {
	base http.RoundTripper
	c    *connection
	mu   sync.Mutex
	used bool
}

// RoundTrip makes the opening call.
func (o *opening) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	again := o.used
	o.used = true
	o.mu.Unlock()
	if again {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, errOnce
	}
	resp, err := o.base.RoundTrip(req)
	if err != nil {
		o.c.fail(err)
	}
	return resp, err
}
