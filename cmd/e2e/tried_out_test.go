package e2e

import (
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
		h.stayed(t, "bob", enforced, grace, 2)
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}
