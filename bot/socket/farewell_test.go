package socket_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"usher/bot/dispatch"
	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
)

func farewell(reason string) string {
	return `{"type":"disconnect","reason":"` + reason + `","debug_info":{"host":"applink"}}`
}

func event(id string, more int) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"events_api","payload":{"team_id":"T1","event_id":%q,"more":%q}}`, id, "Ev"+id, strings.Repeat("x", more))
}

func acknowledge(t *testing.T) func(context.Context, dispatch.Envelope) {
	return func(ctx context.Context, e dispatch.Envelope) {
		if err := e.Ack(ctx, nil); err != nil {
			t.Errorf("ack: %v", err)
		}
	}
}

// Told of its end, even an only connection has its successor before it goes.
func TestWhenSlackSaysGoodbyeTheNextIsOpenFirst(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		bubbled(t, reason, func(t *testing.T) {
			w := start(t, 1)
			w.open(1)
			first := w.Sockets().Connections[0].ID
			if err := w.Fault(slacksim.Fault{Wire: wire.Fault{Socket: "disconnect", Reason: reason}}); err != nil {
				t.Fatal(err)
			}
			late := time.After(patience)
			for replaced := false; !replaced; {
				changed, seen := w.sockets.Changed(), w.Changed(w.Version())
				if w.sockets.Open() == 0 {
					t.Fatal("there was a moment with no connection")
				}
				all := w.Sockets().Connections
				replaced = len(all) == 1 && all[0].ID != first
				if replaced {
					break
				}
				select {
				case <-changed:
				case <-seen:
				case <-time.After(10 * time.Millisecond): // the local Slack does not tell of connections
				case <-late:
					t.Fatalf("connected are %+v", all)
				}
			}
			w.join("bob")
			w.next()
			select {
			case since := <-w.gaps:
				t.Errorf("there was a gap since %s", since)
			default:
			}
		})
	}
}

// What comes on a connection after its farewell is taken in, until its
// successor is there and nothing is owed any more.
func TestAnOldConnectionTakesInUntilItGoes(t *testing.T) {
	var connections atomic.Int32
	second := make(chan struct{})
	o := newOddSlack(t, func(c *websocket.Conn) {
		if connections.Add(1) > 1 {
			say(hello)(c)
			close(second)
			return
		}
		say(hello, event("e1", 0), farewell("warning"))(c)
		<-second
		say(event("e2", 0))(c)
	})
	got := make(chan dispatch.Envelope, 10)
	o.connect(t, func(_ context.Context, e dispatch.Envelope) { got <- e })
	for range 2 { // e1 is owed, so that the first connection waits
		e := <-got
		defer func() {
			if err := e.Ack(context.Background(), nil); err != nil {
				t.Errorf("ack: %v", err)
			}
			o.acked(t)
		}()
	}
}

// Frames pass as they came, however they are cut; only a disconnect is taken out.
func TestFramesOfEverySizePass(t *testing.T) {
	var connections atomic.Int32
	o := newOddSlack(t, func(c *websocket.Conn) {
		if connections.Add(1) > 1 {
			say(hello)(c)
			return
		}
		say(hello, event("e1", 10), event("e2", 200), event("e3", 70_000), `{"type":"disconnec`, farewell("warning"), event("e4", 5_000))(c)
		_ = c.WriteControl(websocket.PingMessage, []byte("still here"), time.Now().Add(time.Second))
		// In several frames, and each byte on its own.
		w, err := c.NextWriter(websocket.TextMessage)
		if err != nil {
			return
		}
		for _, b := range []byte(event("e5", 9_000)) {
			_, _ = w.Write([]byte{b})
		}
		_ = w.Close()
		slowly(c, event("e6", 0))
		slowly(c, farewell("refresh_requested"))
		slowly(c, event("e7", 130))
	})
	o.connect(t, acknowledge(t))
	for _, want := range []string{"e1", "e2", "e3", "e4", "e5", "e6", "e7"} {
		if id := o.acked(t); id != want {
			t.Fatalf("%q was acknowledged, want %q", id, want)
		}
	}
}

// slowly writes one text frame byte by byte.
func slowly(c *websocket.Conn, text string) {
	frame := []byte{0x81, byte(len(text))}
	if len(text) > 125 {
		frame = []byte{0x81, 126, byte(len(text) >> 8), byte(len(text))}
	}
	for _, b := range append(frame, text...) {
		_, _ = c.NetConn().Write([]byte{b})
	}
}

// Socket Mode that stays switched off ends the program; that it is believed
// only after several connections is because once may be a passing fault.
func TestSocketModeSwitchedOff(t *testing.T) {
	o := newOddSlack(t, func(c *websocket.Conn) {
		say(hello, farewell("link_disabled"))(c)
		c.Close()
	})
	_, ended := o.run(t, acknowledge(t))
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "switch it on") {
			t.Errorf("ended with %v", err)
		}
		if n := o.opened.Load(); n < 2 {
			t.Errorf("believed after %d connections", n)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on trying")
	}
}

// Slack's own connections are encrypted, which is not the way the local Slack
// is reached.
func TestOverTLS(t *testing.T) {
	var connections atomic.Int32
	o := makeOddSlack(t, func(c *websocket.Conn) {
		if connections.Add(1) == 1 {
			say(hello, event("e1", 20), farewell("warning"), event("e2", 20))(c)
			return
		}
		say(hello, event("e3", 20))(c)
	})
	o.Config.ErrorLog = log.New(io.Discard, "", 0)
	o.StartTLS()
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", roots) // read at this package's only look at certificates
	o.connect(t, acknowledge(t))
	left := map[string]bool{"e1": true, "e2": true, "e3": true}
	for len(left) > 0 {
		id := o.acked(t)
		if !left[id] {
			t.Fatalf("%q was acknowledged, want one of %v", id, left)
		}
		delete(left, id)
	}
}
