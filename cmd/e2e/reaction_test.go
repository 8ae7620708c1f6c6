package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/bot"
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
	w.promptly("topic, purpose, people, pin, bookmark, announcement and thanks", func(s slacksim.State) bool {
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
	w.promptly("mallory is told privately", func(s slacksim.State) bool {
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
	w.promptly("the channel is renamed, and mallory is told", func(s slacksim.State) bool {
		return channel(s, "team-random-name").ID != "" && channel(s, "random-name").ID == "" && len(told(s, "mallory", "is called")) == 1
	})
	w.heard("event:channel_rename")
	again := w.act(slacksim.Act{As: "mallory", Do: "click", ActionID: "rename", Channel: proposal.Channel, TS: proposal.TS})
	if still := modal(t, again); still.CallbackID == "rename" {
		t.Errorf("the proposal still opens the window: %+v", still)
	}
	if n := len(told(w.slack.State(), "mallory", "Channels here start")); n != 1 {
		t.Errorf("%d proposals", n)
	}
}

// What a rule about names tells has the button too. Slack lets only creators and
// administrators rename: without the token of one, whoever asked is told how.
func TestANameIsProposedWithoutAnAdministratorsToken(t *testing.T) {
	t.Parallel()
	w := quick(t)
	w.policy(`
version: 1
reactions:
  - name: naming
    on: [created, renamed]
    channels: [.*]
    but_not: [(team|proj|inc|help)-.*, general, random]
    do: [{tell_creator: "Channels here start with team-, proj-, inc- or help-."}]
    mode: enforce
`)
	w.start()
	w.create("mallory", "lobby-2")
	var proposal slacksim.Message
	w.until("mallory is told privately", func(s slacksim.State) bool {
		found := told(s, "mallory", "Channels here start")
		if len(found) == 1 {
			proposal = found[0]
		}
		return len(found) == 1
	})
	window := modal(t, w.act(slacksim.Act{As: "mallory", Do: "click", ActionID: "rename", Channel: proposal.Channel, TS: proposal.TS}))
	w.act(slacksim.Act{As: "mallory", Do: "submit", ViewID: window.ID, Values: map[string]map[string]any{"name": {"newname": "team-lobby"}}})
	w.until("mallory is told why not, and how", func(s slacksim.State) bool {
		return len(told(s, "mallory", "Slack lets only whoever created a channel")) == 1 && len(told(s, "mallory", "name it `team-lobby`")) == 1
	})
	w.act(slacksim.Act{As: "mallory", Do: "rename", Channel: "lobby-2", Name: "team-lobby"})
	w.heard("event:channel_rename")
	again := w.act(slacksim.Act{As: "mallory", Do: "click", ActionID: "rename", Channel: proposal.Channel, TS: proposal.TS})
	if still := modal(t, again); still.CallbackID == "rename" {
		t.Errorf("the proposal still opens the window: %+v", still)
	}
}

const quickPolicy = `
version: 1
admins: [{user: alice@acme.test}]
brakes: {reactions: 3}
reactions:
  - name: rooms
    on: [created, unarchived, converted]
    channels: [room-.*]
    do:
      - join
      - topic: "A room of {{.Creator}}"
      - post: "Welcome, {{.Actor}}"
    mode: enforce
  - name: trial
    on: [created]
    channels: [trial-.*]
    do: [join, {post: "never said"}]
`

// quick is a town under that policy, with channels that bob created long ago:
// of these there are no events that may still be on their way.
func quick(t *testing.T, rooms ...string) *town {
	t.Helper()
	w := newTown(t, func(o *slacksim.Options) {
		for _, name := range rooms {
			o.Workspace.Workspaces[0].Channels = append(o.Workspace.Workspaces[0].Channels,
				slacksim.FileChannel{Name: name, Creator: "bob", Members: []string{"bob"}})
		}
	})
	w.policy(quickPolicy)
	return w
}

func (w *town) create(as string, names ...string) {
	w.Helper()
	for _, name := range names {
		w.act(slacksim.Act{As: as, Do: "create_channel", Name: name})
	}
}

func TestTooManyChannelsWaitForAPerson(t *testing.T) {
	t.Parallel()
	w := quick(t)
	w.start()
	w.create("bob", "room-1", "room-2", "room-3", "room-4", "trial-1")
	welcomed := func(s slacksim.State) (n int) {
		for _, name := range []string{"room-1", "room-2", "room-3", "room-4"} {
			n += len(posted(s, name))
		}
		return n
	}
	w.act(slacksim.Act{As: "alice", Do: "open_home"})
	var notice slacksim.Message
	w.until("three are done, and an administrator knows of the fourth", func(s slacksim.State) bool {
		all := told(s, "alice", "“rooms” would touch more than 3 channels")
		if len(all) == 1 {
			notice = all[0]
		}
		return welcomed(s) == 3 && len(all) == 1 && strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "alice")]), "Waiting for you")
	})
	if in(w.slack.State(), "usher", "trial-1") {
		t.Error("Usher is in a channel that a trial is about")
	}
	client := bot.Dial(w.settings().Control)
	plan, err := client.Plan(t.Context(), "")
	held := slices.DeleteFunc(plan.Pending, func(p bot.Pending) bool { return !p.Held }) // others may still be under way
	if err != nil || len(held) != 1 || held[0].Reaction != "rooms" || len(held[0].Steps) != 3 {
		t.Errorf("the plan shows of held reactions: %+v, %v", held, err)
	}
	// Released in Slack, by somebody who may and has seen all of it.
	look := slacksim.Act{As: "alice", Do: "click", ActionID: "held_look", Channel: notice.Channel, TS: notice.TS}
	opened := modal(t, w.act(look))
	w.create("bob", "room-5")
	w.until("a fifth waits too", func(slacksim.State) bool {
		plan, err := client.Plan(t.Context(), "")
		return err == nil && len(slices.DeleteFunc(plan.Pending, func(p bot.Pending) bool { return !p.Held })) == 2
	})
	w.act(slacksim.Act{As: "alice", Do: "click", ActionID: "held_release", ViewID: opened.ID})
	if s := w.slack.State(); welcomed(s) != 3 || len(posted(s, "room-5")) != 0 {
		t.Error("what nobody saw was released")
	}
	opened = modal(t, w.act(look))
	w.act(slacksim.Act{As: "alice", Do: "click", ActionID: "held_release", ViewID: opened.ID})
	w.until("the fourth and the fifth are done, and nothing waits on the Home", func(s slacksim.State) bool {
		return welcomed(s) == 4 && len(posted(s, "room-5")) == 1 && !strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "alice")]), "Waiting for you")
	})
	if n := len(told(w.slack.State(), "alice", "“rooms” would touch")); n != 1 {
		t.Errorf("alice was told %d times", n)
	}
	// The same from the machine: one more is dropped, another one released.
	for name, drop := range map[string]bool{"room-6": true, "room-7": false} {
		w.create("bob", name)
		var said bot.Ordered
		w.until(name+" waits", func(slacksim.State) bool {
			var err error
			said, err = client.HeldReaction(t.Context(), "", "rooms", drop)
			return err == nil
		})
		if want := map[bool]string{true: "Discarded: what waited in 1 channel is not done.", false: "Released: what waited in 1 channel is done now."}[drop]; said.Text != want {
			t.Errorf("said %q, want %q", said.Text, want)
		}
	}
	w.until("what was released is done", func(s slacksim.State) bool { return len(posted(s, "room-7")) == 1 })
	if len(posted(w.slack.State(), "room-6")) != 0 {
		t.Error("what was dropped is done")
	}
	if _, err := client.HeldReaction(t.Context(), "", "rooms", false); err == nil || !strings.Contains(err.Error(), "nothing waits") {
		t.Errorf("released twice: %v", err)
	}
	if s := w.slack.State(); in(s, "usher", "trial-1") {
		t.Error("what only reports was done")
	}
}

func TestAPrivateChannelIsCreatedWhenUsherIsInvited(t *testing.T) {
	t.Parallel()
	w := quick(t)
	w.start()
	w.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "room-private", Private: true})
	w.act(slacksim.Act{As: "bob", Do: "invite", Channel: "room-private", Users: slacksim.Names{"usher"}})
	furnished := func(s slacksim.State) bool {
		return channel(s, "room-private").Topic == "A room of Bob Roe" && len(posted(s, "room-private")) == 1
	}
	w.until("it is furnished", furnished)
	w.act(slacksim.Act{As: "bob", Do: "kick", Channel: "room-private", Users: slacksim.Names{"usher"}})
	w.act(slacksim.Act{As: "bob", Do: "invite", Channel: "room-private", Users: slacksim.Names{"usher"}})
	w.create("bob", "room-later")
	w.until("what came later is done", func(s slacksim.State) bool { return len(posted(s, "room-later")) == 1 })
	if !furnished(w.slack.State()) {
		t.Errorf("it was furnished again: %q", posted(w.slack.State(), "room-private"))
	}
}

func TestReactionsByHand(t *testing.T) {
	t.Parallel()
	w := quick(t, "room-old", "room-older", "plain")
	w.start()
	client := bot.Dial(w.settings().Control)
	ask := bot.ReactionRun{Channels: []string{"room-*", "plain"}}
	plan, err := client.Reactions(t.Context(), ask)
	if err != nil || plan.Channels != 2 || plan.Actions != 6 || len(plan.Reactions) != 2 {
		t.Fatalf("the plan is %+v, %v", plan, err)
	}
	if s := w.slack.State(); len(posted(s, "room-old"))+len(posted(s, "room-older")) != 0 || in(s, "usher", "room-old") {
		t.Error("the plan did something")
	}
	ask.Hash = "other"
	if _, err := client.RunReactions(t.Context(), ask); err == nil {
		t.Error("something was done that nobody saw")
	}
	ask.Hash = plan.Hash
	if _, err := client.RunReactions(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	w.until("both are furnished", func(s slacksim.State) bool {
		return len(posted(s, "room-old")) == 1 && len(posted(s, "room-older")) == 1
	})
	if _, err := client.Reactions(t.Context(), bot.ReactionRun{Channels: []string{"nowhere"}}); err == nil {
		t.Error("a channel that is not there")
	}
	w.act(slacksim.Act{As: "bob", Do: "archive", Channel: "room-old"})
	w.until("an archived channel is meant by its name, and not by a pattern", func(slacksim.State) bool {
		byName, err := client.Reactions(t.Context(), bot.ReactionRun{Channels: []string{"room-old"}})
		byPattern, failed := client.Reactions(t.Context(), bot.ReactionRun{Channels: []string{"room-*"}})
		return err == nil && failed == nil && len(byName.Reactions) == 1 && len(byName.Reactions[0].Skips) == 3 && byPattern.Channels == 1
	})
}

// A channel that was created, or Usher added to, while nobody listened is made
// up for at the next start. What was done before is not done again, and what was
// there before Usher came is nothing new.
func TestMissedCreationsAreMadeUpFor(t *testing.T) {
	t.Parallel()
	w := quick(t, "room-there")
	_, stop := w.start()
	w.create("bob", "room-before")
	w.until("the first is done", func(s slacksim.State) bool { return len(posted(s, "room-before")) == 1 })
	stop()
	w.create("bob", "room-missed")
	w.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "room-private", Private: true})
	w.act(slacksim.Act{As: "bob", Do: "invite", Channel: "room-private", Users: slacksim.Names{"usher"}})
	given := w.slack.Sockets().Expired
	w.until("Slack has given the events up", func(slacksim.State) bool { return w.slack.Sockets().Expired >= given+2 })
	for range 2 {
		_, stop = w.start()
		w.until("those that were missed are done", func(s slacksim.State) bool {
			return len(posted(s, "room-missed")) == 1 && len(posted(s, "room-private")) == 1
		})
		stop()
	}
	s := w.slack.State()
	for room, n := range map[string]int{"room-there": 0, "room-before": 1, "room-missed": 1, "room-private": 1} {
		if got := len(posted(s, room)); got != n {
			t.Errorf("#%s was welcomed %d times, want %d", room, got, n)
		}
	}
}

func TestAConvertedChannel(t *testing.T) {
	t.Parallel()
	w := quick(t)
	_, stop := w.start()
	w.create("bob", "room-open")
	w.until("it is welcomed", func(s slacksim.State) bool { return len(posted(s, "room-open")) == 1 })
	stop()
	w.act(slacksim.Act{As: "bob", Do: "convert_private", Channel: "room-open"})
	w.start()
	w.until("it is welcomed as a private one", func(s slacksim.State) bool { return len(posted(s, "room-open")) == 2 })
}

const furnishPolicy = `
version: 1
reactions:
  - name: rooms
    on: [created]
    channels: [room-.*]
    do:
      - join
      - topic: "A room"
      - pin: "Read this"
      - bookmark: {title: Wiki, link: "https://wiki.acme.test/"}
      - announce: {to: "#general", text: "{{.Channel}} is new"}
    mode: enforce
`

// Killed in the middle of a reaction, and started again: the rest is done, and
// nothing twice.
func TestKilledInTheMiddleOfAReaction(t *testing.T) {
	t.Parallel()
	for stuck, fault := range map[string]map[string]any{
		"conversations.setTopic": {"status": 503}, "pins.add": {"status": 503}, "bookmarks.add": {"status": 503},
		"chat.postMessage": {"delay": "3s", "times": 1}, // nobody knows whether it was posted
	} {
		t.Run(stuck, func(t *testing.T) {
			t.Parallel()
			d := newDistant(t)
			if err := os.WriteFile(filepath.Join(d.dir, "policy.yaml"), []byte(furnishPolicy), 0o600); err != nil {
				t.Fatal(err)
			}
			b := d.bot()
			fault["method"] = stuck
			d.fault(fault)
			d.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "room-1"})
			d.until("it was tried", b, func() bool {
				_, failed := d.calls(stuck)
				looked, _ := d.calls("pins.list") // the last before the message goes out
				return failed > 0 || stuck == "chat.postMessage" && looked > 0
			})
			b.kill()
			d.fault(map[string]any{"clear": true})
			b = d.bot()
			d.until("everything is done", b, func() bool {
				s := d.state()
				c := channel(s, "room-1")
				return c.Topic == "A room" && len(c.Pins) == 1 && len(c.Bookmarks) == 1 && len(posted(s, "general")) == 1
			})
			b.interrupt()
			s := d.state()
			if c := channel(s, "room-1"); len(c.Pins) != 1 || len(c.Bookmarks) != 1 || len(posted(s, "room-1")) != 1 || len(posted(s, "general")) != 1 {
				t.Errorf("the channel is %+v; in it stands %q, elsewhere %q", c, posted(s, "room-1"), posted(s, "general"))
			}
		})
	}
}

// Renamed twice in a second, a channel is furnished by what it is called in the
// end; what is there already is not put there again.
func TestRenamedTwiceInASecond(t *testing.T) {
	t.Parallel()
	w := stage(t, nil)
	w.start()
	w.create("bob", "inc-42-db")
	w.act(slacksim.Act{As: "bob", Do: "rename", Channel: "inc-42-db", Name: "inc-43-db"})
	w.act(slacksim.Act{As: "bob", Do: "rename", Channel: "inc-43-db", Name: "inc-44-db"})
	w.until("it is furnished by its last name, and its creator thanked", func(s slacksim.State) bool {
		c := channel(s, "inc-44-db")
		return c.Topic == "Incident 44: say what you know" && strings.Contains(c.Purpose, "incident 44") && len(c.Bookmarks) > 0 && len(told(s, "bob", "Thanks")) > 0
	})
	if c := channel(w.slack.State(), "inc-44-db"); len(c.Pins) != 1 || len(c.Bookmarks) != 1 {
		t.Errorf("it is %+v", c)
	}
}
