package queue_test

import (
	"context"
	"testing"

	"usher/bot/queue"
	"usher/rules/action"
)

// While nothing is heard, what goes by what was heard waits, and everything else
// goes on. A pause that comes meanwhile counts, and so does the end of the program.
func TestWhatGoesByHearsayWaitsWhileNothingIsHeard(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		o := newOutside(always(done))
		asked, hears := make(chan struct{}, 9), make(chan struct{})
		deaf := func(c *queue.Config, _ *life) {
			c.Hear = func(ctx context.Context) error {
				asked <- struct{}{}
				select {
				case <-hears:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		l := start(t, url, o, deaf)
		said := action.Reply{Asked: action.Asked{By: "U9"}, Text: "x"}
		l.do(t, now(remove("C1", "U1"), said)...)
		<-asked
		o.until(t, "the answer", func() bool { return o.calls[said.String()] == 1 })
		l.end(t) // gives the removal back
		l = start(t, url, o, deaf)
		defer l.end(t)
		<-asked
		if _, err := l.db.Pause(context.Background(), team, "U0", ""); err != nil {
			t.Fatal(err)
		}
		close(hears)
		l.do(t, now(said)...)
		o.until(t, "another answer", func() bool { return o.calls[said.String()] == 2 })
		o.mu.Lock()
		tried := o.calls["remove U1 from C1"]
		o.mu.Unlock()
		if tried != 0 {
			t.Fatal("removed although nothing was heard, and changes were stopped then")
		}
		if _, err := l.db.Resume(context.Background(), team, "U0"); err != nil {
			t.Fatal(err)
		}
		l.queue.Wake(team)
		o.until(t, "the removal", func() bool { return o.calls["remove U1 from C1"] == 1 })
	})
}
