package wire_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"usher/bot/slacksim/wire"
)

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

// A frame no client of Slack's would send must not fill the memory.
func TestAFrameThatIsFarTooLongEndsTheSocket(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		go c.conn.WriteMessage(websocket.TextMessage, make([]byte, 2<<20))
		if _, ok := <-c.frames; ok {
			t.Error("a frame came")
		}
		synctest.Wait()
		if n := w.hub.Sockets().Open; n != 0 {
			t.Errorf("%d open", n)
		}
	})
}
