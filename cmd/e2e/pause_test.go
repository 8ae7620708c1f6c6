package e2e

import (
	"fmt"
	"math/rand/v2"
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
