package gateway_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

// stepIn is a step of a reaction as it is carried out.
func (w *world) stepIn(channel, verb, text string) action.Step {
	return action.Step{Channel: w.channel(channel), Reaction: "incidents", Verb: verb, Text: text}
}

func (w *world) room(name string) slacksim.Channel {
	return w.state().Channels[string(w.channel(name))]
}

func TestStepsAreDoneOnce(t *testing.T) {
	w := start(t, acme)
	bookmark := w.stepIn("random", "bookmark", "Runbook")
	bookmark.Link = "https://wiki.acme.test/incidents"
	for _, a := range []action.Step{
		w.stepIn("random", "topic", "Incident 42: &lt;!channel&gt; say what you know"),
		w.stepIn("random", "purpose", "To say what we know"),
		w.stepIn("random", "pin", "Runbook: https://wiki.acme.test/incidents"),
		bookmark,
	} {
		first := w.apply(a)
		if first.Class != gateway.Done {
			t.Fatalf("%s: %+v", a.Verb, first)
		}
		if a.Verb == "pin" {
			pin := a
			pin.Pins, pin.TS = true, first.Value["ts"]
			if r := w.apply(pin); r.Class != gateway.Done {
				t.Fatalf("pin: %+v", r)
			}
			if r := w.apply(pin); r.Class != gateway.Already {
				t.Errorf("pinned twice: %+v", r)
			}
		}
		if r := w.apply(a); r.Class != gateway.Already {
			t.Errorf("%s the second time: %+v", a.Verb, r)
		}
	}
	c := w.room("random")
	if len(c.Pins) != 1 || len(c.Bookmarks) != 1 || !strings.HasPrefix(c.Topic, "Incident 42") || c.Purpose != "To say what we know" {
		t.Errorf("it is %+v", c)
	}
	if strings.Contains(c.Topic, "<!channel>") {
		t.Errorf("the topic calls everybody: %q", c.Topic)
	}
}

func TestMessagesOfSteps(t *testing.T) {
	w := start(t, acme)
	announce := w.stepIn("lobby", "announce", "a new one")
	announce.Into = w.channel("random")
	if r := w.apply(announce); r.Class != gateway.Done || r.Value["ts"] == "" {
		t.Errorf("announce: %+v", r)
	}
	post := w.stepIn("random", "post", "welcome to <#"+string(announce.Channel)+">: https://wiki.acme.test/?a=1&amp;b=2")
	w.fault(slacksim.Fault{Method: "chat.postMessage", Truncate: true, Times: 1})
	half := w.apply(post)
	if half.Class != gateway.Done || half.Unconfirmed || half.Value["ts"] == "" {
		t.Errorf("half an answer, and it is there: %+v", half)
	}
	post.Sent = time.Now()
	if r := w.apply(post); r.Class != gateway.Done || r.Value["ts"] != half.Value["ts"] {
		t.Errorf("it may have been sent, and was: %+v, want %+v", r, half)
	}
	post.Text = "something else"
	if r := w.apply(post); r.Class != gateway.Done || r.Value["ts"] == half.Value["ts"] {
		t.Errorf("it may have been sent, and was not: %+v", r)
	}
	w.fault(slacksim.Fault{Method: "conversations.history", Error: "missing_scope", Times: 2})
	if r := w.apply(post); !r.Unconfirmed || r.Value["ts"] != "" {
		t.Errorf("it may have been sent, and nobody knows: %+v", r)
	}
	w.fault(slacksim.Fault{Method: "chat.postMessage", Truncate: true, Times: 1})
	post.Sent = time.Time{}
	if r := w.apply(post); !r.Unconfirmed || r.Value["ts"] != "" {
		t.Errorf("half an answer, and nobody knows: %+v", r)
	}
	pin := w.stepIn("random", "pin", "")
	pin.Pins = true
	if r := w.apply(pin); r.Class != gateway.Never || r.Sentence == "" {
		t.Errorf("nothing to pin: %+v", r)
	}
	for name, verbs := range map[string][]string{"lobby": {"topic", "bookmark"}, "secret": {"topic", "bookmark", "post", "pin"}} {
		for _, verb := range verbs {
			a := w.stepIn(name, verb, "x")
			a.Link = "https://acme.test"
			if r := w.apply(a); r.Class != gateway.Blocked || r.Sentence == "" {
				t.Errorf("%s in %s, where Usher is not: %+v", verb, name, r)
			}
		}
	}
	if r := w.apply(w.stepIn("attic", "topic", "x")); r.Class != gateway.Never || !strings.Contains(r.Sentence, "archived") {
		t.Errorf("archived: %+v", r)
	}
	if r := w.apply(w.stepIn("random", "dance", "")); r.Class != gateway.Never {
		t.Errorf("an unknown step: %+v", r)
	}
}

func TestArchiveAfterSilence(t *testing.T) {
	w := start(t, acme)
	a := action.Archive{Channel: w.channel("random"), Active: true, Since: time.Now().Add(-time.Hour)}
	w.act(slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "hello"})
	r := w.apply(a)
	spoke, err := time.Parse(time.RFC3339Nano, r.Value["active"])
	if r.Class != gateway.Already || r.Code != "active" || err != nil || time.Since(spoke) > time.Minute {
		t.Fatalf("somebody spoke: %+v", r)
	}
	a.Since = time.Now().Add(time.Minute)
	warn := a
	warn.Warn, warn.Text = true, "soon archived"
	if r := w.apply(warn); r.Class != gateway.Done || r.Value["ts"] == "" {
		t.Errorf("the warning: %+v", r)
	}
	w.fault(slacksim.Fault{Method: "conversations.history", Error: "missing_scope", Times: 1})
	if r := w.apply(a); r.OK() || w.room("random").IsArchived {
		t.Errorf("it cannot be said whether somebody spoke: %+v", r)
	}
	if r := w.apply(a); r.Class != gateway.Done || !w.room("random").IsArchived {
		t.Errorf("silence: %+v", r)
	}
	if r := w.apply(action.Archive{Channel: a.Channel}); r.Class != gateway.Already {
		t.Errorf("twice: %+v", r)
	}
	if r := w.apply(action.Archive{Channel: w.channel("general")}); r.Class != gateway.Never {
		t.Errorf("general: %+v", r)
	}
}

func TestRenameAsWhoMay(t *testing.T) {
	w := start(t, acme)
	a := action.Rename{Channel: w.channel("random"), Name: "team-random"}
	if r := w.apply(a); r.Class != gateway.Done || w.channel("team-random") != a.Channel {
		t.Errorf("with an administrator's token: %+v", r)
	}
	a.Name = "lobby"
	if r := w.apply(a); r.Class != gateway.Never || r.Code != "name_taken" {
		t.Errorf("taken: %+v", r)
	}
	w = start(t, acme, func(_ *slacksim.Options, c *gateway.Config) {
		all := c.Credentials
		c.Credentials = func(id workspace.TeamID) (gateway.Credentials, bool) {
			found, ok := all(id)
			found.Admin = ""
			return found, ok
		}
	})
	if r := w.apply(action.Rename{Channel: w.channel("random"), Name: "team-random"}); r.Class != gateway.Never || r.Code != "not_authorized" || !strings.Contains(r.Sentence, "or an administrator") {
		t.Errorf("without: %+v", r)
	}
}

// An invitation that could not find everybody brings in those it found, and is no
// success.
func TestAnInvitationThatMissesSomebody(t *testing.T) {
	w := start(t, acme)
	for _, a := range []action.Invite{
		{Channel: w.channel("random"), Users: []workspace.UserID{w.user("mallory")}, Missing: "Nobody knows who is in it."},
		{Channel: w.channel("random"), Missing: "Nobody knows who is in it."},
	} {
		if r := w.apply(a); r.Class != gateway.Never || r.Code != "unlisted" || r.Sentence != a.Missing {
			t.Errorf("%v: %+v", a.Users, r)
		}
	}
	if !slices.Contains(w.room("random").Members, string(w.user("mallory"))) {
		t.Error("mallory was not invited")
	}
}
