package e2e

import (
	"fmt"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// The last one to leave a user group through Usher leaves what its rule says of
// empty ones, and whoever comes in afterwards brings it back without those who had
// left.
func TestTheLastOneLeavesAndTheNextOneComes(t *testing.T) {
	t.Parallel()
	place := strings.NewReplacer(
		"      - {handle: others, name: Others, members: [mallory]}\n", `      - {handle: reverted, name: Reverted, members: [bob]}
      - {handle: kept, name: Kept, members: [bob]}
      - {handle: held, name: Held, members: [bob]}
      - {handle: stays, name: Stays, members: [bob]}
`, "      - {name: gus, guest: multi}\n", "      - {name: old, email: old@acme.test, deactivated: true}\n",
		"alice, bob, gus, usher", "alice, bob, usher").Replace(rotaTown)
	var rules strings.Builder
	for _, r := range []string{
		"handle: reverted, by_hand: revert, when_empty: disable", "handle: kept, when_empty: disable",
		"handle: held, when_empty: placeholder, placeholder: old@acme.test", "handle: stays",
	} {
		fmt.Fprintf(&rules, "  - {%s, members: [{users: [bob@acme.test]}], join: self, mode: enforce}\n", r)
	}
	w := rotaWorld(t, place, "version: 1\nadmins: [{user: alice@acme.test}]\nusergroups:\n"+rules.String(), unlimited)
	b := w.startWith(w.settings(), bot.Unlimited())
	disabled := func(s slacksim.State, handle string) bool {
		for _, g := range s.Workspaces["T01"].Usergroups {
			if g.Handle == handle {
				return g.DateDelete != 0
			}
		}
		return false
	}
	all := []string{"reverted", "kept", "held", "stays"}
	for _, handle := range all {
		w.slash("bob", "group leave "+handle)
	}
	w.until("bob is out of all but the one that is kept as it is", func(s slacksim.State) bool {
		return disabled(s, "reverted") && disabled(s, "kept") && fmt.Sprint(group(s, "held")) == "[old]" &&
			len(told(s, "bob", "so it is disabled until somebody comes in")) == 2 && len(told(s, "bob", "Nobody would be left in it")) == 1
	})
	if s := w.slack.State(); fmt.Sprint(group(s, "stays")) != "[bob]" || disabled(s, "stays") {
		t.Errorf("the one that is kept as it is: %v", group(s, "stays"))
	}
	w.stop(b)
	w.startWith(w.settings(), bot.Unlimited()) // compares everything with the policy
	for _, handle := range all {
		w.slash("carol", "group join "+handle)
	}
	w.until("carol is in all of them, and bob only where he stayed", func(s slacksim.State) bool {
		return !disabled(s, "reverted") && !disabled(s, "kept") && fmt.Sprint(group(s, "reverted"), group(s, "kept"), group(s, "held"), group(s, "stays")) == "[carol] [carol] [carol] [bob carol]"
	})
	w.slash("bob", "group join kept")
	w.group("kept", "bob", "carol")
	// Disabled by hand, and by_hand: keep: nobody brings it back by joining.
	w.act(slacksim.Act{As: "alice", Do: "disable_usergroup", Usergroup: "kept"})
	w.until("Usher has heard of it", func(slacksim.State) bool {
		return strings.Contains(w.slash("dave", "group join kept"), "is disabled")
	})
}
