package dispatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/dispatch"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// recheck has one action stored for each thing handled.
func recheck(_ context.Context, r handlers.Request, in thing) (handlers.Outcome, error) {
	return handlers.Outcome{Actions: []handlers.Due{{Action: action.Join{Channel: workspace.ChannelID("C" + r.EventID)}}}}, nil
}

func TestNothingIsAcknowledgedBeforeItIsCommitted(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		b := start(t, url, map[string]handle{"event:thing": recheck})
		p := event("Ev1", "thing", "")
		inner, found := p.Ack, make(chan string, 1)
		p.Ack = func(ctx context.Context, payload any) error {
			known, err := b.db.Handled(ctx, team, "Ev1")
			found <- fmt.Sprint(known["Ev1"], err, b.waiting(t))
			return inner(ctx, payload)
		}
		b.send(t, p)
		if got := p.wait(t); got != "null" {
			t.Errorf("an event's ack carried %s", got)
		}
		if got, want := <-found, "true <nil> [join CEv1]"; got != want {
			t.Errorf("when it was acknowledged: %s, want %s", got, want)
		}
		if got := <-b.woken; got != team {
			t.Errorf("woke %s", got)
		}
		if !strings.Contains(b.log.String(), `"event":"Ev1","kind":"event:thing","outcome":"ok"`) {
			t.Errorf("log:\n%s", b.log)
		}
	})
}

func TestWhatComesAgainIsHandledOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		routes := map[string]handle{"event:thing": recheck}
		b := start(t, url, routes)
		var posts []post
		for range 20 { // some in one batch, some in another
			posts = append(posts, event("Ev1", "thing", ""))
		}
		b.send(t, posts...)
		for _, p := range posts {
			p.wait(t)
		}
		b.end(t)
		b = start(t, url, routes)
		p := event("Ev1", "thing", "")
		b.send(t, p)
		p.wait(t)
		if got := b.waiting(t); !slices.Equal(got, []string{"join CEv1"}) {
			t.Fatalf("stored %q", got)
		}
	})
}

func TestALaneKeepsTheOrderOfArrival(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var seen []string
		b := start(t, url, map[string]handle{"event:thing": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			seen = append(seen, r.EventID) // one goroutine
			return handlers.Outcome{}, nil
		}})
		var posts []post
		var want []string
		for i := range 300 {
			id := fmt.Sprintf("Ev%d", i)
			want = append(want, id)
			posts = append(posts, event(id, "thing", ""))
		}
		b.send(t, posts...)
		for _, p := range posts {
			p.wait(t)
		}
		if !slices.Equal(seen, want) {
			t.Fatalf("handled %v", seen)
		}
	})
}

func TestTheAnswerRidesInTheAck(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		b := start(t, url, map[string]handle{"command": func(_ context.Context, r handlers.Request, in thing) (handlers.Outcome, error) {
			switch in.Text {
			case "complain":
				return handlers.Outcome{}, &handlers.Complaint{What: "There is no such channel.", Next: "Look at /usher list."}
			case "fail":
				return handlers.Outcome{}, errors.New("a bug")
			case "panic":
				var none map[string]int
				none["x"] = 1 //nolint:govet,staticcheck // the panic that is asked for
			}
			return handlers.Outcome{Reply: handlers.Reply{Text: "hello"}}, nil
		}})
		for text, want := range map[string][]string{
			"hello":    {`"text":"hello"`, `"ephemeral"`},
			"complain": {"There is no such channel.", "/usher list"},
			"fail":     {"ID"},
			"panic":    {"ID"},
		} {
			p := command(text)
			b.send(t, p)
			got := p.wait(t)
			for _, w := range want {
				if w = strings.ReplaceAll(w, "ID", p.ID); !strings.Contains(got, w) {
					t.Errorf("%s was answered with %s, want %s in it", text, got, w)
				}
			}
			if failed := text == "fail" || text == "panic"; failed {
				rows, err := b.db.Audit(t.Context(), team, store.Filter{Kind: store.RecordFailure, Event: p.ID})
				if err != nil || len(rows) != 1 || rows[0].Actor != "U1" {
					t.Errorf("%s: recorded %v %v", text, rows, err)
				}
				if !strings.Contains(b.log.String(), p.ID) {
					t.Errorf("%s: the log does not know %s", text, p.ID)
				}
			}
		}
		if log := b.log.String(); !strings.Contains(log, "assignment to entry in nil map") || !strings.Contains(log, "dispatch_test.go") || strings.Contains(log, "hooks.slack.com") {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestWhatNobodyHandlesIsAcknowledged(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		b := start(t, url, nil, func(c *dispatch.Config, _ *dispatch.RequestsConfig) {
			c.Known = func(id workspace.TeamID) bool { return id == team }
		})
		unknown, broken, foreign := event("Ev1", "emoji_changed", ""), envelope("events_api", "Ev2", `{"type":`), event("Ev3", "thing", "")
		foreign.Team = "T99"
		b.send(t, unknown, broken, foreign)
		for _, p := range []post{unknown, broken, foreign} {
			p.wait(t)
		}
		rows, err := b.db.Audit(t.Context(), team, store.Filter{})
		if err != nil || len(rows) != 1 || rows[0].Event != "Ev2" || rows[0].Kind != store.RecordFailure {
			t.Fatalf("recorded %v %v", rows, err)
		}
	})
}

func TestWhoWaitsTooLongIsTold(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		release := make(chan struct{})
		b := start(t, url, map[string]handle{"command": func(_ context.Context, _ handlers.Request, in thing) (handlers.Outcome, error) {
			<-release
			return handlers.Outcome{Reply: handlers.Reply{Text: "done: " + in.Text}}, nil
		}}, func(c *dispatch.Config, _ *dispatch.RequestsConfig) { c.Answer = 30 * time.Millisecond })
		first, second := command("one"), command("two")
		b.send(t, first, second)
		for _, p := range []post{first, second} {
			if got := p.wait(t); !strings.Contains(got, "will follow") {
				t.Errorf("acknowledged with %s", got)
			}
		}
		close(release)
		<-b.woken
		b.end(t)
		b = start(t, url, nil)
		stored, err := b.db.Waiting(t.Context(), team, 9)
		if err != nil || len(stored) != 2 {
			t.Fatalf("stored %v %v", stored, err)
		}
		for i, want := range []string{"done: one", "done: two"} {
			if a := stored[i].Action.(action.Reply); a.Text != want || a.By != "U1" || a.ResponseURL == "" {
				t.Errorf("the answer that follows is %+v", a)
			}
		}
	})
}

func TestModalsAreShownAfterTheCommit(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var b *bench
		fail := false
		b = start(t, url, map[string]handle{"action:open": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			return handlers.Outcome{Reply: handlers.Reply{Open: &handlers.Modal{TriggerID: "1.2", View: slack.ModalViewRequest{CallbackID: "x"}}}}, nil
		}}, func(c *dispatch.Config, _ *dispatch.RequestsConfig) {
			inner := c.Show
			c.Show = func(ctx context.Context, team workspace.TeamID, m handlers.Modal) error {
				if fail {
					return errors.New("expired_trigger_id")
				}
				return inner(ctx, team, m)
			}
		})
		press := func() post {
			return envelope("interactive", "", `{"type":"block_actions","trigger_id":"1.2","user":{"id":"U1"},"actions":[{"action_id":"open"}]}`)
		}
		p := press()
		b.send(t, p)
		p.wait(t)
		if m := <-b.shown; m.TriggerID != "1.2" {
			t.Fatalf("showed %+v", m)
		}
		fail = true
		p = press()
		b.send(t, p)
		p.wait(t)
		<-b.woken
		if got := b.waiting(t); !slices.Equal(got, []string{"answer U1"}) {
			t.Fatalf("stored %q", got)
		}
	})
}

func TestWhatComesDueIsCommittedOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		routes := map[string]handle{"due:recheck": recheck}
		b := start(t, url, routes)
		e := queue.Entry{Team: team, EventID: "due:1:1", Kind: "due:recheck", Payload: json.RawMessage(`{}`)}
		for range 2 {
			if err := b.Enter(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.waiting(t); !slices.Equal(got, []string{"join Cdue:1:1"}) {
			t.Fatalf("stored %q", got)
		}
		if !b.Handles("due:recheck") || b.Handles("due:replan") {
			t.Fatal("it handles what its routes say")
		}
		b.end(t)
		if err := b.Enter(t.Context(), e); !errors.Is(err, dispatch.ErrClosed) {
			t.Fatalf("after the end: %v", err)
		}
	})
}

func TestGracesAreStoredWithTheirDecisions(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		verdict := rules.Warn
		routes := map[string]handle{"event:member_joined_channel": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
			return handlers.Outcome{Decisions: []rules.Decision{decided(verdict, "C1", "U1", r.At.Add(time.Hour))}}, nil
		}}
		b := start(t, url, routes)
		join := func(b *bench, id string) {
			p := event(id, "member_joined_channel", `,"user":"U1","channel":"C1","channel_type":"C"`)
			b.send(t, p)
			p.wait(t)
		}
		join(b, "Ev1")
		first, runs := b.directory.Snapshot(team).Grace("C1", "U1")
		if !runs {
			t.Fatal("the mirror knows no grace")
		}
		join(b, "Ev2")
		graces, err := b.db.Graces(t.Context(), team)
		if err != nil || len(graces) != 1 || !graces[0].Since.Equal(first) {
			t.Fatalf("stored %v %v, want the first one, of %v", graces, err, first)
		}
		b.end(t)
		b = start(t, url, routes)
		if again, runs := b.directory.Snapshot(team).Grace("C1", "U1"); !runs || !again.Equal(first) {
			t.Fatalf("after a restart: %v %v", again, runs)
		}
		verdict = rules.Allow
		join(b, "Ev3")
		if graces, err = b.db.Graces(t.Context(), team); err != nil || len(graces) != 0 {
			t.Fatalf("allowed, and still in a grace: %v %v", graces, err)
		}
		if rows, err := b.db.Audit(t.Context(), team, store.Filter{Kind: store.RecordDecision}); err != nil || len(rows) != 3 {
			t.Fatalf("recorded %d decisions, want 3; %v", len(rows), err)
		}
	})
}

// A grace is asked about when it is over, in time and once: not again and again
// by events meanwhile, later where the policy gives more time, never on trial.
func TestAGraceIsAskedAboutWhenItIsOver(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var until time.Time // what the rules would say; the lane's goroutine alone
		next := time.Now().Add(time.Hour)
		decide := func(_ context.Context, r handlers.Request, in thing) (handlers.Outcome, error) {
			if in.Text == "longer" {
				next = next.Add(time.Hour)
			}
			until = next
			d := decided(rules.Warn, "C1", "U1", until)
			d.DryRun = in.Text == "trial"
			return handlers.Outcome{Decisions: []rules.Decision{d}}, nil
		}
		b := start(t, url, map[string]handle{"event:member_joined_channel": decide, "due:recheck": decide, "due:replan": decide})
		asked := func(what string, want ...time.Time) {
			t.Helper()
			stored, err := b.db.Waiting(t.Context(), team, 9)
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Time
			for _, s := range stored {
				if s.Kind == action.KindRecheck {
					got = append(got, s.Due)
				}
			}
			if !slices.EqualFunc(got, want, func(a, b time.Time) bool { return a.Equal(b) }) {
				t.Errorf("%s: asked again at %v, want %v", what, got, want)
			}
		}
		say := func(id, text string) {
			p := event(id, "member_joined_channel", fmt.Sprintf(`,"user":"U1","channel":"C1","channel_type":"C","text":%q`, text))
			b.send(t, p)
			p.wait(t)
		}
		enter := func(id, kind, body string) {
			if err := b.Enter(t.Context(), queue.Entry{Team: team, EventID: id, Kind: kind, Payload: json.RawMessage(body)}); err != nil {
				t.Fatal(err)
			}
		}
		say("Ev1", "trial")
		asked("on trial")
		say("Ev2", "")
		first := until
		asked("begun", first)
		say("Ev3", "longer")
		asked("an event meanwhile", first)
		enter("due:1", "due:replan", `{"why":"policy"}`)
		asked("another policy", until)
		next = next.Add(time.Hour)
		enter("due:2", "due:recheck", `{"channel":"C1","user":"U1"}`)
		asked("asked too early", until)
	})
}

func TestHomesAreRememberedAcrossRestarts(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		opened := make(chan string, 1)
		routes := map[string]handle{
			"event:app_home_opened": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
				return handlers.Outcome{Actions: []handlers.Due{{Action: action.Home{User: "U1", Words: "fin", Page: 2}}}}, nil
			},
			"event:thing": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
				h, ok := r.Recent.Opened("U1")
				_, other := r.Recent.Opened("U2")
				opened <- fmt.Sprint(h.Words, h.Page, ok, other, r.Recent.Openers(), r.Recent.Standing().Waiting)
				return handlers.Outcome{}, nil
			},
		}
		b := start(t, url, routes)
		for restart := range 2 {
			p, q := event("Ev1", "app_home_opened", ""), event(fmt.Sprintf("Ev2%d", restart), "thing", "")
			b.send(t, p)
			p.wait(t)
			b.send(t, q)
			q.wait(t)
			if got, want := <-opened, "fin2 true false [U1] 0"; got != strings.Replace(want, "fin2", "fin 2", 1) && got != want {
				t.Fatalf("saw %s, want %s", got, want)
			}
			b.end(t)
			b = start(t, url, routes)
		}
	})
}

func TestTheEndAnswersWhatIsInTheLane(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		entered, release := make(chan struct{}, 9), make(chan struct{})
		b := start(t, url, map[string]handle{"event:thing": func(context.Context, handlers.Request, thing) (handlers.Outcome, error) {
			entered <- struct{}{}
			<-release
			return handlers.Outcome{}, nil
		}})
		first, second, third := event("Ev1", "thing", ""), event("Ev2", "thing", ""), event("Ev3", "thing", "")
		b.send(t, first)
		<-entered
		b.send(t, second)
		ended := make(chan struct{})
		go func() { b.end(t); close(ended) }()
		close(release)
		first.wait(t)
		second.wait(t)
		<-ended
		b.send(t, third)
		third.none(t)
	})
}
