package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usher/bot/slacksim"
)

// Changes that wait for their turn at Slack's limits when somebody stops them
// are not made any more, and go on once they may.
func TestPauseStopsWhatWaitsForItsTurn(t *testing.T) {
	const crowd = 40
	h := &history{r: rand.New(rand.NewPCG(1, 0)), disk: &disk{dir: t.TempDir()}, tally: map[string]int{}, leaving: map[seat]bool{}, teamRooms: map[seat]time.Time{}, log: &book{}}
	w := slacksim.FileWorkspace{
		ID: "T01", Name: "acme", Preferences: map[string]string{"remove_from_public": "everyone"},
		Users: []slacksim.FileUser{{Name: owner, Email: owner + "@acme.test", Admin: true, Owner: true}},
	}
	room := slacksim.FileChannel{Name: "finance-forecast", Members: []string{owner, "usher"}}
	for i := range crowd {
		name := fmt.Sprintf("guest%d", i)
		w.Users = append(w.Users, slacksim.FileUser{Name: name, Email: name + "@acme.test"})
		room.Members = append(room.Members, name)
	}
	w.Channels = []slacksim.FileChannel{{Name: "general", General: true}, room}
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.foundOn(&slacksim.File{Seed: 1, Workspaces: []slacksim.FileWorkspace{w}}, &charter{loose: true, rules: []rule{{
			name: "finance", prefixes: []string{"finance-"}, members: []feed{{kind: "users", who: []string{owner}}}, join: "self", others: "remove", mode: "enforce",
		}}})
		h.start()
		removed := func() (n int, last time.Time) {
			for _, c := range h.slack.Calls(0) {
				if c.Method == "conversations.kick" && c.OK {
					n, last = n+1, c.At
				}
			}
			return n, last
		}
		for n, _ := removed(); n < crowd/2; n, _ = removed() {
			pass(100 * time.Millisecond)
		}
		answer := h.slack.Act(t.Context(), slacksim.Act{As: owner, Do: "slash", Command: "/usher", Text: "pause to have a look"})
		stopped := time.Now()
		pass(time.Minute)
		n, last := removed()
		if !answer.OK || n == crowd || last.After(stopped) {
			t.Errorf("asked to stop (%+v); %d of %d removed, the last one %s after that", answer, n, crowd, last.Sub(stopped))
		}
		h.command("T01", "resume")
		for range 100 {
			if n, _ = removed(); n == crowd {
				break
			}
			pass(time.Second)
		}
		if n != crowd {
			t.Errorf("%d of %d removed after going on", n, crowd)
		}
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}

// A rule is wrong, somebody stops changes and mends it: whom it was about hears
// nothing of what was not done.
func TestPauseHoldsNoticesThatAreNotRightAnyMore(t *testing.T) {
	people := []string{owner, "bob", "carol", "mallory"}
	h, file := plain(t, people, "finance-forecast")
	lets := func(mode string, names ...string) *charter {
		return &charter{loose: true, rules: []rule{{
			name: "finance", prefixes: []string{"finance-"}, members: []feed{{kind: "users", who: names}}, join: "self", others: "remove", mode: mode,
		}}}
	}
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.foundOn(file, lets("report", "bob", "carol"))
		h.start()
		pass(time.Minute)
		h.command("T01", "pause")
		pass(time.Minute)
		h.follow(lets("enforce", "carol")) // bob was forgotten
		pass(time.Hour)
		h.follow(lets("enforce", "bob", "carol"))
		pass(time.Minute)
		h.command("T01", "resume")
		pass(10 * time.Minute)
		s := h.slack.State().Workspaces["T01"]
		about := map[string]int{}
		for _, m := range s.Messages {
			for _, name := range people {
				id := userNamed(s, name)
				if strings.Contains(m.Text, "<@"+id+">") || slices.Contains(m.To, id) && strings.HasPrefix(m.Text, "You cannot stay") {
					about[name]++
				}
			}
		}
		if about["bob"] != 0 || about["carol"] != 0 || about["mallory"] != 2 { // mallory, and the owner about mallory
			t.Errorf("notices by whom they are about: %v", about)
		}
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}

// Whoever comes to have to go during a pause has all their time from its end on:
// before that nobody would have told them.
func TestNobodysTimeBeginsInAPause(t *testing.T) {
	const grace = 30 * time.Minute
	h, file := plain(t, []string{owner, "bob", "carol"}, "finance-department", "finance-forecast")
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.foundOn(file, &charter{loose: true, rules: []rule{{
			name: "finance", prefixes: []string{"finance-"}, members: []feed{{kind: "channel", name: "finance-department"}}, join: "self", others: "remove", grace: grace, mode: "enforce",
		}}})
		h.start()
		pass(time.Minute)
		h.command("T01", "pause")
		pass(time.Minute)
		h.slack.Act(t.Context(), slacksim.Act{As: "bob", Do: "leave", Channel: "finance-department"})
		pass(3 * time.Hour)
		h.command("T01", "resume")
		resumed := time.Now()
		pass(time.Hour)
		h.stayed(t, "bob", resumed, grace, 1)
		h.end()
	})
	for _, wrong := range h.wrongs {
		t.Error(wrong)
	}
}
