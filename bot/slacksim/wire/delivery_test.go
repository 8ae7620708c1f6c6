package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/slacksim/wire"
)

func TestEventIsAcknowledged(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		answer := w.hub.Send(event("Ev1"))
		f := c.next()
		if f.Type != "events_api" || f.EnvelopeID == "" || f.Accepts || string(f.Payload) != `{"event_id":"Ev1"}` ||
			f.Attempt == nil || *f.Attempt != 0 || f.Retry == nil || *f.Retry != "" {
			t.Errorf("%+v", f)
		}
		c.ack(f, `{}`) // Node's clients always send a payload
		if a := <-answer; a.Err != nil || a.Payload != nil {
			t.Errorf("%+v, want an ack without a payload", a)
		}
		<-time.After(time.Hour)
		c.quiet()
		if s := w.hub.Sockets(); s.Sent != 1 || s.Acked != 1 || s.Retried != 0 || s.Connections[0].Acked != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestEventNobodyAcknowledges(t *testing.T) {
	for _, scale := range []float64{0, 0.01} {
		bubble(t, wire.Options{RetryScale: scale}, func(t *testing.T, w *world) {
			wait := 4 * time.Second
			if scale != 0 {
				wait = 40 * time.Millisecond
			}
			c := w.connect("A1")
			answer := w.hub.Send(event("Ev1"))
			ids := map[string]bool{}
			start := time.Now()
			for attempt := range 4 {
				f := c.next()
				reason := "timeout"
				if attempt == 0 {
					reason = ""
				}
				if *f.Attempt != attempt || *f.Retry != reason || string(f.Payload) != `{"event_id":"Ev1"}` {
					t.Errorf("attempt %d: %+v", attempt, f)
				}
				if got, want := time.Since(start), time.Duration(attempt)*wait; got != want {
					t.Errorf("attempt %d after %s, want %s", attempt, got, want)
				}
				ids[f.EnvelopeID] = true
			}
			if a := <-answer; !errors.Is(a.Err, wire.ErrExpired) || time.Since(start) != 4*wait {
				t.Errorf("%+v after %s", a, time.Since(start))
			}
			if len(ids) != 4 {
				t.Errorf("%d envelope ids for 4 attempts", len(ids))
			}
			if s := w.hub.Sockets(); s.Sent != 4 || s.Retried != 3 || s.Expired != 1 || s.Acked != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestLateAckEndsTheRetries(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		answer := w.hub.Send(event("Ev1"))
		first := c.next()
		c.next() // the first retry
		c.ack(first, "")
		if a := <-answer; a.Err != nil {
			t.Errorf("%+v", a)
		}
		<-time.After(time.Minute)
		c.quiet()
		got := w.hub.Deliveries("Ev1")
		if len(got) != 2 || got[0].Outcome != wire.OutcomeAcked || got[0].AckedAt == nil || got[1].Attempt != 1 || got[1].Reason != "timeout" {
			t.Errorf("%+v", got)
		}
	})
}

func TestEventWithoutASocket(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		answer := w.hub.Send(event("Ev1"))
		synctest.Wait()
		c := w.connect("A1")
		start := time.Now()
		f := c.next()
		if *f.Attempt != 2 || time.Since(start) != time.Minute {
			t.Errorf("attempt %d after %s, want 2 after a minute", *f.Attempt, time.Since(start))
		}
		c.ack(f, "")
		if a := <-answer; a.Err != nil {
			t.Errorf("%+v", a)
		}
		var outcomes []wire.Outcome
		for _, d := range w.hub.Deliveries("Ev1") {
			outcomes = append(outcomes, d.Outcome)
		}
		if want := []wire.Outcome{wire.OutcomeNoSocket, wire.OutcomeNoSocket, wire.OutcomeAcked}; !slices.Equal(outcomes, want) {
			t.Errorf("outcomes %v, want %v", outcomes, want)
		}

		c.conn.Close()
		synctest.Wait()
		start = time.Now()
		if a := <-w.hub.Send(event("Ev2")); !errors.Is(a.Err, wire.ErrExpired) || time.Since(start) != 6*time.Minute {
			t.Errorf("%+v after %s, want it expired after 0 + 1 + 5 minutes", a, time.Since(start))
		}
	})
}

func TestEventWhoseSocketDied(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c := w.connect("A1")
		answer := w.hub.Send(event("Ev1"))
		c.next()
		second := w.connect("A1")
		start := time.Now()
		c.conn.Close()
		f := second.next()
		if *f.Attempt != 1 || time.Since(start) != 0 {
			t.Errorf("attempt %d after %s, want the first retry at once", *f.Attempt, time.Since(start))
		}
		second.ack(f, "")
		if a := <-answer; a.Err != nil {
			t.Errorf("%+v", a)
		}
		<-time.After(time.Hour)
		second.quiet()
		if got := w.hub.Deliveries("Ev1"); len(got) != 2 || got[0].Outcome != wire.OutcomeSocketDied || got[1].Outcome != wire.OutcomeAcked {
			t.Errorf("%+v", got)
		}
	})
}

func TestCommand(t *testing.T) {
	for name, c := range map[string]struct {
		reply string // "none": no ack at all
		want  error
		text  string
	}{
		"a reply":             {`{"text":"done"}`, nil, `{"text":"done"}`},
		"no reply":            {"", nil, ""},
		"never acknowledged":  {"none", wire.ErrTimeout, ""},
		"a reply just inside": {big(20_479), nil, big(20_479)},
		"a reply too large":   {big(20_480), wire.ErrTimeout, ""},
		"not JSON":            {"{", wire.ErrTimeout, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, wire.Options{RetryScale: 0.001}, func(t *testing.T, w *world) {
				peer := w.connect("A1")
				start := time.Now()
				answer := w.hub.Send(command())
				f := peer.next()
				if f.Type != "slash_commands" || !f.Accepts || f.Attempt != nil || f.Retry != nil {
					t.Errorf("%+v", f)
				}
				if c.reply != "none" {
					peer.ack(f, c.reply)
				}
				a := <-answer
				if !errors.Is(a.Err, c.want) || string(a.Payload) != c.text {
					t.Errorf("%d bytes, error %v; want %d, %v", len(a.Payload), a.Err, len(c.text), c.want)
				}
				if a.Err != nil && time.Since(start) != 3*time.Second {
					t.Errorf("after %s, want 3s whatever the scale", time.Since(start))
				}
				<-time.After(time.Hour)
				peer.quiet()
			})
		})
	}
}

// big is a reply that makes the whole ack n bytes long.
func big(n int) string {
	const around = len(`{"envelope_id":"00000000-0000-0000-0000-000000000000","payload":""}`)
	return `"` + strings.Repeat("x", n-around) + `"`
}

func TestCommandWithoutASocketFailsAtOnce(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		w.connect("A2")
		start := time.Now()
		if a := <-w.hub.Send(command()); !errors.Is(a.Err, wire.ErrNoSocket) || time.Since(start) != 0 {
			t.Errorf("%+v after %s", a, time.Since(start))
		}
	})
}

func TestPayloadThatIsNotJSON(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		w.connect("A1")
		if a := <-w.hub.Send(wire.Envelope{Type: "interactive", App: "A1", Payload: json.RawMessage("{")}); a.Err == nil {
			t.Error("it was sent")
		}
	})
}

func TestAckFromAnotherAppDoesNotCount(t *testing.T) {
	bubble(t, wire.Options{}, func(t *testing.T, w *world) {
		c, stranger := w.connect("A1"), w.connect("A2")
		answer := w.hub.Send(command())
		stranger.ack(c.next(), "")
		if a := <-answer; !errors.Is(a.Err, wire.ErrTimeout) {
			t.Errorf("%+v", a)
		}
	})
}

func TestEverySocketGetsItsShare(t *testing.T) {
	const seed = 7
	order := func() (order []int) {
		bubble(t, wire.Options{Seed: seed}, func(t *testing.T, w *world) {
			var peers []*client
			for range 3 {
				peers = append(peers, w.connect("A1"))
			}
			for i := range 60 {
				w.hub.Send(event(fmt.Sprint(i)))
				synctest.Wait()
				for n, c := range peers {
					select {
					case f := <-c.frames:
						c.ack(f, "")
						order = append(order, n)
					default:
					}
				}
			}
			for _, c := range w.hub.Sockets().Connections {
				if c.Sent < 8 {
					t.Errorf("connection %d got %d of 60", c.ID, c.Sent)
				}
			}
		})
		return order
	}
	first, second := order(), order()
	if len(first) != 60 || !slices.Equal(first, second) {
		t.Errorf("seed %d: %v, then %v", seed, first, second)
	}
}
