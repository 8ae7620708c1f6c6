package socket_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"usher/bot/dispatch"
	"usher/bot/gateway"
	"usher/bot/slacksim/pipenet"
	"usher/bot/socket"
)

// oddSlack is the other side of a connection, which says what a well-behaved
// Slack would not. Each connection is given to talk; opened counts them.
type oddSlack struct {
	*httptest.Server
	opened  atomic.Int32
	acks    chan string      // envelope ids
	network *pipenet.Network // nil: the real one
}

const hello = `{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"},"debug_info":{"approximate_connection_time":18060}}`

func newOddSlack(t *testing.T, talk func(*websocket.Conn)) *oddSlack {
	t.Helper()
	o := makeOddSlack(t, talk)
	o.Start()
	return o
}

// makeOddSlack is one that is not started yet.
func makeOddSlack(t *testing.T, talk func(*websocket.Conn)) *oddSlack {
	t.Helper()
	o := &oddSlack{acks: make(chan string, 100)}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	var open sync.WaitGroup
	mux := http.NewServeMux()
	mux.HandleFunc("/api/apps.connections.open", func(rw http.ResponseWriter, _ *http.Request) {
		o.opened.Add(1)
		rw.Write([]byte(`{"ok":true,"url":"ws` + strings.TrimPrefix(o.URL, "http") + `/link"}`))
	})
	mux.HandleFunc("/link", func(rw http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(rw, r, nil)
		if err != nil {
			return
		}
		open.Add(1)
		defer open.Done()
		defer conn.Close()
		talk(conn)
		for {
			_, frame, err := conn.ReadMessage()
			if err != nil {
				return
			}
			var ack struct {
				ID string `json:"envelope_id"`
			}
			if json.Unmarshal(frame, &ack) == nil {
				o.acks <- ack.ID
			}
		}
	})
	o.Server = httptest.NewUnstartedServer(mux)
	t.Cleanup(func() {
		o.Server.Close()
		open.Wait()
	})
	return o
}

// connect runs one socket against it until the test ends.
func (o *oddSlack) connect(t *testing.T, receive func(context.Context, dispatch.Envelope)) *socket.Sockets {
	t.Helper()
	s, ended := o.run(t, receive)
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
	return s
}

// run runs one socket against it; what it ended with can be had from the channel.
func (o *oddSlack) run(t *testing.T, receive func(context.Context, dispatch.Envelope)) (*socket.Sockets, <-chan error) {
	t.Helper()
	through := gateway.Config{APIURL: o.URL + "/api/"}
	config := socket.Config{APIURL: through.APIURL, AppToken: "xapp-odd", Count: 1, Receive: receive}
	if o.network != nil {
		through.Base, config.Dial = &http.Transport{DialContext: o.network.Dial}, o.network.Dial
	}
	g := gateway.New(through)
	config.HTTPClient = g.HTTPClient()
	s, err := socket.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		defer g.Close()
		ended <- s.Run(t.Context()) // which ends before the cleanups begin
	}()
	return s, ended
}

func say(frames ...string) func(*websocket.Conn) {
	return func(c *websocket.Conn) {
		for _, f := range frames {
			_ = c.WriteMessage(websocket.TextMessage, []byte(f))
		}
	}
}

func (o *oddSlack) acked(t *testing.T) string {
	t.Helper()
	select {
	case id := <-o.acks:
		return id
	case <-time.After(time.Minute):
		t.Fatal("nothing was acknowledged")
		return ""
	}
}

// Whatever has an envelope id is acknowledged, and what dispatch may read is
// handed on as it came, even if Slack's client has no struct for it.
func TestOddEnvelopes(t *testing.T) {
	o := newOddSlack(t, say(
		hello,
		`{"envelope_id":"e1","type":"tomorrows_type","payload":{"team_id":"T1"}}`,
		`not JSON at all`,
		`{"type":"no_envelope"}`,
		`{"envelope_id":"e2","type":"events_api","payload":{"team_id":"T1","event_id":"Ev2","type":"event_callback","event":{"type":"message","blocks":[{"type":5}]}}}`,
		`{"envelope_id":"e3","type":"events_api","payload":{"team_id":"T1","event_id":"Ev3","type":"event_callback","event":{"type":"tomorrows_event","x":1}}}`,
		`{"envelope_id":"e4","type":"slash_commands","payload":{"team_id":"T1","command":"/usher","is_enterprise_install":"false"},"accepts_response_payload":true}`,
	))
	got := make(chan dispatch.Envelope, 10)
	o.connect(t, func(ctx context.Context, e dispatch.Envelope) {
		got <- e
		if err := e.Ack(ctx, nil); err != nil {
			t.Errorf("ack: %v", err)
		}
	})
	for _, want := range []string{"e1", "e2", "e3", "e4"} {
		if id := o.acked(t); id != want {
			t.Fatalf("%q was acknowledged, want %q", id, want)
		}
	}
	for _, want := range []string{"e2", "e3", "e4"} {
		e := <-got
		if e.ID != want || e.Team != "T1" || !json.Valid(e.Payload) || !strings.Contains(string(e.Payload), "team_id") {
			t.Errorf("%s was handed on as %+v", want, e)
		}
	}
}

// Slack may end every connection right after its hello.
func TestADisconnectAfterEveryHelloBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := makeOddSlack(t, say(hello, `{"type":"disconnect","reason":"refresh_requested"}`))
		if err := o.Listener.Close(); err != nil {
			t.Fatal(err)
		}
		o.network = pipenet.New()
		o.Listener = o.network
		o.Start()
		o.connect(t, func(context.Context, dispatch.Envelope) {})
		for _, few := range []struct {
			time.Duration
			least, most int32
		}{{3 * time.Second, 2, 8}, {10 * time.Minute, 15, 60}} {
			<-time.After(few.Duration)
			n := o.opened.Swap(0)
			t.Logf("%d connections in %s", n, few.Duration)
			if n < few.least || n > few.most {
				t.Error("it gives up, or it storms")
			}
		}
	})
}

// An eleventh connection is told so instead of hello.
func TestAConnectionTurnedAwayIsNotReady(t *testing.T) {
	refused := make(chan struct{}, 100)
	o := newOddSlack(t, func(c *websocket.Conn) {
		say(`{"type":"disconnect","reason":"too_many_websockets"}`)(c)
		refused <- struct{}{}
	})
	s := o.connect(t, func(context.Context, dispatch.Envelope) {})
	for range 2 {
		select {
		case <-refused:
		case <-time.After(time.Minute):
			t.Fatal("it was not tried again")
		}
	}
	if s.Ready() {
		t.Error("it counts as ready")
	}
}
