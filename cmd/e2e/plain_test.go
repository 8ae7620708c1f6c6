package e2e

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// plain is a history in which nothing happens by chance, and its workspace: public
// channels with everybody and Usher in them.
func plain(t *testing.T, people []string, channels ...string) (*history, *slacksim.File) {
	t.Helper()
	w := slacksim.FileWorkspace{
		ID: "T01", Name: "acme", Preferences: map[string]string{"remove_from_public": "everyone"}, Channels: []slacksim.FileChannel{{Name: "general", General: true}},
	}
	for _, name := range people {
		w.Users = append(w.Users, slacksim.FileUser{Name: name, Email: name + "@acme.test", Owner: name == owner})
	}
	for _, name := range channels {
		c := slacksim.FileChannel{Name: name, Members: append([]string{"usher"}, people...)}
		w.Channels = append(w.Channels, c)
	}
	return &history{
		r: rand.New(rand.NewPCG(1, 0)), disk: &disk{dir: t.TempDir()}, tally: map[string]int{}, leaving: map[seat]bool{}, teamRooms: map[seat]time.Time{}, log: &book{},
	}, &slacksim.File{Seed: 1, Workspaces: []slacksim.FileWorkspace{w}}
}

// stayed holds that the one removal there was came no sooner than a grace after a
// moment, and that somebody was told so many times how long they could stay.
func (h *history) stayed(t *testing.T, name string, since time.Time, grace time.Duration, want int) {
	t.Helper()
	s := h.slack.State().Workspaces["T01"]
	told, kicks := 0, 0
	for _, m := range s.Messages {
		if slices.Contains(m.To, userNamed(s, name)) && strings.HasPrefix(m.Text, "You can stay in") {
			told++
		}
	}
	for _, c := range h.slack.Calls(0) {
		if c.Method != "conversations.kick" || !c.OK {
			continue
		}
		if kicks++; c.At.Before(since.Add(grace)) {
			t.Errorf("removed after %s, with %s to stay", c.At.Sub(since), grace)
		}
	}
	if told != want || kicks != 1 {
		t.Errorf("told %d times, removed %d times", told, kicks)
	}
}
