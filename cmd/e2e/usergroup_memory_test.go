package e2e

import (
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/bot/store/pgtest"
)

const memoryPolicy = `
version: 1
admins: [{user: alice@acme.test}]
usergroups:
  - handle: oncall
    members: [{channel: rota}]
    coupled: true
    mode: enforce
  - handle: others
    members: [{users: [alice@acme.test]}]
    by_hand: revert
    join: self
    mode: enforce
`

// What Usher has to know about user groups outlasts it, on both engines: who was
// in a coupled group, who let themselves in, and who let themselves out. What
// people did meanwhile is told from that.
func TestWhatIsRememberedOfGroups(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return pgtest.Own(t).URL() },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := rotaWorld(t, rotaTown, memoryPolicy, unlimited)
			s := w.settings()
			if db := url(t); db != "" {
				s.DB = config.NewSecret(db)
			}
			b := w.startWith(s, bot.Unlimited())
			w.group("oncall", "alice", "bob", "mallory")
			w.group("others", "alice")
			w.slash("carol", "group join others")
			w.slash("dave", "group join others")
			w.group("others", "alice", "carol", "dave")
			w.slash("alice", "group leave others")
			w.group("others", "carol", "dave")
			w.until("bob is in the default channel", func(s slacksim.State) bool { return in(s, "bob", "war-room") })
			w.stop(b)

			since := w.lastCall()
			w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "oncall", Members: &slacksim.Names{"alice", "bob"}})
			w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "others", Members: &slacksim.Names{"alice", "bob", "carol"}})
			b = w.startWith(s, bot.Unlimited())
			w.until("mallory, who has left the group, is out of its default channel, and knows why", func(s slacksim.State) bool {
				told := private(s, "mallory")
				return !in(s, "mallory", "war-room") && slices.ContainsFunc(told, func(text string) bool { return strings.Contains(text, "goes with the user group @oncall") })
			})
			w.group("others", "carol", "dave")
			if st := w.slack.State(); !in(st, "bob", "war-room") || !in(st, "alice", "war-room") {
				t.Error("somebody who is in the group is out of its default channel")
			}
			if n := w.calls("conversations.kick", since); n != 1 {
				t.Errorf("%d removals", n)
			}
			w.until("Usher has heard that mallory is out", func(slacksim.State) bool {
				return strings.Contains(w.log.String(), `"event:member_left_channel"`)
			})
			w.idle(b)
			// Somebody who comes back by themselves is let be: only leaving the group takes them out.
			w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "war-room", Users: slacksim.Names{"mallory"}})
			w.act(slacksim.Act{As: "carol", Do: "join", Channel: "rota"})
			w.group("oncall", "alice", "bob", "carol")
			if !in(w.slack.State(), "mallory", "war-room") {
				t.Errorf("mallory was taken out again\nlog:\n%s", w.log)
			}
		})
	}
}
