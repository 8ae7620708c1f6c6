package wire_test

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"usher/bot/slacksim/pipenet"
	"usher/bot/slacksim/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a hub served over pipes.
type world struct {
	t   *testing.T
	hub *wire.Hub
	net *pipenet.Network
}

// bubble runs a test of a hub under a clock of its own.
func bubble(t *testing.T, o wire.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hub: wire.NewHub(o), net: pipenet.New()}
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
	dialer := websocket.Dialer{NetDialContext: w.net.Dial}
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
