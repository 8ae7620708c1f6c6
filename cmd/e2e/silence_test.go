package e2e

import (
	"context"
	"os"
	"path/filepath"
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
	}, zerolog.New(c.log).Level(zerolog.InfoLevel), "test", bot.Through(c.line.dial), bot.ReloadOn(c.reload))
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
