package e2e

import (
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

const deskPolicy = `
version: 1
admins: [{user: alice@acme.test}]
usergroups:
  - handle: oncall
    members: [{channel: rota}]
    by_hand: keep
    join: self
    mode: enforce
  - handle: others
    members: [{channel: rota}]
`

func (w *town) slash(as, text string) string {
	w.Helper()
	a := w.act(slacksim.Act{As: as, Do: "slash", Command: "/usher", Text: text})
	if a.Reply == nil {
		w.Fatalf("%s: no reply to %q", as, text)
	}
	return a.Reply.Text
}

// What people may do about user groups from Slack, and what not.
func TestGroupsFromSlack(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, deskPolicy, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob", "mallory") // mallory was there before, by hand
	if s := w.slack.State(); !slices.Equal(group(s, "others"), []string{"mallory"}) {
		t.Errorf("a rule on trial made @others %v", group(s, "others"))
	}
	for _, refused := range []struct{ as, text, says string }{
		{"carol", "group add @oncall @dave", "Only those who answer for"},
		{"carol", "group disable oncall", "administrator"},
		{"carol", "group create", "administrator"},
		{"carol", "group leave others", "You are not in"},
		{"carol", "group join others", "only being tried out"},
		{"alice", "group add oncall @gus", "is a guest"},
		{"alice", "group add oncall nobody", "nobody called nobody"},
		{"alice", "group show nowhere", "no user group"},
		{"alice", "group add oncall", "Whom?"},
	} {
		if text := w.slash(refused.as, refused.text); !strings.Contains(text, refused.says) {
			t.Errorf("%s, %s: %q, want %q", refused.as, refused.text, text, refused.says)
		}
	}
	w.slash("carol", "group join oncall")
	w.group("oncall", "alice", "bob", "carol", "mallory")
	w.until("Usher has heard that carol is in", func(s slacksim.State) bool {
		return strings.Contains(w.slash("alice", "group members oncall"), user(s, "carol"))
	})
	w.slash("carol", "group leave @oncall")
	w.slash("bob", "group leave @oncall") // by rule, but by_hand: keep
	w.group("oncall", "alice", "mallory")
	w.slash("alice", "group add oncall @dave @carol")
	w.slash("alice", "group remove oncall mallory")
	w.group("oncall", "alice", "carol", "dave")
	// What the rule did and what people did by hand stay apart. The news of one
	// may overtake the other's over another connection, so one is waited for.
	w.until("Usher has heard that mallory is out", func(s slacksim.State) bool {
		return !strings.Contains(w.slash("alice", "group members oncall"), user(s, "mallory"))
	})
	w.act(slacksim.Act{As: "mallory", Do: "join", Channel: "rota"})
	w.group("oncall", "alice", "carol", "dave", "mallory")
	w.act(slacksim.Act{As: "mallory", Do: "leave", Channel: "rota"})
	w.group("oncall", "alice", "carol", "dave")
	w.slash("alice", "group disable oncall")
	w.until("it is disabled", func(s slacksim.State) bool { return disabled(s, "oncall") })
	w.until("the list says so", func(slacksim.State) bool { return strings.Contains(w.slash("alice", "group list"), "disabled") })
}

func disabled(s slacksim.State, handle string) bool {
	for _, g := range s.Workspaces["T01"].Usergroups {
		if g.Handle == handle {
			return g.DateDelete != 0
		}
	}
	return false
}

// The form makes a group, says at its fields what Slack would refuse, and the
// pickers change who is in it.
func TestGroupFormsInSlack(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, deskPolicy, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	home := w.act(slacksim.Act{As: "alice", Do: "open_home"})
	if !strings.Contains(string(home.View), "group:all") {
		w.until("the Home is drawn", func(s slacksim.State) bool {
			return strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "alice")]), "group:all")
		})
	}
	form := modal(t, w.act(slacksim.Act{As: "alice", Do: "slash", Command: "/usher", Text: "group create"}))
	if form.CallbackID != "group_form" {
		w.until("the form is open", func(s slacksim.State) bool { return len(s.Workspaces["T01"].Modals[user(s, "alice")]) > 0 })
		form = shownModal(t, w.slack.State(), "alice")
	}
	fill := func(handle string, people ...string) slacksim.ActAnswer {
		return w.slack.Act(t.Context(), slacksim.Act{As: "alice", Do: "submit", ViewID: form.ID, Values: map[string]map[string]any{
			"group_name": {"value": "Night shift"}, "group_handle": {"value": handle}, "group_text": {"value": "Nights"},
			"group_channels": {"value": []any{"war-room"}}, "group_users": {"value": anyOf(people)},
		}})
	}
	if a := fill("mallory", "gus"); len(a.Errors) != 2 || !strings.Contains(a.Errors["group_handle"], "somebody's name") || !strings.Contains(a.Errors["group_users"], "guest") {
		t.Errorf("a handle that is taken, and a guest: %+v", a)
	}
	fill("nights", "bob", "carol")
	w.group("nights", "bob", "carol")
	w.until("they are in its default channel", func(s slacksim.State) bool { return in(s, "bob", "war-room") })
}

func shownModal(t *testing.T, s slacksim.State, who string) (v shown) {
	t.Helper()
	all := s.Workspaces["T01"].Modals[user(s, who)]
	if len(all) == 0 {
		return v
	}
	return modal(t, slacksim.ActAnswer{Modal: all[len(all)-1]})
}

func anyOf(names []string) (all []any) {
	for _, n := range names {
		all = append(all, n)
	}
	return all
}
