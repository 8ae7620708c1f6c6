package slacksim_test

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"usher/bot/slacksim"
)

// app is Slack's own client on a socket; reply decides what acks carry.
type app struct {
	events chan socketmode.Event
}

// connect opens a socket and answers with reply until the test ends. It
// returns once hello has come.
func (w *world) connect(reply func(socketmode.Event) any) *app {
	w.Helper()
	client := socketmode.New(w.api)
	ctx, cancel := context.WithCancel(context.Background())
	a := &app{events: make(chan socketmode.Event, 1000)}
	hello := make(chan struct{})
	done := make(chan struct{})
	read := make(chan struct{})
	go func() {
		defer close(read)
		for {
			var evt socketmode.Event
			select {
			case evt = <-client.Events:
			case <-done:
				return
			}
			if evt.Type == socketmode.EventTypeHello {
				close(hello)
			}
			if evt.Request == nil || evt.Request.EnvelopeID == "" {
				continue
			}
			var payload any
			if reply != nil {
				payload = reply(evt)
			}
			if payload == silence {
				continue
			}
			if payload == nil {
				client.AckCtx(ctx, evt.Request.EnvelopeID, nil)
			} else {
				client.AckCtx(ctx, evt.Request.EnvelopeID, payload)
			}
			a.events <- evt
		}
	}()
	go func() { defer close(done); client.RunContext(ctx) }()
	w.Cleanup(func() { cancel(); <-done; <-read })
	select {
	case <-hello:
	case <-w.soon().Done():
		w.Fatal("no hello")
	}
	return a
}

// triggers connects a client that hands out the triggers of commands.
func (w *world) triggers() <-chan string {
	w.Helper()
	seen := make(chan string, 10)
	w.connect(func(evt socketmode.Event) any {
		if cmd, ok := evt.Data.(slack.SlashCommand); ok {
			seen <- cmd.TriggerID
		}
		return nil
	})
	return seen
}

// silence as a reply lets an envelope go without an ack.
const silence = "silence"

// next returns the next event of a kind, dropping others.
func next[E any](w *world, a *app) E {
	w.Helper()
	for {
		select {
		case evt := <-a.events:
			if outer, ok := evt.Data.(slackevents.EventsAPIEvent); ok {
				if inner, ok := outer.InnerEvent.Data.(E); ok {
					return inner
				}
			}
			if data, ok := evt.Data.(E); ok {
				return data
			}
		case <-w.soon().Done():
			var e E
			w.Fatalf("no %T came", e)
		}
	}
}

func TestMembershipEventsReachTheApp(t *testing.T) {
	w := start(t, acme)
	a := w.connect(nil)
	w.act("", slacksim.Act{As: "alice", Do: "invite", Channel: "finance-department", Users: slacksim.Names{"mallory"}})
	joined := next[*slackevents.MemberJoinedChannelEvent](w, a)
	if joined.User != w.id("mallory") || joined.Inviter != w.id("alice") || joined.Channel != w.id("finance-department") || joined.ChannelType != "G" {
		t.Errorf("joined %+v", joined)
	}
	if err := w.api.KickUserFromConversation(w.id("finance-department"), w.id("mallory")); err != nil {
		t.Fatal(err)
	}
	left := next[*slackevents.MemberLeftChannelEvent](w, a)
	if left.User != w.id("mallory") {
		t.Errorf("left %+v", left)
	}
	for _, e := range w.Events(0) {
		if len(e.Deliveries) == 0 {
			t.Errorf("event %d %s has no delivery", e.N, e.Type)
		}
	}
}

func TestSlashCommandIsAnsweredInTheAck(t *testing.T) {
	w := start(t, acme)
	w.connect(func(evt socketmode.Event) any {
		cmd, ok := evt.Data.(slack.SlashCommand)
		if !ok {
			return nil
		}
		return map[string]any{"response_type": "ephemeral", "text": cmd.UserName + " said " + cmd.Command + " " + cmd.Text}
	})
	got := w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "help", Channel: "random"})
	if got.Reply == nil || got.Reply.Text != "bob said /usher help" || !got.Reply.Ephemeral || got.Reply.To[0] != w.id("bob") {
		t.Errorf("reply %+v", got.Reply)
	}
}

func TestHomeButtonOpensAModalThatIsSubmitted(t *testing.T) {
	w := start(t, acme)
	modal := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "ask", PrivateMetadata: "C1",
		Title: slack.NewTextBlockObject("plain_text", "Ask", false, false), Submit: slack.NewTextBlockObject("plain_text", "Send", false, false),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("why", slack.NewTextBlockObject("plain_text", "Why", false, false), nil, slack.NewPlainTextInputBlockElement(nil, "text")),
		}},
	}
	submitted := make(chan slack.View, 1)
	w.connect(func(evt socketmode.Event) any {
		switch data := evt.Data.(type) {
		case slackevents.EventsAPIEvent:
			if opened, ok := data.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
				button := slack.NewButtonBlockElement("ask", "C1", slack.NewTextBlockObject("plain_text", "Ask", false, false))
				home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("row", button)}}}
				if _, err := w.api.PublishView(opened.User, home, ""); err != nil {
					t.Error(err)
				}
			}
		case slack.InteractionCallback:
			switch data.Type {
			case slack.InteractionTypeBlockActions:
				if _, err := w.api.OpenView(data.TriggerID, modal); err != nil {
					t.Error(err)
				}
				if _, err := w.api.OpenView(data.TriggerID, modal); err == nil || err.Error() != "exchanged_trigger_id" {
					t.Errorf("second use of a trigger: %v", err)
				}
			case slack.InteractionTypeViewSubmission:
				if data.View.State.Values["why"]["text"].Value == "because" {
					return slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "Say more."})
				}
				submitted <- data.View
			}
		}
		return nil
	})
	if home := w.act("", slacksim.Act{As: "bob", Do: "open_home"}); len(home.View) == 0 {
		t.Fatal("no home was published")
	}
	if got := w.act("element_not_found", slacksim.Act{As: "carol", Do: "click", ActionID: "ask"}); got.OK {
		t.Error("carol clicked in bob's Home")
	}
	clicked := w.act("", slacksim.Act{As: "bob", Do: "click", ActionID: "ask"})
	if len(clicked.Modal) == 0 {
		t.Fatal("no modal")
	}
	var v slack.View
	decode(t, clicked.Modal, &v)
	values := func(text string) map[string]map[string]any { return map[string]map[string]any{"why": {"text": text}} }
	if got := w.act("invalid_input", slacksim.Act{As: "bob", Do: "submit", ViewID: v.ID, Values: values("")}); got.Errors["why"] == "" {
		t.Errorf("an empty required field: %+v", got)
	}
	if got := w.act("", slacksim.Act{As: "bob", Do: "submit", ViewID: v.ID, Values: values("because")}); got.Errors["why"] != "Say more." {
		t.Errorf("the app's complaint: %+v", got)
	}
	if got := w.act("", slacksim.Act{As: "bob", Do: "submit", ViewID: v.ID, Values: values("because I need it")}); len(got.View) != 0 {
		t.Errorf("the modal stayed open: %s", got.View)
	}
	select {
	case view := <-submitted:
		if view.PrivateMetadata != "C1" || view.CallbackID != "ask" {
			t.Errorf("submitted view %+v", view)
		}
	case <-time.After(time.Minute):
		t.Error("nothing was submitted")
	}
}

// What the app says by the address before it acknowledges is seen as well.
func TestASlashShowsWhatWasSaidBeforeTheAck(t *testing.T) {
	w := start(t, acme)
	w.connect(func(evt socketmode.Event) any {
		cmd, ok := evt.Data.(slack.SlashCommand)
		if !ok {
			return nil
		}
		if err := slack.PostWebhook(cmd.ResponseURL, &slack.WebhookMessage{Text: "a moment"}); err != nil {
			t.Error(err)
		}
		return map[string]any{"text": "done"}
	})
	got := w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Channel: "random"})
	if got.Reply == nil || got.Reply.Text != "done" || len(got.Messages) != 1 || got.Messages[0].Text != "a moment" {
		t.Errorf("reply %+v, messages %+v", got.Reply, got.Messages)
	}
}
