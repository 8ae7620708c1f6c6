package e2e

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
)

// While no connection to Slack is open, somebody may come to belong again
// without Usher hearing of it: the end of their time waits until it hears again.
func TestNobodyIsRemovedWhileNothingIsHeard(t *testing.T) {
	h, file := plain(t, []string{owner, "bob", "carol", "dave"}, "finance-department", "finance-forecast")
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.foundOn(file, &charter{loose: true, rules: []rule{{
			name: "finance", prefixes: []string{"finance-"}, members: []feed{{kind: "channel", name: "finance-department"}},
			join: "self", others: "remove", grace: 10 * time.Minute, mode: "enforce",
		}}})
		h.start()
		pass(2 * time.Minute)
		act := func(who, do string) {
			if a := h.slack.Act(t.Context(), slacksim.Act{As: who, Do: do, Channel: "finance-department"}); !a.OK {
				t.Fatalf("%s: %+v", do, a)
			}
		}
		act("bob", "leave")
		act("carol", "leave")
		pass(time.Minute)
		for _, f := range []slacksim.Fault{{Wire: wire.Fault{Socket: "refuse", For: 30 * time.Minute}}, {Wire: wire.Fault{Socket: "drop"}}} {
			if err := h.slack.Fault(f); err != nil {
				t.Fatal(err)
			}
		}
		pass(2 * time.Minute)
		act("bob", "join")
		in := func(name string) bool {
			s := h.slack.State().Workspaces["T01"]
			for _, c := range s.Channels {
				if c.Name == "finance-forecast" {
					return slices.Contains(c.Members, userNamed(s, name))
				}
			}
			return false
		}
		pass(20 * time.Minute) // their time is over, and nothing is heard
		if !in("bob") || !in("carol") {
			t.Errorf("somebody was removed while nothing was heard: bob in %v, carol in %v", in("bob"), in("carol"))
		}
		pass(90 * time.Minute)
		if !in("bob") || in("carol") {
			t.Errorf("after hearing again bob is in: %v, carol is in: %v", in("bob"), in("carol"))
		}
		told := map[string]int{}
		s := h.slack.State().Workspaces["T01"]
		for _, m := range s.Messages {
			for _, name := range []string{"bob", "carol"} {
				if slices.Contains(m.To, userNamed(s, name)) && strings.HasPrefix(m.Text, "You cannot stay") {
					told[name]++
				}
			}
		}
		if told["bob"] != 0 || told["carol"] != 1 {
			t.Errorf("told of being taken out: %v", told)
		}
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}
