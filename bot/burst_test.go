package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/fx"

	"usher/bot/config"
	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
	"usher/bot/store"
)

const burstPolicy = `
version: 1
brakes: {reactions: 1000}
reactions:
  - name: incidents
    on: [created]
    channels: ['inc-(?P<number>[0-9]+)-.*']
    do:
      - join
      - topic: "Incident {{.Match.number}}"
      - invite: [{usergroup: commanders}]
      - pin: "Runbook of {{.Match.number}}"
      - bookmark: {title: Runbook, link: "https://wiki.acme.test/{{.Match.number}}"}
      - announce: {to: "#new-channels", text: "{{.Channel}} is new"}
      - tell_creator: "Thanks for {{.Channel}}"
    mode: enforce
`

const burstFile = `
workspaces:
  - id: T01
    name: acme
    users: [{name: alice}, {name: bob}, {name: carol}]
    channels: [{name: general, general: true}, {name: new-channels, members: [alice, usher]}]
    usergroups: [{handle: commanders, name: Commanders, members: [bob, carol]}]
`

// furnishing are the calls that one channel takes, in their order; the one
// without a channel of its own is left out.
var furnishing = []string{
	"conversations.join", "conversations.info", "conversations.setTopic", "conversations.invite", "pins.list",
	"chat.postMessage", "pins.add", "bookmarks.list", "bookmarks.add",
}

// Two hundred channels are created within a second, and some of the news comes
// twice: every step is done once, in its order.
func TestABurstOfChannels(t *testing.T) {
	const channels = 200
	file, err := slacksim.ParseFile([]byte(burstFile))
	if err != nil {
		t.Fatal(err)
	}
	slack, err := slacksim.Start(slacksim.Options{Workspace: file, NoRateLimits: true, RetryScale: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := slack.Close(); err != nil {
			t.Error(err)
		}
	}()
	_, settings := town(t)
	ready := slack.Ready()
	settings.APIURL, settings.AppToken = ready.APIURL, config.NewSecret(ready.Workspaces[0].AppToken)
	settings.Workspaces[0].BotToken = config.NewSecret(ready.Workspaces[0].BotToken)
	writePolicy(t, settings.Policy, burstPolicy)
	b, err := open(t.Context(), settings, zerolog.Nop(), "test", fx.Decorate(func(w *workspaces, l *late, db *store.Store) *gateway.Gateway {
		return gateway.New(gateway.Config{
			APIURL: settings.APIURL, AppToken: settings.AppToken.Reveal(), Credentials: w.credentials, Render: l, Homes: db, Unlimited: true,
		})
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, slack, "the bot is ready", func(slacksim.State) bool {
		ok, _ := b.Look(t.Context())
		return ok && slack.Sockets().Open == 2
	})
	if err := slack.Fault(slacksim.Fault{Wire: wire.Fault{Envelopes: "duplicate", Times: 50}}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := range channels {
		if a := slack.Act(t.Context(), slacksim.Act{As: "alice", Do: "create_channel", Name: fmt.Sprintf("inc-%d-x", i)}); !a.OK {
			t.Fatalf("create: %s", a.Error)
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Logf("creating took %s", took)
	}
	until(t, slack, "every channel is furnished", func(s slacksim.State) bool {
		done := 0
		for _, c := range s.Workspaces["T01"].Channels {
			if strings.HasPrefix(c.Name, "inc-") && c.Topic != "" && len(c.Pins) > 0 && len(c.Bookmarks) > 0 && len(c.Members) == 4 {
				done++
			}
		}
		told := 0
		for _, m := range s.Workspaces["T01"].Messages {
			if strings.HasPrefix(m.Text, "Thanks for") {
				told++
			}
		}
		return done == channels && told >= channels
	})
	t.Logf("furnished after %s", time.Since(began))
	inOrder(t, slack, channels)
}

func inOrder(t *testing.T, slack *slacksim.Server, channels int) {
	t.Helper()
	made, elsewhere := map[string][]string{}, 0
	rooms := slack.State().Workspaces["T01"].Channels
	for _, c := range slack.Calls(0) {
		id, _ := c.Args["channel"].(string)
		if id == "" {
			id, _ = c.Args["channel_id"].(string)
		}
		room := rooms[id]
		switch {
		case c.Method == "chat.postMessage" && !strings.HasPrefix(room.Name, "inc-"):
			elsewhere++
		case strings.HasPrefix(room.Name, "inc-") && slices.Contains(furnishing, c.Method):
			made[id] = append(made[id], c.Method)
		}
	}
	if elsewhere != 2*channels {
		t.Errorf("%d announcements and thanks, want one each for %d channels", elsewhere, channels)
	}
	for id, methods := range made {
		// Usher looks at a channel it has come into, beside the steps.
		own := slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == "conversations.info" })
		want := slices.DeleteFunc(slices.Clone(furnishing), func(m string) bool { return m == "conversations.info" })
		if !slices.Equal(own, want) {
			t.Errorf("%s: %v, want %v", rooms[id].Name, own, want)
		}
	}
	if len(made) != channels {
		t.Errorf("%d channels, want %d", len(made), channels)
	}
}

// until waits for a state of the local Slack.
func until(t *testing.T, slack *slacksim.Server, what string, is func(slacksim.State) bool) {
	t.Helper()
	end := time.NewTimer(10 * time.Minute) // a race detector on a busy machine
	defer end.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is(slack.State()) {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("it did not come about that %s", what)
		}
	}
}
