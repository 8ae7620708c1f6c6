package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"usher/bot/slacksim/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipes is a network inside the process, so that tests run in a synctest
// bubble with its own clock.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.accept <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// world is a hub served over pipes.
type world struct {
	t   *testing.T
	hub *wire.Hub
	net *pipes
}

// bubble runs a test of a hub under a clock of its own.
func bubble(t *testing.T, o wire.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hub: wire.NewHub(o), net: &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}}
		server := &http.Server{Handler: w.hub}
		served := make(chan error, 1)
		go func() { served <- server.Serve(w.net) }()
		test(t, w)
		w.hub.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}

// frame is what a client sees.
type frame struct {
	Type       string
	Reason     string
	EnvelopeID string `json:"envelope_id"`
	Payload    json.RawMessage
	Accepts    bool    `json:"accepts_response_payload"`
	Attempt    *int    `json:"retry_attempt"`
	Retry      *string `json:"retry_reason"`
	N          int     `json:"num_connections"`
	Info       struct {
		App string `json:"app_id"`
	} `json:"connection_info"`
	Debug struct {
		Time int `json:"approximate_connection_time"`
	} `json:"debug_info"`
}

// client is one end of a socket; a goroutine reads it until it ends.
type client struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan frame // closed when the socket ended
	pings  chan time.Time
	pongs  chan string
	silent atomic.Bool // answers no pings
	end    error       // valid once frames is closed
}

func (w *world) dial(url string) (*client, int, error) {
	dialer := websocket.Dialer{NetDialContext: w.net.dial}
	conn, answer, err := dialer.Dial(url, nil)
	if err != nil {
		status := 0
		if answer != nil {
			status = answer.StatusCode
		}
		return nil, status, err
	}
	c := &client{t: w.t, conn: conn, frames: make(chan frame, 1000), pings: make(chan time.Time, 1000), pongs: make(chan string, 1)}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(s string) error {
		c.pings <- time.Now()
		if c.silent.Load() {
			return nil
		}
		return pong(s)
	})
	conn.SetPongHandler(func(s string) error { c.pongs <- s; return nil })
	go func() {
		defer close(c.frames)
		defer conn.Close()
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				c.end = err
				return
			}
			var f frame
			if err := json.Unmarshal(text, &f); err != nil {
				c.end = err
				return
			}
			c.frames <- f
		}
	}()
	return c, answer.StatusCode, nil
}

// connect opens a socket and takes its hello.
func (w *world) connect(app string) *client {
	w.t.Helper()
	c, _, err := w.dial(w.hub.Ticket("http://slack.test/api/", "xapp-secret", app))
	if err != nil {
		w.t.Fatal(err)
	}
	if f := c.next(); f.Type != "hello" {
		w.t.Fatalf("first frame %+v, want hello", f)
	}
	return c
}

func (c *client) next() frame {
	c.t.Helper()
	f, ok := <-c.frames
	if !ok {
		c.t.Fatalf("the socket ended: %v", c.end)
	}
	return f
}

// quiet checks that nothing more has come.
func (c *client) quiet() {
	c.t.Helper()
	synctest.Wait()
	select {
	case f, ok := <-c.frames:
		c.t.Fatalf("unexpected frame %+v (open %v)", f, ok)
	default:
	}
}

func (c *client) ack(f frame, payload string) {
	c.t.Helper()
	text := `{"envelope_id":"` + f.EnvelopeID + `"`
	if payload != "" {
		text += `,"payload":` + payload
	}
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(text+"}")); err != nil {
		c.t.Fatal(err)
	}
}

func event(id string) wire.Envelope {
	return wire.Envelope{Type: "events_api", App: "A1", Team: "T1", EventID: id, Payload: json.RawMessage(`{"event_id":"` + id + `"}`)}
}

func command() wire.Envelope {
	return wire.Envelope{Type: "slash_commands", App: "A1", Team: "T1", Payload: json.RawMessage(`{"command":"/usher"}`), AcceptsResponse: true}
}

func TestHello(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		url := w.hub.Ticket("https://slack.test", "xapp-secret", "A1")
		if !strings.HasPrefix(url, "wss://slack.test/link?ticket=") || strings.Contains(url, "xapp") {
			t.Errorf("url %s", url)
		}
		for n := 1; n <= 2; n++ {
			c, _, err := w.dial(w.hub.Ticket("http://slack.test", "xapp-secret", "A1"))
			if err != nil {
				t.Fatal(err)
			}
			if f := c.next(); f.Type != "hello" || f.N != n || f.Info.App != "A1" || f.Debug.Time != 18060 {
				t.Errorf("hello %d: %+v", n, f)
			}
		}
		other := w.connect("A2")
		other.quiet()
		s := w.hub.Sockets()
		if s.Open != 3 || len(s.Connections) != 3 || s.Connections[2].App != "A2" {
			t.Errorf("sockets %+v", s)
		}
	})
}

func TestTicketIsForOneSocket(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		url := w.hub.Ticket("http://slack.test", "xapp-secret", "A1")
		if _, _, err := w.dial(url); err != nil {
			t.Fatal(err)
		}
		for name, url := range map[string]string{
			"used twice": url,
			"made up":    "ws://slack.test/link?ticket=0000",
			"none":       "ws://slack.test/link",
		} {
			if _, status, err := w.dial(url); err == nil || status != http.StatusForbidden {
				t.Errorf("%s: status %d, error %v; want 403", name, status, err)
			}
		}
		late := w.hub.Ticket("http://slack.test", "xapp-secret", "A1")
		<-time.After(2 * time.Minute)
		if _, status, err := w.dial(late); err == nil || status != http.StatusForbidden {
			t.Errorf("after two minutes: status %d, error %v; want 403", status, err)
		}
	})
}

func TestEleventhSocket(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		for range 10 {
			w.connect("A1")
		}
		c, _, err := w.dial(w.hub.Ticket("http://slack.test", "xapp-secret", "A1"))
		if err != nil {
			t.Fatal(err)
		}
		if f := c.next(); f.Type != "disconnect" || f.Reason != "too_many_websockets" {
			t.Errorf("first frame %+v", f)
		}
		if f, ok := <-c.frames; ok {
			t.Errorf("then %+v, want the end", f)
		}
		if s := w.hub.Sockets(); s.Open != 10 {
			t.Errorf("%d open, want 10", s.Open)
		}
		w.connect("A2") // another app is not concerned
	})
}

func TestPings(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		if err := c.conn.WriteControl(websocket.PingMessage, []byte("hi"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if got := <-c.pongs; got != "hi" {
			t.Errorf("pong %q", got)
		}
		first := <-c.pings
		if wait := (<-c.pings).Sub(first); wait != 5*time.Second {
			t.Errorf("%s between pings, want 5s", wait)
		}
		<-time.After(10 * time.Minute)
		if w.hub.Sockets().Open != 1 {
			t.Error("a peer that answers pings was dropped")
		}
	})
}

func TestPeerThatFallsSilentIsDropped(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		c.silent.Store(true)
		<-time.After(time.Minute)
		if n := w.hub.Sockets().Open; n != 0 {
			t.Errorf("%d sockets open, want 0", n)
		}
	})
}

func TestRefresh(t *testing.T) {
	bubble(t, wire.Options{ReconnectEvery: time.Hour}, func(t *testing.T, w *world) {
		start := time.Now()
		c := w.connect("A1")
		if f := c.next(); f.Reason != "warning" || time.Since(start) != time.Hour-10*time.Second {
			t.Errorf("%+v after %s", f, time.Since(start))
		}
		if f := c.next(); f.Reason != "refresh_requested" || time.Since(start) != time.Hour {
			t.Errorf("%+v after %s", f, time.Since(start))
		}
		if !errors.Is((<-w.hub.Send(command())).Err, wire.ErrNoSocket) {
			t.Error("a socket about to be closed was given a new envelope")
		}
		if _, ok := <-c.frames; ok || !websocket.IsCloseError(c.end, websocket.CloseNormalClosure) {
			t.Errorf("end %v, want a normal close", c.end)
		}
	})
}

func TestAckOnItsWayWhenTheSocketIsRefreshed(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		answer := w.hub.Send(command())
		f := c.next()
		if err := w.hub.Fault(wire.Fault{Socket: "disconnect"}); err != nil {
			t.Fatal(err)
		}
		c.ack(f, `{"text":"hello"}`)
		if a := <-answer; a.Err != nil || string(a.Payload) != `{"text":"hello"}` {
			t.Errorf("%+v", a)
		}
	})
}

func TestDebugReconnects(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		start := time.Now()
		c, _, err := w.dial(w.hub.Ticket("http://slack.test", "xapp-secret", "A1") + "&debug_reconnects=true")
		if err != nil {
			t.Fatal(err)
		}
		if f := c.next(); f.Debug.Time != 360 {
			t.Errorf("hello %+v", f)
		}
		c.next() // warning
		if f := c.next(); f.Reason != "refresh_requested" || time.Since(start) != 6*time.Minute {
			t.Errorf("%+v after %s", f, time.Since(start))
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		waiting := []<-chan wire.Ack{w.hub.Send(event("Ev1")), w.hub.Send(command())}
		c.next()
		w.hub.Close()
		w.hub.Close()
		waiting = append(waiting, w.hub.Send(event("Ev2")))
		for _, answer := range waiting {
			if a := <-answer; !errors.Is(a.Err, wire.ErrClosed) {
				t.Errorf("%+v, want ErrClosed", a)
			}
		}
		for f := range c.frames {
			if f.Type == "hello" {
				t.Error("a second hello")
			}
		}
	})
}
