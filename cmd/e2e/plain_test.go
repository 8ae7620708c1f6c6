package e2e

import (
	"math/rand/v2"
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
