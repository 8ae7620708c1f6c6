package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/dispatch"
	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// member is one replica of several on one PostgreSQL.
type member struct {
	*bench
	leases *store.Leases
	owns   atomic.Bool
	serves func()
}

// join starts a replica that owns nothing yet.
func join(t *testing.T, url, name string, routes map[string]handle, settings ...setting) *member {
	t.Helper()
	m := &member{serves: func() {}}
	m.bench = start(t, url, routes, append(settings, func(c *dispatch.Config, _ *dispatch.RequestsConfig) {
		c.Replica, c.Owns = name, m.ownsIt
	})...)
	var err error
	if m.leases, err = m.db.Leases(name, time.Minute); err != nil {
		t.Fatal(err)
	}
	listening, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	ready := make(chan struct{}, 1)
	go func() {
		over <- m.db.Listen(listening, func(what store.Heard, whom string) {
			m.Hear(what, whom)
			if what == "" {
				ready <- struct{}{}
			}
		})
	}()
	<-ready
	t.Cleanup(func() {
		m.serves()
		m.end(t)
		stop()
		if err := errors.Join(<-over, m.leases.Close()); err != nil {
			t.Error(err)
		}
	})
	return m
}

func (m *member) ownsIt(workspace.TeamID) bool { return m.owns.Load() }

// own makes it the owner, and has it work off what waits.
func (m *member) own(t *testing.T) {
	t.Helper()
	if got, err := m.leases.Acquire(t.Context(), team); err != nil || !got {
		t.Fatalf("acquired %t, %v", got, err)
	}
	m.owns.Store(true)
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		m.Serve(ctx, team)
	}()
	m.serves = func() { stop(); <-over; m.serves = func() {} }
}

// crash has it own nothing, as others see it.
func (m *member) crash(t *testing.T) {
	t.Helper()
	m.serves()
	if err := m.leases.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// answer is a command's handler that says who answered.
func answer(who string) map[string]handle {
	return map[string]handle{
		"event:thing": recheck,
		"command": func(_ context.Context, _ handlers.Request, in thing) (handlers.Outcome, error) {
			return handlers.Outcome{Reply: handlers.Reply{Text: who + " heard " + in.Text}}, nil
		},
		"action:open": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			return handlers.Outcome{Reply: handlers.Reply{Open: &handlers.Modal{TriggerID: "t", View: slack.ModalViewRequest{CallbackID: who}}}}, nil
		},
	}
}

func TestTheOwnerAnswersForTheOthers(t *testing.T) {
	url := pgtest.New(t)
	a, b := join(t, url, "a", answer("a")), join(t, url, "b", answer("b"))
	a.own(t)
	var events []post
	for n := range 40 { // each of them comes over both
		for _, via := range []*member{a, b} {
			p := event(fmt.Sprintf("Ev%d", n), "thing", "")
			via.send(t, p)
			events = append(events, p)
		}
	}
	said, button := command("hello"), envelope("interactive", "", `{"type":"block_actions","user_id":"U1","trigger_id":"t","actions":[{"action_id":"open"}]}`)
	b.send(t, said, button)
	if got := said.wait(t); !strings.Contains(got, "a heard hello") {
		t.Errorf("answered %s", got)
	}
	if got := button.wait(t); got != "null" {
		t.Errorf("the ack of a button holds %s", got)
	}
	if m := <-a.shown; m.View.CallbackID != "a" || len(b.shown) > 0 {
		t.Errorf("shown: %+v, and %d by the other", m, len(b.shown))
	}
	for _, p := range events {
		p.wait(t)
	}
	if err := a.Settle(t.Context(), team); err != nil {
		t.Fatal(err)
	}
	until(t, "everything handed over is handled", func() bool {
		left, err := a.db.Handovers(t.Context(), team, nil, 99)
		return err == nil && len(left) == 0
	})
	if got := a.waiting(t); len(got) != 40 {
		t.Errorf("%d actions of 40 events: %q", len(got), got)
	}
}

// Nobody owns the workspace for a while: events are kept, and people who asked
// are told to wait, and answered when somebody does.
func TestWhoTakesOverAnswersWhatWaited(t *testing.T) {
	url := pgtest.New(t)
	soon := func(c *dispatch.Config, _ *dispatch.RequestsConfig) { c.Answer = 100 * time.Millisecond }
	a, b := join(t, url, "a", answer("a"), soon), join(t, url, "b", answer("b"), soon)
	happened, said := event("Ev1", "thing", ""), command("hello")
	b.send(t, happened, said)
	happened.wait(t)
	if got := said.wait(t); !strings.Contains(got, "takes a little longer") {
		t.Errorf("answered %s", got)
	}
	a.own(t)
	until(t, "both were handled", func() bool { return len(a.waiting(t)) == 2 })
	stored, err := a.db.Waiting(t.Context(), team, 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		if r, ok := s.Action.(action.Reply); ok && (r.Text != "a heard hello" || r.ResponseURL == "") {
			t.Errorf("the late answer is %+v", r)
		}
	}
	a.crash(t)
	b.own(t)
	again := event("Ev1", "thing", "")
	b.send(t, again)
	again.wait(t)
	if got := b.waiting(t); len(got) != 2 {
		t.Errorf("handled twice: %q", got)
	}
}

// An owner that has not noticed stores nothing, and what came to it is answered
// by whoever took over.
func TestALostOwnerPassesOnWhatItHas(t *testing.T) {
	url := pgtest.New(t)
	a, b := join(t, url, "a", answer("a")), join(t, url, "b", answer("b"))
	a.own(t)
	if err := a.leases.Release(t.Context()); err != nil { // as if it had run out: it still believes to be the owner
		t.Fatal(err)
	}
	b.own(t)
	happened, said := event("Ev1", "thing", ""), command("hello")
	a.send(t, happened, said)
	if got := said.wait(t); !strings.Contains(got, "b heard hello") {
		t.Errorf("answered %s", got)
	}
	happened.wait(t)
	until(t, "the event was handled", func() bool { return len(b.waiting(t)) == 1 })
}

// The end of a replica lets out what it has handed over.
func TestTheEndWaitsForReplies(t *testing.T) {
	url := pgtest.New(t)
	release := make(chan struct{})
	routes := answer("a")
	inner := routes["command"]
	routes["command"] = func(ctx context.Context, r handlers.Request, in thing) (handlers.Outcome, error) {
		<-release
		return inner(ctx, r, in)
	}
	a, b := join(t, url, "a", routes), join(t, url, "b", answer("b"))
	a.own(t)
	said := command("hello")
	b.send(t, said)
	b.stop()
	close(release)
	if got := said.wait(t); !strings.Contains(got, "a heard hello") {
		t.Errorf("answered %s", got)
	}
	if err := <-b.over; err != nil {
		t.Error(err)
	}
	b.over <- nil // for end
	late := event("Ev9", "thing", "")
	b.send(t, late)
	late.none(t)
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}
