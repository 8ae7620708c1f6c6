package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
)

// calm is a town in bubbled time: days go by at once, and whatever is due
// meanwhile is done.
type calm struct {
	*testing.T
	slack *slacksim.Server
	x     *exchange
	dir   string
	log   *book

	bot    *bot.Bot
	line   *line
	reload chan struct{}
}

// inCalm runs a test in a town under a policy, with a bot that has read it.
// Rooms are public channels of bob's that have been there for a day.
func inCalm(t *testing.T, policy string, rooms []slacksim.FileChannel, do func(*calm)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		file, err := slacksim.ParseFile([]byte(townFile))
		if err != nil {
			t.Fatal(err)
		}
		file.Workspaces[0].Users = append(file.Workspaces[0].Users, slacksim.FileUser{Name: "robo", Bot: true})
		file.Workspaces[0].Channels = append(file.Workspaces[0].Channels, rooms...)
		c := &calm{T: t, x: newExchange(), dir: dir, log: &book{}}
		m := loadManifest(t)
		if c.slack, err = slacksim.Start(slacksim.Options{Workspace: file, Listener: c.x, BotScopes: m.OAuth.Scopes.Bot}); err != nil {
			t.Fatal(err)
		}
		pass(24 * time.Hour)
		c.policy(policy)
		c.start()
		do(c)
		c.stop()
		if err := c.slack.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (c *calm) policy(text string) {
	path := filepath.Join(c.dir, "policy.yaml")
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		c.Fatal(err)
	}
	if c.reload != nil {
		c.reload <- struct{}{}
		c.pass(time.Minute)
	}
}

func (c *calm) start() {
	ready := c.slack.Ready()
	c.line, c.reload = newLine(c.x, func() {}, func() {}), make(chan struct{}, 1)
	b, err := bot.Open(context.Background(), config.Settings{
		AppToken: config.NewSecret(ready.Workspaces[0].AppToken), APIURL: ready.APIURL, Policy: filepath.Join(c.dir, "policy.yaml"),
		DB: config.NewSecret(filepath.Join(c.dir, "usher.db")), Command: "/usher", Sockets: 1, Replan: time.Hour,
		Workspaces: []config.Workspace{{BotToken: config.NewSecret(ready.Workspaces[0].BotToken)}},
	}, zerolog.New(c.log).Level(zerolog.InfoLevel), "test", bot.Through(c.line.dial), bot.ReloadOn(c.reload), bot.Unwatched())
	if err != nil {
		c.Fatal(err)
	}
	c.bot = b
	if err := b.Start(context.Background()); err != nil {
		c.Fatal(err)
	}
	c.pass(time.Minute)
}

func (c *calm) stop() {
	if err := c.bot.Stop(); err != nil {
		c.Error(err)
	}
	c.line.kill()
	c.line.cut()
	c.reload = nil
}

// pass lets time go by, and what was due in it be done.
func (c *calm) pass(long time.Duration) {
	pass(long)
	synctest.Wait()
}

func (c *calm) act(a slacksim.Act) slacksim.ActAnswer {
	c.Helper()
	answer := c.slack.Act(c.Context(), a)
	if !answer.OK {
		c.Fatalf("%s as %s: %s %s\nlog:\n%s", a.Do, a.As, answer.Error, answer.Detail, c.log)
	}
	return answer
}

func (c *calm) create(as string, names ...string) {
	c.Helper()
	for _, name := range names {
		c.act(slacksim.Act{As: as, Do: "create_channel", Name: name})
	}
}

// said are Usher's messages in a channel.
func (c *calm) said(room string) []string { return posted(c.slack.State(), room) }

const openingPolicy = `
version: 1
reactions:
  - name: opening
    on: [converted]
    channels: [room-.*]
    do: [join, {post: "Seen"}]
    mode: enforce
`

// No event says that a channel was made private or public; it is noticed within
// seconds, once, and also where Usher could not see the channel before.
func TestConversionsAreNoticed(t *testing.T) {
	t.Parallel()
	inCalm(t, openingPolicy, []slacksim.FileChannel{
		{Name: "room-open", Creator: "alice", Members: []string{"alice", "usher"}},
		{Name: "room-shut", Creator: "alice", Private: true, Members: []string{"alice", "usher"}},
		{Name: "room-unseen", Creator: "alice", Private: true, Members: []string{"alice"}},
		{Name: "room-same", Creator: "alice", Members: []string{"alice", "usher"}},
	}, func(c *calm) {
		c.act(slacksim.Act{As: "alice", Do: "convert_private", Channel: "room-open"})
		c.act(slacksim.Act{As: "alice", Do: "convert_public", Channel: "room-shut"})
		c.act(slacksim.Act{As: "alice", Do: "convert_public", Channel: "room-unseen"})
		c.create("alice", "room-new")
		c.pass(30 * time.Second)
		is := func(when string, want ...int) {
			t.Helper()
			for i, name := range []string{"room-open", "room-shut", "room-unseen", "room-same", "room-new"} {
				if n := len(c.said(name)); n != want[i] {
					t.Errorf("%s, #%s was seen %d times, want %d\n%s", when, name, n, want[i], c.log)
				}
			}
		}
		is("half a minute later", 1, 1, 1, 0, 0)
		c.stop()
		c.start()
		c.pass(2 * time.Hour)
		is("hours later, and after a restart", 1, 1, 1, 0, 0)
		c.act(slacksim.Act{As: "alice", Do: "convert_public", Channel: "room-open"})
		c.pass(30 * time.Second)
		is("back again", 2, 1, 1, 0, 0)
		lists := 0
		for _, call := range c.slack.Calls(0) {
			if call.Method == "conversations.list" && call.At.After(time.Now().Add(-time.Hour)) {
				lists++
			}
		}
		if lists < 200 || lists > 4*60+10 {
			t.Errorf("%d times was the list of channels read in an hour", lists)
		}
	})
}

const silencePolicy = `
version: 1
admins: [{user: alice@acme.test}]
reactions:
  - name: short
    on: [created, renamed]
    channels: [short-.*]
    do:
      - join
      - post: "Hello"
      - archive: {after: 12h, warn: 2h, unless_active: true}
    mode: enforce
`

// warned reports whether a warning stands in a channel, and is its message.
func (c *calm) warned(room string) (warning slacksim.Message, n int) {
	s := c.slack.State()
	for _, m := range s.Workspaces["T01"].Messages {
		if m.Channel == channel(s, room).ID && m.User == user(s, "usher") && strings.Contains(m.Text, "Keep it") {
			warning, n = m, n+1
		}
	}
	return warning, n
}

func (c *calm) archived(room string) bool { return channel(c.slack.State(), room).IsArchived }

// stand checks how often rooms were warned of, and whether they are archived.
func (c *calm) stand(when, room string, warnings int, archived bool) {
	c.Helper()
	if _, n := c.warned(room); n != warnings || c.archived(room) != archived {
		c.Errorf("%s, #%s has %d warnings and is archived: %t; want %d and %t; in it stands %q", when, room, n, c.archived(room), warnings, archived, c.said(room))
	}
}

func TestASilentChannelIsArchivedUnlessSomebodySpeaks(t *testing.T) {
	t.Parallel()
	inCalm(t, silencePolicy, nil, func(c *calm) {
		c.create("bob", "short-gone", "short-kept", "short-loud", "short-thread", "short-app")
		old := c.act(slacksim.Act{As: "bob", Do: "post", Channel: "short-thread", Text: "what do you think?"})
		c.act(slacksim.Act{As: "bob", Do: "invite", Channel: "short-app", Users: slacksim.Names{"robo"}})
		c.pass(9 * time.Hour)
		c.act(slacksim.Act{As: "robo", Do: "post", Channel: "short-app", Text: "all is well"})
		c.act(slacksim.Act{As: "bob", Do: "post", Channel: "short-thread", Text: "a lot", ThreadTS: old.TS})
		c.pass(90 * time.Minute) // ten and a half hours
		for room, n := range map[string]int{"short-gone": 1, "short-kept": 1, "short-loud": 1, "short-thread": 0, "short-app": 0} {
			c.stand("at the warning", room, n, false)
		}
		warning, _ := c.warned("short-kept")
		c.slack.Act(c.Context(), slacksim.Act{As: "carol", Do: "click", ActionID: "keep", Channel: warning.Channel, TS: warning.TS})
		if _, n := c.warned("short-kept"); n != 1 {
			t.Error("carol, who is not in the channel, has it kept")
		}
		c.act(slacksim.Act{As: "bob", Do: "click", ActionID: "keep", Channel: warning.Channel, TS: warning.TS})
		c.act(slacksim.Act{As: "bob", Do: "post", Channel: "short-loud", Text: "wait"})
		c.pass(3 * time.Hour) // thirteen and a half
		for room, n := range map[string]int{"short-kept": 0, "short-loud": 1, "short-thread": 0, "short-app": 0} {
			c.stand("past the end of the silence", room, n, false)
		}
		c.stand("past the end of the silence", "short-gone", 1, true)
		if texts := c.said("short-kept"); !strings.Contains(texts[len(texts)-1], "keeps this channel") {
			t.Errorf("in #short-kept stands %q", texts)
		}
		c.pass(6 * time.Hour) // nineteen and a half: the reply and the app spoke at nine
		for _, room := range []string{"short-thread", "short-app"} {
			c.stand("ten hours after it was spoken in", room, 1, false)
		}
		c.pass(8 * time.Hour)
		for room, n := range map[string]int{"short-kept": 1, "short-loud": 2, "short-thread": 1, "short-app": 1} {
			c.stand("after another silence", room, n, true)
		}
	})
}

// Whatever becomes of a channel, of the policy or of Usher before the silence is
// over is looked at when it is.
func TestWhatChangesDuringASilence(t *testing.T) {
	t.Parallel()
	inCalm(t, silencePolicy, nil, func(c *calm) {
		c.create("bob", "short-archived", "short-renamed", "short-back", "short-down", "short-long")
		c.pass(5 * time.Hour)
		c.act(slacksim.Act{As: "bob", Do: "archive", Channel: "short-archived"})
		c.act(slacksim.Act{As: "bob", Do: "rename", Channel: "short-renamed", Name: "team-renamed"})
		c.act(slacksim.Act{As: "bob", Do: "rename", Channel: "short-back", Name: "team-back"})
		c.pass(time.Hour)
		c.act(slacksim.Act{As: "bob", Do: "rename", Channel: "team-back", Name: "short-back"})
		c.pass(3 * time.Hour) // nine
		c.stop()
		c.pass(30 * time.Minute)
		c.start()
		c.pass(time.Hour) // ten and a half: whom it was silent for ten hours are warned
		c.stand("at the warning", "short-archived", 0, true)
		c.stand("at the warning", "team-renamed", 0, false)
		c.stand("at the warning", "short-back", 0, false) // renamed back at six
		c.stand("at the warning, after a restart", "short-down", 1, false)
		c.stand("at the warning, after a restart", "short-long", 1, false)
		c.policy(strings.Replace(silencePolicy, "after: 12h", "after: 20h", 1))
		c.pass(4 * time.Hour)
		for _, room := range []string{"short-down", "short-long"} {
			c.stand("past the end by the policy that was", room, 1, false)
		}
		c.pass(4 * time.Hour) // eighteen and a half
		c.stand("at the warning by the policy that is", "short-long", 2, false)
		c.stop()
		c.pass(24 * time.Hour) // past the end, and nobody there
		c.stand("while Usher is down", "short-long", 2, false)
		c.start()
		c.stand("after it", "short-long", 2, true)
		c.stand("after it", "short-down", 2, true)
		c.stand("after it", "team-renamed", 0, false)
		c.pass(time.Hour)
		c.policy("version: 1\n")
		c.pass(48 * time.Hour)
		c.stand("out of the policy", "short-back", 1, false)
		archives := 0
		for _, call := range c.slack.Calls(0) {
			if call.Method == "conversations.archive" {
				archives++
			}
		}
		if archives != 2 {
			t.Errorf("%d times was Slack asked to archive, want 2", archives)
		}
		if texts := told(c.slack.State(), "alice", "could not be done"); len(texts) > 0 {
			t.Errorf("alice is told of what is no mistake: %+v", texts)
		}
	})
}
