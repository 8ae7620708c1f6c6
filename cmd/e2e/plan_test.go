package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// crowd is a town whose #finance-forecast holds more outsiders than the brakes
// let go at once, all of whom were there before the bot.
func crowd(t *testing.T, n int) *town {
	t.Helper()
	w := newTown(t, func(o *slacksim.Options) {
		team := &o.Workspace.Workspaces[0]
		for i := range n {
			name := fmt.Sprintf("out%02d", i)
			team.Users = append(team.Users, slacksim.FileUser{Name: name, RealName: "Out " + name})
			for c := range team.Channels {
				if team.Channels[c].Name == "finance-forecast" {
					team.Channels[c].Members = append(team.Channels[c].Members, name)
				}
			}
		}
	})
	w.policy(strings.Replace(townPolicy, "contact:", "admins: [{user: alice@acme.test}]\ncontact:", 1))
	return w
}

func outsiders(s slacksim.State) (n int) {
	for id, u := range s.Workspaces["T01"].Users {
		if strings.HasPrefix(u.Name, "out") && in(s, u.Name, "finance-forecast") && id != "" {
			n++
		}
	}
	return n
}

// What a brake holds waits, is shown with names, is carried out by whoever may
// release it, and can be taken back.
func TestABrakedPlanIsReleasedAndUndone(t *testing.T) {
	t.Parallel()
	w := crowd(t, 6)
	w.start()
	c := bot.Dial(filepath.Join(w.dir, "s"))
	// She may also hear that a channel which Usher has just come into is not read yet.
	w.until("alice is asked", func(s slacksim.State) bool { return len(told(s, "alice", "6 of 8")) > 0 })
	if asked := told(w.slack.State(), "alice", "6 of 8"); len(asked) != 1 || strings.Count(asked[0].Text, "•") != 6 {
		t.Errorf("alice was told %+v", asked)
	}
	plan, err := c.Plan(t.Context(), "")
	if err != nil || len(plan.Held) != 1 || len(plan.Held[0].People) != 6 || plan.Held[0].State != "waits" || len(plan.Held[0].People[0].Reasons) == 0 {
		t.Fatalf("plan: %+v, %v", plan, err)
	}
	if n := outsiders(w.slack.State()); n != 6 {
		t.Fatalf("%d outsiders are left before anybody released anything", n)
	}
	if refused, err := c.Order(t.Context(), "", "release", "0000000000"); err != nil || !refused.Refused {
		t.Errorf("releasing what is not held: %+v, %v", refused, err)
	}
	said, err := c.Order(t.Context(), "", "release", plan.Held[0].ID)
	if err != nil || said.Refused || said.Run == "" {
		t.Fatalf("release: %+v, %v", said, err)
	}
	w.until("all of them are out", func(s slacksim.State) bool { return outsiders(s) == 0 })
	w.until("the run is over", func(slacksim.State) bool {
		r, err := c.Run(t.Context(), "T01", said.Run)
		if err == nil && r.Over() && (r.Failed > 0 || r.Done != r.Steps) {
			t.Fatalf("run: %+v", r)
		}
		return err == nil && r.Over()
	})
	if plan, err = c.Plan(t.Context(), ""); err != nil || len(plan.Held)+len(plan.Actions) != 0 {
		t.Errorf("after the release the plan is %+v, %v", plan, err)
	}

	undone, err := c.Order(t.Context(), "", "undo", said.Run)
	if err != nil || !strings.Contains(undone.Text, "0 people are brought back") || !strings.Contains(undone.Text, "stays out") {
		t.Errorf("undoing what the policy wants: %+v, %v", undone, err)
	}
	w.policy(strings.Replace(townPolicy, "mode: enforce", "mode: report", 1))
	w.until("the rule only reports", func(slacksim.State) bool {
		undone, err = c.Order(t.Context(), "", "undo", said.Run)
		return err == nil && strings.Contains(undone.Text, "6 people are brought back")
	})
	w.until("everybody is back", func(s slacksim.State) bool { return outsiders(s) == 6 })
}

// Administrators release and undo from Slack; their Home shows what waits and
// what was done.
func TestAdministratorsReleaseInSlack(t *testing.T) {
	t.Parallel()
	w := crowd(t, 6)
	w.start()
	home := func(s slacksim.State) string { return string(s.Workspaces["T01"].Homes[user(s, "alice")]) }
	var asked slacksim.Message
	w.until("alice is asked", func(s slacksim.State) bool {
		for _, m := range s.Workspaces["T01"].Messages {
			if slices.Contains(m.To, user(s, "alice")) && strings.Contains(m.Text, "6 of 8 members") {
				asked = m
			}
		}
		return asked.TS != ""
	})
	w.act(slacksim.Act{As: "alice", Do: "open_home"})
	w.until("alice's Home lists it", func(s slacksim.State) bool { return strings.Contains(home(s), "Waiting for you") })
	w.act(slacksim.Act{As: "alice", Do: "click", ActionID: "held_release", Channel: asked.Channel, TS: asked.TS})
	w.until("all of them are out", func(s slacksim.State) bool { return outsiders(s) == 0 })
	w.act(slacksim.Act{As: "alice", Do: "open_home"})
	w.until("alice's Home shows that, and nothing that waits", func(s slacksim.State) bool {
		return strings.Contains(home(s), "6 people removed after a release") && !strings.Contains(home(s), "Waiting for you")
	})
	w.policy(strings.Replace(strings.Replace(townPolicy, "contact:", adminPolicy, 1), "mode: enforce", "mode: report", 1))
	w.until("the rule only reports", func(s slacksim.State) bool { return strings.Contains(home(s), "report only") })
	w.act(slacksim.Act{As: "alice", Do: "click", ActionID: "run_undo"})
	w.until("everybody is back", func(s slacksim.State) bool { return outsiders(s) == 6 })
}

// Those who came in while a rule was only tried out are many people like any
// others when it is enforced: the brakes hold their removal, an administrator who
// is named later is asked too, and whoever sits at the machine reads every name.
func TestWhomOnlyAReportWasMadeAboutIsHeldBack(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *slacksim.Options) {
		team := &o.Workspace.Workspaces[0]
		team.Users = append(team.Users, slacksim.FileUser{Name: "eve", RealName: "Eve Eoo"})
	})
	braked := strings.Replace(townPolicy, "contact:", "brakes: {removals: 1}\ncontact:", 1)
	w.policy(strings.Replace(braked, "mode: enforce", "mode: report", 1))
	b, _ := w.start()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory", "eve"}})
	w.until("their coming was recorded", func(slacksim.State) bool {
		decisions, _, err := b.Lately(t.Context(), "T01", 10)
		return err == nil && len(decisions) >= 2
	})
	w.policy(braked)
	w.until("the operator reads that it is held, and that nobody may decide", func(slacksim.State) bool {
		s := sentence(t, b, "held")
		return strings.Contains(s, "1 decision in T01 held") && strings.Contains(s, "name admins in the policy")
	})
	w.policy(strings.Replace(braked, "contact:", "admins: [{user: alice@acme.test}]\ncontact:", 1))
	const waits = "Something waits for an administrator"
	w.until("alice is asked", func(s slacksim.State) bool { return len(told(s, "alice", waits)) > 0 })
	s := w.slack.State()
	if !in(s, "mallory", "finance-forecast") || !in(s, "eve", "finance-forecast") {
		t.Error("somebody was removed although the brakes hold it")
	}
	if asked := told(s, "alice", waits); len(asked) != 1 || !strings.Contains(asked[0].Text, "Not in #finance-department.") {
		t.Errorf("alice, who is in there, was told %+v", asked)
	}
	plan, err := bot.Dial(filepath.Join(w.dir, "s")).Plan(t.Context(), "")
	if err != nil || len(plan.Held) != 1 || len(plan.Held[0].People) != 2 || plan.Held[0].People[0].Reasons[0] != "Not in #finance-department." {
		t.Errorf("plan: %+v, %v", plan, err)
	}
}

// A brake that trips once a channel was read, because a new policy is about it,
// is released like any other: administrators were told of it once without a
// button, and no Home showed it.
func TestWhatIsHeldAfterAReadingIsReleasedInSlack(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *slacksim.Options) {
		team := &o.Workspace.Workspaces[0]
		team.Channels = append(team.Channels, slacksim.FileChannel{Name: "sales-room", Private: true, Members: []string{"alice", "bob", "mallory", "carol", "usher"}})
		team.Users = append(team.Users, slacksim.FileUser{Name: "eve", RealName: "Eve Eoo"}, slacksim.FileUser{Name: "dan", RealName: "Dan Doo"})
		team.Channels[len(team.Channels)-1].Members = append(team.Channels[len(team.Channels)-1].Members, "eve", "dan")
	})
	braked := strings.Replace(townPolicy, "contact:", "brakes: {removals: 2}\n"+adminPolicy, 1)
	w.policy(braked)
	w.start()
	w.policy(strings.Replace(braked, "channels: [finance-.*]", "channels: [finance-.*, sales-room]", 1))
	var asked slacksim.Message
	w.until("alice is asked", func(s slacksim.State) bool {
		if all := told(s, "alice", "3 of 7 members"); len(all) > 0 {
			asked = all[0]
		}
		return asked.TS != ""
	})
	w.act(slacksim.Act{As: "alice", Do: "open_home"})
	w.until("alice's Home lists it", func(s slacksim.State) bool {
		return strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "alice")]), "Waiting for you")
	})
	w.act(slacksim.Act{As: "alice", Do: "click", ActionID: "held_release", Channel: asked.Channel, TS: asked.TS})
	w.until("the three are out", func(s slacksim.State) bool {
		return !in(s, "mallory", "sales-room") && !in(s, "eve", "sales-room") && !in(s, "dan", "sales-room") && in(s, "bob", "sales-room")
	})
}
