package wire_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/slacksim/wire"
)

// fault puts one in force from its JSON, as a request brings it.
func (w *world) fault(text string) {
	w.t.Helper()
	var f wire.Fault
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		w.t.Fatal(err)
	}
	if err := w.hub.Fault(f); err != nil {
		w.t.Fatal(err)
	}
}

func TestDrop(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		first, second := w.connect("A1"), w.connect("A1")
		w.fault(`{"socket":"drop","connection":1}`)
		if _, ok := <-first.frames; ok {
			t.Error("a frame after the drop")
		}
		second.quiet()
		w.fault(`{"socket":"drop"}`)
		if _, ok := <-second.frames; ok {
			t.Error("a frame after the drop")
		}
		synctest.Wait()
		if n := w.hub.Sockets().Open; n != 0 {
			t.Errorf("%d open", n)
		}
	})
}

func TestDisconnect(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		for _, reason := range []string{"warning", "link_disabled"} {
			w.fault(`{"socket":"disconnect","reason":"` + reason + `"}`)
			if f := c.next(); f.Type != "disconnect" || f.Reason != reason {
				t.Errorf("%+v", f)
			}
		}
		if _, ok := <-c.frames; ok {
			t.Error("still open after link_disabled")
		}
	})
}

func TestRefuse(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		old := w.connect("A1")
		refused := func() bool {
			_, status, err := w.dial(w.hub.Ticket("http://slack.test", "xapp-secret", "A1"))
			return err != nil && status == http.StatusServiceUnavailable
		}
		w.fault(`{"socket":"refuse","for":"10s"}`)
		if !refused() {
			t.Error("not refused")
		}
		old.quiet()
		<-time.After(10 * time.Second)
		if refused() {
			t.Error("still refused after 10s")
		}
		w.fault(`{"socket":"refuse","for":"10s"}`)
		w.fault(`{"clear":true}`)
		if refused() {
			t.Error("still refused after clear")
		}
	})
}

func TestDuplicate(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		w.fault(`{"envelopes":"duplicate","times":2}`)
		for i, copies := range []int{2, 2, 1} {
			answer := w.hub.Send(event(fmt.Sprint("Ev", i)))
			f := c.next()
			for range copies - 1 {
				if again := c.next(); again.EnvelopeID != f.EnvelopeID || *again.Attempt != 0 {
					t.Errorf("%+v, want the same envelope", again)
				}
			}
			for range copies {
				c.ack(f, "")
			}
			if a := <-answer; a.Err != nil {
				t.Errorf("%+v", a)
			}
			c.quiet()
		}
		if s := w.hub.Sockets(); s.Sent != 5 || s.Acked != 5 || s.Retried != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestReorder(t *testing.T) {
	bubble(t, wire.Options{Seed: 3}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		w.fault(`{"envelopes":"reorder","window":4}`)
		sent := []string{}
		for i := range 6 {
			id := fmt.Sprint("Ev", i)
			sent = append(sent, `{"event_id":"`+id+`"}`)
			w.hub.Send(event(id))
		}
		start := time.Now()
		var got []string
		for range 6 {
			f := c.next()
			c.ack(f, "")
			got = append(got, string(f.Payload))
		}
		if wait := time.Since(start); wait != 200*time.Millisecond {
			t.Errorf("the two left over came after %s", wait)
		}
		for _, window := range [][2]int{{0, 4}, {4, 6}} {
			sent, got := sent[window[0]:window[1]], slices.Clone(got[window[0]:window[1]])
			if slices.Equal(sent, got) {
				t.Errorf("window %v kept its order", window)
			}
			slices.Sort(got)
			if !slices.Equal(sent, got) {
				t.Errorf("window %v holds %v", window, got)
			}
		}
		w.hub.Send(event("held"))
		w.fault(`{"clear":true}`)
		if f := c.next(); string(f.Payload) != `{"event_id":"held"}` {
			t.Errorf("%+v", f)
		}
	})
}

func TestDelay(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		w.fault(`{"envelopes":"delay","by":"1s","times":1}`)
		start := time.Now()
		w.hub.Send(command())
		w.hub.Send(event("Ev1"))
		if f := c.next(); f.Type != "events_api" || time.Since(start) != 0 {
			t.Errorf("%+v after %s", f, time.Since(start))
		}
		if f := c.next(); f.Type != "slash_commands" || time.Since(start) != time.Second {
			t.Errorf("%+v after %s", f, time.Since(start))
		}
	})
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		for _, text := range []string{
			`{}`, `{"socket":"burn"}`, `{"socket":"refuse"}`, `{"socket":"disconnect","reason":"bored"}`,
			`{"socket":"drop","connection":9}`, `{"envelopes":"eat"}`, `{"envelopes":"delay"}`,
			`{"envelopes":"reorder","window":1}`, `{"envelopes":"duplicate","times":-1}`,
			`{"envelopes":"delay","by":"soon"}`, `{"socket":7}`,
		} {
			var f wire.Fault
			err := json.Unmarshal([]byte(text), &f)
			if err == nil {
				err = w.hub.Fault(f)
			}
			if err == nil {
				t.Errorf("%s was accepted", text)
			}
		}
	})
}
