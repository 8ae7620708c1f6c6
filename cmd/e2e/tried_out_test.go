package e2e

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/slacksim"
)

// Whoever's time was running when a rule was set back to be tried out has all of
// it, and hears of it, when the rule is enforced again.
func TestNobodysTimeGoesOnWhileARuleIsOnlyTriedOut(t *testing.T) {
	const grace = 30 * time.Minute
	h, file := plain(t, []string{owner, "bob", "carol"}, "finance-department", "finance-forecast")
	rule := func(mode string) *charter {
		return &charter{loose: true, rules: []rule{{
			name: "finance", prefixes: []string{"finance-f"}, members: []feed{{kind: "channel", name: "finance-department"}}, join: "self", others: "remove", grace: grace, mode: mode,
		}}}
	}
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.foundOn(file, rule("enforce"))
		h.start()
		pass(time.Minute)
		h.slack.Act(t.Context(), slacksim.Act{As: "bob", Do: "leave", Channel: "finance-department"})
		pass(10 * time.Minute)
		h.follow(rule("report"))
		pass(3 * time.Hour)
		h.follow(rule("enforce"))
		enforced := time.Now()
		pass(time.Hour)
		s := h.slack.State().Workspaces["T01"]
		told := 0
		for _, m := range s.Messages {
			if slices.Contains(m.To, userNamed(s, "bob")) && strings.HasPrefix(m.Text, "You can stay in") {
				told++
			}
		}
		kicks := 0
		for _, c := range h.slack.Calls(0) {
			if c.Method != "conversations.kick" || !c.OK {
				continue
			}
			if kicks++; c.At.Before(enforced.Add(grace)) {
				t.Errorf("removed %s after the rule was enforced again, with %s to stay", c.At.Sub(enforced), grace)
			}
		}
		if told != 2 || kicks != 1 {
			t.Errorf("told %d times, removed %d times", told, kicks)
		}
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}
