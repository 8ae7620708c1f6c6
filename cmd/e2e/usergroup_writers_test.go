package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
	"usher/rules/workspace"
)

// The command line, people in Slack and the bot change one user group at once:
// whoever was put in is in, whoever was taken out is out, and everybody hears of
// their own change only.
func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	const writers = 12
	var users strings.Builder
	for i := range 2 * writers {
		fmt.Fprintf(&users, "      - {name: person%d}\n", i)
	}
	w := rotaWorld(t, strings.Replace(rotaTown, "    channels:\n", users.String()+"    channels:\n", 1), strings.Replace(deskPolicy, "{channel: rota}", "{users: [bob@acme.test]}", 1), unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob", "mallory")
	since := w.lastCall()
	groups := bot.Dial(filepath.Join(w.dir, "s")).Usergroups("")
	want := []string{"alice", "bob"}
	var all sync.WaitGroup
	for i := range writers {
		cli, slash := fmt.Sprintf("person%d", i), fmt.Sprintf("person%d", writers+i)
		want = append(want, cli, slash)
		all.Go(func() {
			_, r, err := groups.Change(t.Context(), "oncall", bot.MembersEdit{Add: []string{cli}})
			if err != nil || len(r.Added) != 1 || len(r.Removed) != 0 || !slices.Contains(r.After, workspace.UserID(user(w.slack.State(), cli))) {
				t.Errorf("add %s: %+v, %v", cli, r, err)
			}
		})
		all.Go(func() {
			if a := w.slack.Act(t.Context(), slacksim.Act{As: slash, Do: "slash", Command: "/usher", Text: "group join oncall"}); !a.OK && a.Error != "operation_timeout" {
				// Whom a slow machine leaves waiting is let in all the same.
				t.Errorf("%s joins: %+v", slash, a)
			}
		})
	}
	all.Go(func() {
		if _, _, err := groups.Change(t.Context(), "oncall", bot.MembersEdit{Remove: []string{"mallory"}}); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	slices.Sort(want)
	w.group("oncall", want...)
	for _, c := range w.slack.Calls(since) {
		if c.Method == "chat.postMessage" && !c.OK {
			t.Errorf("told nobody: %+v", c)
		}
	}
	t.Logf("%d changes of one group from two sides: %d writings", 2*writers+1, w.calls("usergroups.users.update", since))
}
