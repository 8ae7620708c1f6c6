package e2e

import (
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// press clicks what a private message of Usher's offers, once it is there.
func (w *town) press(who, says, actionID string) {
	w.Helper()
	var found slacksim.Message
	w.until(who+" is told: "+says, func(s slacksim.State) bool {
		for _, m := range s.Workspaces["T01"].Messages {
			if strings.Contains(m.Text, says) && len(m.To) > 0 && strings.Contains(string(m.Blocks), actionID) && strings.Contains(strings.Join(m.To, " "), user(s, who)) {
				found = m
			}
		}
		return found.TS != ""
	})
	w.act(slacksim.Act{As: who, Do: "click", ActionID: actionID, Channel: found.Channel, TS: found.TS})
}

// Whom a rule put into a group, or took out, is told why, once, and can take it
// back where the rule allows it; the rule does not do it again.
func TestWhatARuleDidToAGroupCanBeTakenBack(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, deskPolicy, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob", "mallory")
	w.act(slacksim.Act{As: "carol", Do: "join", Channel: "rota"})
	w.group("oncall", "alice", "bob", "carol", "mallory")
	w.press("carol", "You are in the user group *@oncall* now", "group:leave")
	w.group("oncall", "alice", "bob", "mallory")
	w.act(slacksim.Act{As: "dave", Do: "join", Channel: "rota"}) // the group is looked at again
	w.group("oncall", "alice", "bob", "dave", "mallory")
	w.act(slacksim.Act{As: "dave", Do: "leave", Channel: "rota"})
	w.group("oncall", "alice", "bob", "mallory")
	w.press("dave", "You are not in the user group *@oncall* any more", "group:join")
	w.group("oncall", "alice", "bob", "dave", "mallory")
	told := 0
	for _, text := range private(w.slack.State(), "carol") {
		if strings.Contains(text, "You are in the user group *@oncall* now") {
			told++
			if !strings.Contains(text, "in #rota.") {
				t.Errorf("carol is not told why: %q", text)
			}
		}
	}
	if told != 1 {
		t.Errorf("carol was told %d times", told)
	}
}

// Whoever has the form of a user group open and may not any more makes nothing.
func TestRightsThatLapseWhileAFormIsOpen(t *testing.T) {
	t.Parallel()
	w := rotaWorld(t, rotaTown, deskPolicy, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob", "mallory")
	w.slack.Act(t.Context(), slacksim.Act{As: "alice", Do: "slash", Command: "/usher", Text: "group create"})
	w.until("the form is open", func(s slacksim.State) bool { return len(s.Workspaces["T01"].Modals[user(s, "alice")]) > 0 })
	form := shownModal(t, w.slack.State(), "alice")
	w.policy(strings.Replace(deskPolicy, "admins: [{user: alice@acme.test}]", "admins: [{user: bob@acme.test}]", 1))
	w.until("the policy is in force", func(slacksim.State) bool { return strings.Contains(w.log.String(), "took the new policy into force") })
	a := w.slack.Act(t.Context(), slacksim.Act{As: "alice", Do: "submit", ViewID: form.ID, Values: map[string]map[string]any{
		"group_name": {"value": "Night shift"}, "group_handle": {"value": "nights"},
	}})
	if !strings.Contains(string(a.View), "Only administrators may do that") {
		t.Errorf("alice, who is an administrator no more, is answered %+v", a)
	}
	if strings.Contains(w.slash("bob", "group list"), "nights") {
		t.Error("the group was made")
	}
}
