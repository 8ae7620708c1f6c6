package handlers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestKindOf(t *testing.T) {
	for _, c := range []struct{ envelope, payload, kind, body string }{
		{"events_api", `{"type":"event_callback","event_id":"Ev1","event":{"type":"team_join","user":{"id":"U1"}}}`, "event:team_join", `{"type":"team_join","user":{"id":"U1"}}`},
		{"events_api", `{"type":"app_rate_limited","team_id":"T1"}`, "event:app_rate_limited", `{"type":"app_rate_limited","team_id":"T1"}`},
		{"slash_commands", `{"command":"/usher"}`, "command", `{"command":"/usher"}`},
		{"interactive", `{"type":"block_actions","actions":[{"action_id":"list:page:next"}]}`, "action:list:page:next", ""},
		{"interactive", `{"type":"view_submission","view":{"callback_id":"grant"}}`, "view:grant", ""},
		{"interactive", `{"type":"view_closed","view":{"callback_id":"grant"}}`, "closed:grant", ""},
		{"interactive", `{"type":"block_suggestion","action_id":"pick"}`, "options:pick", ""},
		{"interactive", `{"type":"block_actions"}`, "", ""},
		{"interactive", `{"type":"shortcut"}`, "", ""},
		{"interactive", `nonsense`, "", ""},
		{"events_api", `[]`, "", ""},
		{"hello", `{}`, "", ""},
	} {
		kind, body, err := handlers.KindOf(c.envelope, json.RawMessage(c.payload))
		if kind != c.kind || (err != nil) != (c.kind == "") || c.body != "" && string(body) != c.body {
			t.Errorf("%s %s: got %q, %s, %v; want %q", c.envelope, c.payload, kind, body, err, c.kind)
		}
	}
}

type empty struct{}

func answering(out handlers.Outcome, err error) func(context.Context, handlers.Request, empty) (handlers.Outcome, error) {
	return func(context.Context, handlers.Request, empty) (handlers.Outcome, error) { return out, err }
}

func TestRouterFindsTheLongestAction(t *testing.T) {
	name := func(s string) handlers.Outcome { return handlers.Outcome{Reply: handlers.Reply{Text: s}} }
	r, err := handlers.NewRouter([]handlers.Route{
		handlers.On("action:home", answering(name("home"), nil)),
		handlers.On("action:home:page", answering(name("page"), nil)),
		handlers.On("event:team", answering(name("team"), nil), "users:read", "team:read"),
		handlers.On("command", answering(name("command"), nil), "users:read"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]string{
		"action:home": "home", "action:home:page": "page", "action:home:page:next": "page", "action:home:pages": "home",
		"action:homes": "", "event:team": "team", "event:team:more": "", "command": "command", "": "",
	} {
		out, err := r.Handle(context.Background(), kind, handlers.Request{}, json.RawMessage(`{}`))
		if out.Reply.Text != want || errors.Is(err, handlers.ErrNoRoute) != (want == "") || r.Handles(kind) != (want != "") {
			t.Errorf("%q went to %q (%v), want %q", kind, out.Reply.Text, err, want)
		}
	}
	if got, want := fmt.Sprint(r.Scopes()), "[team:read users:read]"; got != want {
		t.Errorf("scopes %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(r.Kinds()), "[action:home action:home:page command event:team]"; got != want {
		t.Errorf("kinds %s, want %s", got, want)
	}
}

func TestRouterRefusesWhatCannotWork(t *testing.T) {
	_, err := handlers.NewRouter([]handlers.Route{
		handlers.On("command", answering(handlers.Outcome{}, nil)), handlers.On("command", answering(handlers.Outcome{}, nil)), {Kind: "event:x"},
	})
	for _, want := range []string{"command: given twice", "event:x: no handler"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}

// Wherever somebody waits, a complaint or an apology reaches them there, and
// only an apology reaches the operator.
func TestErrorsReachWhoeverWaits(t *testing.T) {
	complaint := &handlers.Complaint{What: "It is closed.", Next: "Ask <@U1>."}
	broken := errors.New("the disk is gone")
	for _, c := range []struct {
		name, kind, payload string
		err                 error
		apology             bool
		want                string
	}{
		{"command", "command", `{"user_id":"U1","response_url":"https://hooks.slack.com/1"}`, complaint, false, "reply: It is closed. Ask <@U1>.\n"},
		{"message", "action:x", `{"user":{"id":"U1"},"trigger_id":"t","response_url":"https://hooks.slack.com/1"}`, complaint, false,
			`action: reply {"by":"U1","response_url":"https://hooks.slack.com/1","text":"It is closed. Ask <@U1>."}` + "\n"},
		{"home", "action:x", `{"user":{"id":"U1"},"trigger_id":"t","view":{"id":"V1","type":"home"}}`, complaint, false,
			`open: trigger=t push=false view= hash= meta=""` + "\n" + `  {"text":{"text":"It is closed. Ask <@U1>.","type":"mrkdwn"},"type":"section"}` + "\n"},
		{"modal", "action:x", `{"user":{"id":"U1"},"trigger_id":"t","view":{"id":"V1","type":"modal"}}`, complaint, false,
			`open: trigger=t push=true view= hash= meta=""` + "\n" + `  {"text":{"text":"It is closed. Ask <@U1>.","type":"mrkdwn"},"type":"section"}` + "\n"},
		{"event", "event:x", `{"user":"U1"}`, complaint, false, "nothing\n"},
		{"apology", "command", `{"user_id":"U1"}`, broken, true,
			"reply: Sorry, something went wrong on my side, and nothing was changed. Please try again in a minute. If it happens again, tell whoever looks after me about `Ev7`.\n"},
		{"apology_event", "event:x", `{"user":{"id":"U1"}}`, broken, true, "nothing\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := handlers.NewRouter([]handlers.Route{handlers.On(c.kind, answering(handlers.Outcome{}, fmt.Errorf("ask: %w", c.err)))})
			if err != nil {
				t.Fatal(err)
			}
			out, err := r.Handle(context.Background(), c.kind, handlers.Request{EventID: "Ev7"}, json.RawMessage(c.payload))
			if got := said(t, out); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
			if errors.Is(err, broken) != c.apology || (err == nil) == c.apology {
				t.Errorf("the operator is told %v", err)
			}
		})
	}
	r, _ := handlers.NewRouter([]handlers.Route{handlers.On("view:x", answering(handlers.Outcome{}, complaint))})
	out, err := r.Handle(context.Background(), "view:x", handlers.Request{}, json.RawMessage(`{"user":{"id":"U1"}}`))
	if ack := string(out.Reply.AckPayload("view:x")); err != nil || !strings.Contains(ack, `"response_action":"update"`) || !strings.Contains(ack, "It is closed.") {
		t.Errorf("a submission is answered %s, %v", ack, err)
	}
}

// What people typed never gets into an error, which is logged.
func TestErrorsQuoteNothing(t *testing.T) {
	r, _ := handlers.NewRouter(handlers.Routes())
	for _, payload := range []string{`{"user_id":["xoxb-secret"]}`, `{"text":xoxb-secret`, `"xoxb-secret"`} {
		_, err := r.Handle(context.Background(), "command", newWorld(t).request(), json.RawMessage(payload))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

func TestAckPayload(t *testing.T) {
	modal := &slack.ModalViewRequest{Type: slack.VTModal, Title: &slack.TextBlockObject{Type: "plain_text", Text: "Usher"}}
	long := make([]slack.Block, 40)
	for i := range long {
		long[i] = slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 1000), false, false), nil, nil)
	}
	for _, c := range []struct {
		name, kind string
		reply      handlers.Reply
		want       string
	}{
		{"bare", "command", handlers.Reply{}, ""},
		{"text", "command", handlers.Reply{Text: "hello"}, `{"response_type":"ephemeral","text":"hello"}`},
		{"too long", "command", handlers.Reply{Text: "hello", Blocks: long}, `{"response_type":"ephemeral","text":"hello"}`},
		{"event", "event:team_join", handlers.Reply{Text: "hello"}, ""},
		{"click", "action:join", handlers.Reply{Text: "hello"}, ""},
		{"errors", "view:x", handlers.Reply{Errors: map[string]string{"b": "no"}}, `{"errors":{"b":"no"},"response_action":"errors"}`},
		{"update", "view:x", handlers.Reply{Update: modal}, `{"response_action":"update","view":{"blocks":null,"title":{"text":"Usher","type":"plain_text"},"type":"modal"}}`},
		{"push", "view:x", handlers.Reply{Push: modal}, `{"response_action":"push","view":{"blocks":null,"title":{"text":"Usher","type":"plain_text"},"type":"modal"}}`},
		{"clear", "view:x", handlers.Reply{Clear: true}, `{"response_action":"clear"}`},
		{"close", "view:x", handlers.Reply{}, ""},
		{"no options", "options:x", handlers.Reply{}, `{"options":[]}`},
	} {
		got := c.reply.AckPayload(c.kind)
		switch {
		case c.want == "" && got != nil:
			t.Errorf("%s: got %s, want a bare ack", c.name, got)
		case c.want != "" && plainJSON(t, got) != c.want:
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSettledKeepsItsAction(t *testing.T) {
	was := handlers.Settled{
		Action: action.Invite{Channel: "C1", Users: []workspace.UserID{"U1"}, Asked: &action.Asked{By: "U1", ResponseURL: "https://hooks.slack.com/1"}},
		Result: handlers.Result{Class: handlers.Blocked, Code: "restricted_action", Sentence: "Ask.", Value: map[string]string{"ts": "1.2"}},
	}
	b, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	var is handlers.Settled
	if err := json.Unmarshal(b, &is); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%#v", is.Result) != fmt.Sprintf("%#v", was.Result) || compact(t, is) != compact(t, was) || is.Route() != "settled:invite" {
		t.Errorf("got %+v, want %+v", is, was)
	}
	if err := json.Unmarshal([]byte(`{"kind":"no such","action":{}}`), &is); err == nil {
		t.Error("an action of an unknown kind was read")
	}
}

func TestModule(t *testing.T) {
	var router *handlers.Router
	fxtest.New(t, handlers.Module(), fx.Populate(&router)).RequireStart().RequireStop()
	if got, want := len(router.Kinds()), len(handlers.Routes()); got != want {
		t.Errorf("%d kinds, want %d", got, want)
	}
}

// Whatever a payload holds, it is answered or refused, never a panic.
func FuzzHandle(f *testing.F) {
	for _, p := range []string{`{}`, `null`, `[]`, `{"channel":null}`, `{"channel":{"id":1}}`, `{"user":"U1"}`, slashed("U0BOB", "why @x #y"), clicked("U0ALICE", "cluster", "finance", onHome), `{"kind":"invite","action":{"asked":null}}`, `{"kind":"remove","action":{"asked":{}}}`} {
		f.Add(p)
	}
	x := newWorld(f)
	kinds := x.router.Kinds()
	f.Fuzz(func(t *testing.T, payload string) {
		for _, kind := range kinds {
			out, _ := x.router.Handle(context.Background(), kind, x.request(), json.RawMessage(payload))
			if len(out.Reply.AckPayload(kind)) >= handlers.MaxAck {
				t.Errorf("%s %s: an ack of %d bytes", kind, payload, len(out.Reply.AckPayload(kind)))
			}
		}
	})
}
