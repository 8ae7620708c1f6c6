package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

const rotaTown = `
seed: 7
workspaces:
  - id: T01
    name: acme
    preferences: {remove_from_public: everyone, remove_from_private: everyone, edit_usergroups: everyone}
    users:
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true}
      - {name: bob, real_name: Bob Roe, email: bob@acme.test}
      - {name: carol, real_name: Carol Poe, email: carol@acme.test}
      - {name: dave, real_name: Dave Loe, email: dave@acme.test}
      - {name: mallory, real_name: Mallory Moe, email: mallory@acme.test}
      - {name: gus, guest: multi}
    channels:
      - {name: general, general: true}
      - {name: rota, members: [alice, bob, gus, usher]}
      - {name: war-room, private: true, members: [alice, mallory, usher]}
    usergroups:
      - {handle: oncall, name: On call, members: [alice, mallory], channels: [war-room]}
      - {handle: others, name: Others, members: [mallory]}
`

const rotaPolicy = `
version: 1
usergroups:
  - handle: oncall
    members: [{channel: rota}]
    by_hand: revert
    coupled: true
    mode: enforce
`

func rotaWorld(t *testing.T, place, policy string, change func(*slacksim.Options)) *town {
	t.Helper()
	file, err := slacksim.ParseFile([]byte(place))
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(o *slacksim.Options) {
		o.Workspace = file
		if change != nil {
			change(o)
		}
	})
	w.policy(policy)
	return w
}

// group are the names of those in a user group, sorted.
func group(s slacksim.State, handle string) (names []string) {
	for _, g := range s.Workspaces["T01"].Usergroups {
		if g.Handle == handle {
			for _, id := range g.Users {
				names = append(names, s.Workspaces["T01"].Users[id].Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (w *town) group(handle string, want ...string) {
	w.Helper()
	w.until("@"+handle+" is "+strings.Join(want, ", "), func(s slacksim.State) bool { return slices.Equal(group(s, handle), want) })
}

func TestAGroupFollowsItsSource(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, rotaPolicy, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob")
	w.until("mallory, who was taken out, is out of its default channel and knows why", func(s slacksim.State) bool {
		return !in(s, "mallory", "war-room") && in(s, "bob", "war-room") && len(private(s, "mallory")) == 2 && len(private(s, "bob")) == 1
	})
	w.act(slacksim.Act{As: "carol", Do: "join", Channel: "rota"})
	w.group("oncall", "alice", "bob", "carol")
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "rota"})
	w.group("oncall", "alice", "carol")
	w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "oncall", Members: &slacksim.Names{"alice", "dave"}})
	w.group("oncall", "alice", "carol")
	w.until("bob is out of the default channel", func(s slacksim.State) bool { return !in(s, "bob", "war-room") && !in(s, "dave", "war-room") })
	s := w.slack.State()
	if got := group(s, "others"); !slices.Equal(got, []string{"mallory"}) {
		t.Errorf("a group that no rule names became %v", got)
	}
	if told := private(s, "carol"); len(told) == 0 || !strings.Contains(told[0], "@oncall") || !strings.Contains(told[0], "rota") {
		t.Errorf("carol was told %q", told)
	}
}

// unlimited is a Slack that answers no 429 by itself.
func unlimited(o *slacksim.Options) { o.NoRateLimits = true }

// Plan, dry run, brakes and release cover user groups as they do channels.
func TestGroupsInThePlan(t *testing.T) {
	t.Parallel()
	crowd := strings.Replace(rotaTown, "members: [alice, mallory], channels", "members: [alice, carol, dave, mallory, p1, p2, p3], channels", 1)
	crowd = strings.Replace(crowd, "    channels:\n", "      - {name: p1}\n      - {name: p2}\n      - {name: p3}\n    channels:\n", 1)
	enforced := strings.Replace(rotaPolicy, "    coupled: true\n", "", 1)
	w := rotaWorld(t, crowd, strings.Replace(enforced, "mode: enforce", "mode: report", 1), unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	c := bot.Dial(filepath.Join(w.dir, "s"))
	plan, err := c.Plan(t.Context(), "")
	if err != nil || len(plan.Steps) != 7 || len(plan.Actions) != 0 || !plan.Steps[0].DryRun || plan.Steps[0].Group != "oncall" {
		t.Errorf("a dry run plans %+v, %v", plan, err)
	}
	before := group(w.slack.State(), "oncall")
	w.policy(enforced) // bob is missing, six are too many to be taken out at once
	w.group("oncall", append([]string{"alice", "bob"}, before[1:]...)...)
	// Nobody releases what they have not seen: while the echo of bob's coming is
	// on its way, what is held may look otherwise, and is asked for again.
	w.until("what is held is released", func(s slacksim.State) bool {
		plan, err := c.Plan(t.Context(), "")
		if err == nil && len(plan.Held) == 1 && plan.Held[0].Has == 6 {
			_, err = c.Order(t.Context(), "", "release", plan.Held[0].ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(group(s, "oncall"), []string{"alice", "bob"})
	})
}

// Where Usher may not edit user groups, nothing changes and administrators hear
// once who has to change what, however many groups that holds up.
func TestGroupsThatUsherMayNotEdit(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, strings.Replace(rotaTown, "edit_usergroups: everyone", "edit_usergroups: admins", 1), strings.Replace(rotaPolicy, "usergroups:", "admins: [{user: alice@acme.test}]\nusergroups:\n  - {handle: others, members: [{channel: rota}], mode: enforce}", 1), unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	settled := func() int { return strings.Count(w.log.String(), `"kind":"settled:keep_usergroup","outcome":"ok"`) }
	w.until("both were tried, and alice is told", func(s slacksim.State) bool {
		return settled() >= 2 && len(told(s, "alice", "an owner has to allow everyone to")) > 0
	})
	if all := told(w.slack.State(), "alice", "an owner has to allow everyone to"); len(all) != 1 || !strings.Contains(all[0].Text, "and every other that a rule wants") {
		t.Errorf("alice was told %+v", all)
	}
	if got := group(w.slack.State(), "oncall"); !slices.Equal(got, []string{"alice", "mallory"}) {
		t.Errorf("the group is %v", got)
	}
}

// A user group whose people cannot be known is not made, and the plan says why.
func TestAGroupOfUnknownPeopleIsNotMade(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, "version: 1\nusergroups:\n  - {handle: board, members: [{idp_group: S0BOARD}], mode: enforce}\n", unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.until("the plan says why", func(slacksim.State) bool {
		plan, err := bot.Dial(filepath.Join(w.dir, "s")).Plan(t.Context(), "")
		return err == nil && len(plan.Doubts) == 1 && strings.HasPrefix(plan.Doubts[0], "@board: It cannot be said who is in")
	})
	if got := w.calls("usergroups.create", 0); got != 0 {
		t.Errorf("%d user groups were made", got)
	}
}
