package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// A run that took people out of a user group is taken back: while its rule is in
// force, those whom it forbids stay out and it is said why; when the rule is only
// tried out, all of them come back and nobody else.
func TestUndoOfAGroup(t *testing.T) {
	t.Parallel()
	crowd := strings.Replace(rotaTown, "members: [alice, mallory], channels", "members: [alice, carol, dave, mallory], channels", 1)
	trial := strings.NewReplacer("    coupled: true\n", "", "mode: enforce", "mode: report").Replace(rotaPolicy)
	w := rotaWorld(t, crowd, trial, unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	c := bot.Dial(filepath.Join(w.dir, "s"))
	enforced := strings.Replace(trial, "mode: report", "mode: enforce", 1)
	w.policy(enforced)
	w.group("oncall", "alice", "bob")
	var run string
	w.until("the run is over", func(slacksim.State) bool {
		runs, err := c.Runs(t.Context(), "")
		for _, r := range runs {
			if r.Done > 0 { // the one at the start, where that has seen the new policy
				run = r.ID
			}
		}
		return err == nil && run != ""
	})
	w.until("carol is told", func(s slacksim.State) bool {
		return slices.ContainsFunc(private(s, "carol"), func(text string) bool { return strings.Contains(text, "not in the user group *@oncall* any more") })
	})
	said, err := c.Order(t.Context(), "", "undo", run)
	if err != nil || !strings.Contains(said.Text, "0 people are brought back") || !strings.Contains(said.Text, "Carol Poe stays out of @oncall: Not in #rota") {
		t.Errorf("the rule forbids them, and it says %q, %v", said.Text, err)
	}
	w.policy(trial)
	w.until("the rule is on trial again", func(slacksim.State) bool {
		return strings.Count(w.log.String(), "took the new policy into force") == 2
	})
	w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "oncall", Members: &slacksim.Names{"alice", "bob", "dave"}})
	w.until("Usher has heard of dave", func(slacksim.State) bool {
		return strings.Contains(w.slash("alice", "group members oncall"), user(w.slack.State(), "dave"))
	})
	said, err = c.Order(t.Context(), "", "undo", run)
	if err != nil || !strings.Contains(said.Text, "2 people are brought back") || !strings.Contains(said.Text, "1 person is back already") {
		t.Errorf("it says %q, %v", said.Text, err)
	}
	w.group("oncall", "alice", "bob", "carol", "dave", "mallory")
}
