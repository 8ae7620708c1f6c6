package e2e

import (
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// Where the workspace does not let Usher remove anybody, whoever has left a
// coupled group hears once that they are out of its channels, whatever happens
// to the group afterwards.
func TestWhoCannotBeTakenOutOfACoupledChannelHearsItOnce(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, strings.NewReplacer("remove_from_private: everyone", "remove_from_private: admins").Replace(rotaTown), rotaPolicy, unlimited)
	b := w.startWith(w.settings(), bot.Unlimited())
	told := func(s slacksim.State) (n int) {
		for _, text := range private(s, "mallory") {
			if strings.Contains(text, "goes with the user group @oncall") {
				n++
			}
		}
		return n
	}
	w.until("mallory is told", func(s slacksim.State) bool { return told(s) > 0 })
	w.idle(b)
	// Anything about the group has its channels looked at again.
	w.act(slacksim.Act{As: "carol", Do: "join", Channel: "rota"})
	w.group("oncall", "alice", "bob", "carol")
	w.idle(b)
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "rota"})
	w.group("oncall", "alice", "carol")
	w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "oncall", Members: &slacksim.Names{"alice", "carol", "dave"}})
	w.group("oncall", "alice", "carol")
	w.idle(b)
	if n := told(w.slack.State()); n != 1 {
		t.Errorf("told %d times\n%s", n, w.log)
	}
}
