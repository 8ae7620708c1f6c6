package e2e

import (
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

const titledTown = `
seed: 7
workspaces:
  - id: T01
    name: acme
    preferences: {remove_from_public: everyone, remove_from_private: everyone, edit_usergroups: everyone}
    users:
      - {name: alice, email: alice@acme.test, admin: true}
      - {name: bob, email: bob@acme.test, title: oncall}
      - {name: carol, email: carol@acme.test, title: oncall}
      - {name: dave, email: dave@acme.test}
    channels:
      - {name: general, general: true}
      - {name: war-room, members: [alice, usher]}
    usergroups:
      - {handle: oncall, name: On call, members: [bob], channels: [war-room]}
`

// A group that nobody belonged to for a while comes back with those who belong
// to it by then, in its default channels too; those who went when it was
// disabled are told of that once.
func TestADisabledGroupComesBack(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, titledTown, `
version: 1
usergroups:
  - {handle: oncall, members: [{where: 'user.title == "oncall"'}], channels: [war-room], by_hand: revert, when_empty: disable, mode: enforce}
`, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "bob", "carol")
	entitle := func(title string, people ...string) {
		for _, p := range people {
			w.act(slacksim.Act{Do: "set_profile", User: p, Title: &title})
		}
	}
	entitle("", "bob", "carol")
	disabled := func(s slacksim.State) bool {
		for _, g := range s.Workspaces["T01"].Usergroups {
			if g.Handle == "oncall" {
				return g.DateDelete != 0
			}
		}
		return false
	}
	gone := func(s slacksim.State, person string) int {
		return strings.Count(strings.Join(private(s, person), "\n"), "You are not in the user group *@oncall* any more")
	}
	w.until("the group is disabled, and both know", func(s slacksim.State) bool {
		return disabled(s) && gone(s, "bob") == 1 && gone(s, "carol") == 1
	})
	entitle("oncall", "dave")
	w.until("dave is in it, in its default channel, and knows", func(s slacksim.State) bool {
		return !disabled(s) && len(group(s, "oncall")) == 1 && in(s, "dave", "war-room") && len(private(s, "dave")) == 1
	})
	entitle("oncall", "bob") // later news of the same group
	w.group("oncall", "bob", "dave")
	w.until("bob knows that he is back", func(s slacksim.State) bool {
		return strings.Contains(last(private(s, "bob")), "You are in the user group")
	})
	if s := w.slack.State(); gone(s, "bob") != 1 || gone(s, "carol") != 1 {
		t.Errorf("told that they are out: bob %q, carol %q", private(s, "bob"), private(s, "carol"))
	}
}

func last(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// Somebody taken out by hand whom the rule puts back stays in the default
// channels meanwhile, and is not told to go: neither where Usher sees it happen,
// nor where it was away.
func TestWhoIsPutBackStaysInTheDefaultChannels(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, strings.NewReplacer("members: [alice, mallory], channels", "members: [alice, bob], channels", "members: [alice, mallory, usher]", "members: [alice, bob, usher]").Replace(rotaTown), rotaPolicy, unlimited)
	b := w.startWith(w.settings(), bot.Unlimited())
	without := func() {
		w.act(slacksim.Act{As: "alice", Do: "edit_usergroup", Usergroup: "oncall", Members: &slacksim.Names{"alice"}})
	}
	without()
	w.group("oncall", "alice", "bob")
	w.stop(b)
	without()
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob")
	w.until("bob was told twice that he is in", func(s slacksim.State) bool {
		return strings.Count(strings.Join(private(s, "bob"), "\n"), "You are in the user group *@oncall* now") == 2
	})
	s := w.slack.State()
	if told := strings.Join(private(s, "bob"), "\n"); !in(s, "bob", "war-room") || strings.Contains(told, "You cannot stay") || w.calls("conversations.kick", 0) > 0 {
		t.Errorf("bob in the default channel: %t, told %s", in(s, "bob", "war-room"), told)
	}
}
