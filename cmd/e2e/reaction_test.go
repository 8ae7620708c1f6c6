package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/cmd/demo"
)

// stage is the demo's Slack with the demo's policy and a bot.
func stage(t *testing.T, change func(*slacksim.Options)) *town {
	t.Helper()
	file, err := slacksim.ParseFile(demo.Workspace())
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(o *slacksim.Options) {
		o.Workspace = file
		if change != nil {
			change(o)
		}
	})
	w.policy(string(demo.Policy()))
	return w
}

// told are the direct messages of Usher's to somebody that hold a text.
func told(s slacksim.State, person, text string) (all []slacksim.Message) {
	for _, m := range s.Workspaces["T01"].Messages {
		if slices.Contains(m.To, user(s, person)) && strings.Contains(m.Text, text) {
			all = append(all, m)
		}
	}
	return all
}

// posted are Usher's messages in a channel.
func posted(s slacksim.State, room string) (all []string) {
	for _, m := range s.Workspaces["T01"].Messages {
		if m.Channel == channel(s, room).ID && m.User == user(s, "usher") && len(m.To) == 0 {
			all = append(all, m.Text)
		}
	}
	return all
}

// shown is as much of a modal as these tests look at.
type shown struct {
	ID         string `json:"id"`
	CallbackID string `json:"callback_id"`
}

func modal(t *testing.T, a slacksim.ActAnswer) (v shown) {
	t.Helper()
	if len(a.Modal) > 0 {
		if err := json.Unmarshal(a.Modal, &v); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func TestAnIncidentChannelIsFurnished(t *testing.T) {
	w := stage(t, nil)
	w.start()
	w.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "inc-42-db"})
	w.within(3*time.Second, "topic, purpose, people, pin, bookmark, announcement and thanks", func(s slacksim.State) bool {
		c := channel(s, "inc-42-db")
		return c.Topic == "Incident 42: say what you know" && strings.Contains(c.Purpose, "42") &&
			in(s, "ivan", "inc-42-db") && in(s, "dave", "inc-42-db") && len(c.Pins) == 1 && len(c.Bookmarks) == 1 &&
			len(posted(s, "new-channels")) == 1 && len(told(s, "bob", "Thanks for opening")) == 1
	})
	s := w.slack.State()
	c := channel(s, "inc-42-db")
	if c.Bookmarks[0].Title != "Runbook" || len(posted(s, "inc-42-db")) != 1 || len(told(s, "bob", "Channels here start")) != 0 {
		t.Errorf("the channel is %+v, with %q", c, posted(s, "inc-42-db"))
	}
	announced := posted(s, "new-channels")[0]
	if !strings.Contains(announced, "<#"+c.ID+">") || !strings.Contains(announced, "<@"+user(s, "bob")+">") {
		t.Errorf("announced %q", announced)
	}
}

func TestABadNameIsProposedAnother(t *testing.T) {
	w := stage(t, nil)
	s := w.settings()
	s.Workspaces[0].AdminToken = config.NewSecret(w.slack.Ready().Workspaces[0].AdminToken)
	w.startWith(s)
	w.act(slacksim.Act{As: "mallory", Do: "create_channel", Name: "random-name"})
	var proposal slacksim.Message
	w.within(3*time.Second, "mallory is told privately", func(s slacksim.State) bool {
		found := told(s, "mallory", "Channels here start")
		if len(found) == 1 {
			proposal = found[0]
		}
		return len(found) == 1
	})
	opened := w.act(slacksim.Act{As: "mallory", Do: "click", ActionID: "rename", Channel: proposal.Channel, TS: proposal.TS})
	window := modal(t, opened)
	if window.CallbackID != "rename" {
		t.Fatalf("the window is %+v", window)
	}
	submit := func(name string) slacksim.ActAnswer {
		return w.slack.Act(t.Context(), slacksim.Act{As: "mallory", Do: "submit", ViewID: window.ID,
			Values: map[string]map[string]any{"name": {"newname": name}}})
	}
	if refused := submit("still-bad"); len(refused.Errors) != 1 {
		t.Errorf("a name that does not fit either: %+v", refused)
	}
	submit("Team Random.Name")
	w.within(3*time.Second, "the channel is renamed, and mallory is told", func(s slacksim.State) bool {
		return channel(s, "team-random-name").ID != "" && channel(s, "random-name").ID == "" && len(told(s, "mallory", "is called")) == 1
	})
	again := w.act(slacksim.Act{As: "mallory", Do: "click", ActionID: "rename", Channel: proposal.Channel, TS: proposal.TS})
	if still := modal(t, again); still.CallbackID == "rename" {
		t.Errorf("the proposal still opens the window: %+v", still)
	}
	if n := len(told(w.slack.State(), "mallory", "Channels here start")); n != 1 {
		t.Errorf("%d proposals", n)
	}
}
