package slacksim_test

import (
	"fmt"
	"testing"

	"usher/bot/slacksim"
)

const people, rooms, each = 20_000, 5_000, 40

// large is a workspace of the size to design for in one Slack workspace.
func large() *slacksim.File {
	f := &slacksim.File{Seed: 1, Workspaces: []slacksim.FileWorkspace{{ID: "T01", Name: "acme"}}}
	w := &f.Workspaces[0]
	for i := range people {
		w.Users = append(w.Users, slacksim.FileUser{Name: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("u%d@acme.test", i)})
	}
	w.Channels = append(w.Channels, slacksim.FileChannel{Name: "general", General: true})
	for i := range rooms {
		c := slacksim.FileChannel{Name: fmt.Sprintf("c%d", i), Private: i%2 == 0, Members: []string{"usher"}}
		for j := range each {
			c.Members = append(c.Members, fmt.Sprintf("u%d", (i*each+j)%people))
		}
		w.Channels = append(w.Channels, c)
	}
	return f
}

func TestALargeWorkspaceIsServed(t *testing.T) {
	srv, err := slacksim.Start(slacksim.Options{Workspace: large(), NoRateLimits: true})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	ready := srv.Ready()
	w := &world{T: t, Server: srv, ready: ready, acme: ready.Workspaces[0]}
	if _, all := w.pages("conversations.list", "channels", "limit", "999", "types", "public_channel,private_channel"); len(all) != rooms+1 {
		t.Errorf("%d channels", len(all))
	}
	first := w.bot("users.list", "limit", "1000")
	if list, _ := first["members"].([]any); len(list) != 1000 || cursor(first) == "" {
		t.Errorf("a first page of %d people", len(list))
	}
	w.refuses("limit_required", w.bot("users.list"))
	if got := len(w.state().Users); got != people+2 { // and the owner and the bot
		t.Errorf("%d people", got)
	}
}

func BenchmarkJoinInALargeWorkspace(b *testing.B) {
	srv, err := slacksim.Start(slacksim.Options{Workspace: large(), NoRateLimits: true})
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	for i := 0; b.Loop(); i++ {
		do := "join"
		if i%2 == 1 {
			do = "leave"
		}
		if got := srv.Act(b.Context(), slacksim.Act{As: "u1", Do: do, Channel: "c4999"}); !got.OK {
			b.Fatal(got)
		}
	}
}

func BenchmarkStateOfALargeWorkspace(b *testing.B) {
	srv, err := slacksim.Start(slacksim.Options{Workspace: large(), NoRateLimits: true})
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	for b.Loop() {
		srv.State()
	}
}
