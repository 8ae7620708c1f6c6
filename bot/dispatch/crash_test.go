package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/dispatch"
	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// The program dies between two steps of an event; Slack sends the event again;
// its action is stored once.
func TestADeathAtEachStepLeavesOneAction(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var b *bench
		die := ""
		routes := map[string]handle{"event:thing": func(_ context.Context, r handlers.Request, in thing) (handlers.Outcome, error) {
			if die == "handled" {
				if err := b.db.Close(); err != nil { // nothing is stored any more
					t.Error(err)
				}
			}
			return recheck(t.Context(), r, in)
		}}
		for _, die = range []string{"handled", "committed"} {
			b = start(t, url, routes, func(c *dispatch.Config, _ *dispatch.RequestsConfig) { c.Patch = time.Millisecond })
			id := "Ev-" + die
			p := event(id, "thing", "")
			lost := make(chan struct{})
			inner := p.Ack
			p.Ack = func(ctx context.Context, payload any) error {
				if die == "committed" {
					close(lost)
					return errors.New("the connection is gone")
				}
				return inner(ctx, payload)
			}
			b.send(t, p)
			if die == "committed" {
				<-lost
			}
			b.stop()
			if err := <-b.over; err != nil {
				t.Error(err)
			}
			b.stop = nil
			p.none(t)
			if err := b.db.Close(); err != nil && die == "committed" {
				t.Error(err)
			}
			die = ""
			b = start(t, url, routes)
			again := event(id, "thing", "")
			again.RetryAttempt = 1
			b.send(t, again)
			again.wait(t)
			n := 0
			for _, line := range b.waiting(t) {
				if line == "join C"+id {
					n++
				}
			}
			if n != 1 {
				t.Fatalf("%s: %d actions, want one: %q", id, n, b.waiting(t))
			}
			b.end(t)
		}
	})
}

// The database goes away for a while: nothing is acknowledged meanwhile except
// to people, who are told; afterwards everything is handled, and the gap is
// closed by a plan.
func TestTheDatabaseGoesAwayForAWhile(t *testing.T) {
	cluster := pgtest.Own(t)
	b := start(t, cluster.URL(), map[string]handle{
		"event:thing": recheck,
		"command": func(context.Context, handlers.Request, thing) (handlers.Outcome, error) {
			return handlers.Outcome{Reply: handlers.Reply{Text: "done"}, Actions: []handlers.Due{{Action: action.Join{Channel: "C9"}}}}, nil
		},
	}, func(c *dispatch.Config, _ *dispatch.RequestsConfig) { c.Patch = 50 * time.Millisecond })
	before := event("Ev0", "thing", "")
	b.send(t, before)
	before.wait(t)
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	lost, asked := event("Ev1", "thing", ""), command("join")
	b.send(t, lost, asked)
	if got := asked.wait(t); !strings.Contains(got, asked.ID) {
		t.Errorf("without a database a command was answered with %s", got)
	}
	lost.none(t)
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	again := event("Ev1", "thing", "")
	b.send(t, again)
	again.wait(t)
	got := b.waiting(t)
	slices.Sort(got)
	if want := []string{"compare the workspace with the policy", "join CEv0", "join CEv1"}; !slices.Equal(got, want) {
		t.Fatalf("stored %q, want %q", got, want)
	}
}

func TestTheNextPolicyTakesOver(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		seen := make(chan string, 1)
		b := start(t, url, map[string]handle{"event:thing": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			seen <- r.Policy.Contact()
			return handlers.Outcome{}, nil
		}})
		next, problems := rules.Compile(rules.Config{Contact: "#help-slack"})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for range 2 {
			if err := b.requests.SetPolicy(t.Context(), next, func(id workspace.TeamID) { b.woken <- id }); err != nil {
				t.Fatal(err)
			}
		}
		p := event("Ev1", "thing", "")
		b.send(t, p)
		p.wait(t)
		if got := <-seen; got != "#help-slack" {
			t.Fatalf("the handler saw the contact %q", got)
		}
		rows, err := b.db.Audit(t.Context(), team, store.Filter{Kind: store.RecordPolicy})
		if err != nil || len(rows) != 1 {
			t.Fatalf("recorded %v %v", rows, err)
		}
		if got := b.waiting(t); !slices.Equal(got, []string{"compare the workspace with the policy"}) {
			t.Fatalf("stored %q", got)
		}
	})
}

// Authority is held by id: a master that is renamed keeps it, across restarts,
// and another channel that takes its name gets none.
func TestNamesAreBoundOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		policy, problems := rules.Compile(rules.Config{Clusters: []rules.ClusterConfig{{
			Name: "finance", Members: []rules.Source{{Channel: "finance-department"}}, Channels: []rules.Pattern{{Text: "finance-.*"}},
		}}})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		fed := make(chan []string, 9)
		routes := map[string]handle{"event:thing": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			fed <- append(r.Policy.FedBy(rules.FromChannel, "C1"), "|")
			fed <- r.Policy.FedBy(rules.FromChannel, "C2")
			return handlers.Outcome{}, nil
		}}
		set := func(_ *dispatch.Config, c *dispatch.RequestsConfig) { c.Policy = policy }
		b := start(t, url, routes, set)
		step := func(id string, posts ...post) string {
			posts = append(posts, event(id, "thing", ""))
			b.send(t, posts...)
			for _, p := range posts {
				p.wait(t)
			}
			return strings.Join(append(<-fed, <-fed...), "")
		}
		if got := step("Ev1"); got != "|" {
			t.Fatalf("before the channel is known it feeds %q", got)
		}
		created := event("Ev2", "channel_created", `,"channel":{"id":"C1","name":"finance-department","created":1,"creator":"U1"}`)
		b.send(t, created)
		created.wait(t)
		if _, err := b.requests.For(t.Context(), team); err != nil { // somebody else looks first
			t.Fatal(err)
		}
		if got := step("Ev3"); got != "finance|" {
			t.Fatalf("the channel feeds %q", got)
		}
		if pinned, err := b.db.Bindings(t.Context(), team); err != nil || pinned["channel finance-department"] != "C1" {
			t.Fatalf("pinned %v %v", pinned, err)
		}
		b.end(t)
		b = start(t, url, routes, set)
		renamed := event("Ev4", "channel_rename", `,"channel":{"id":"C1","name":"people-of-finance","created":1}`)
		impostor := event("Ev5", "channel_created", `,"channel":{"id":"C2","name":"finance-department","created":2,"creator":"U2"}`)
		if got := step("Ev6", renamed, impostor); got != "finance|" {
			t.Fatalf("after the renaming they feed %q", got)
		}
	})
}
