package slacksim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
)

func TestAWrongFileIsToldWhatIsRight(t *testing.T) {
	head := "workspaces:\n  - name: acme\n    users: [{name: alice}]\n"
	for _, c := range []struct{ file, want string }{
		{"", "at least one"},
		{"workspaces: [{nam: acme}]", "nam"},
		{"workspaces: [{}]", "name"},
		{"seed: many", "seed"},
		{head + "    channels: [{name: a, members: [alise]}]", `no user "alise"; known: alice`},
		{head + "    channels: [{name: A Room}]", "lower case"},
		{head + "    channels: [{name: a}, {name: a}]", "twice"},
		{head + "    channels: [{name: a, general: true, private: true}]", "general"},
		{head + "    usergroups: [{handle: g, channels: [nowhere]}]", `no channel "nowhere"`},
		{head + "    preferences: {remove_from_public: nobody}", "everyone or admins"},
		{head + "    preferences: {remove: everyone}", "remove_from_private"},
		{head + "    idp_groups: [{name: g}]", "grid: true"},
		{"workspaces: [{name: acme, users: [{name: gus, guest: some}]}]", "single or multi"},
		{"workspaces: [{id: T1, name: a}, {id: T1, name: b}]", "twice"},
	} {
		_, err := slacksim.ParseFile([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want something about %q", c.file, err, c.want)
		}
	}
	_, err := slacksim.ParseFile([]byte(head + "    channels: [{name: a, members: [x]}, {name: b, members: [y]}]"))
	if err == nil || strings.Count(err.Error(), "no user") != 2 {
		t.Errorf("not everything at once: %v", err)
	}
	if _, err := slacksim.LoadFile("missing.yaml"); err == nil {
		t.Error("a missing file was loaded")
	}
}

func TestIDsFollowFromNamesAndSeedTokensDoNot(t *testing.T) {
	one, two := start(t, acme), start(t, acme)
	if one.id("bob") != two.id("bob") || one.id("random") != two.id("random") || one.acme.BotUserID != two.acme.BotUserID {
		t.Error("the same file made other ids")
	}
	if one.acme.BotToken == two.acme.BotToken || one.acme.AppToken == two.acme.AppToken {
		t.Error("tokens repeat")
	}
	if other := start(t, strings.Replace(acme, "seed: 7", "seed: 8", 1)); other.id("bob") == one.id("bob") {
		t.Error("another seed made the same ids")
	}
}

func TestALargeWorkspaceIsQuick(t *testing.T) {
	const people, rooms, each = 20_000, 5_000, 40
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
	began := time.Now()
	srv, err := slacksim.Start(slacksim.Options{Workspace: f, NoRateLimits: true})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	built := time.Since(began)
	ready := srv.Ready()
	big := &world{T: t, Server: srv, ready: ready, acme: ready.Workspaces[0]}
	began = time.Now()
	if _, all := big.pages("conversations.list", "channels", "limit", "999", "types", "public_channel,private_channel"); len(all) != rooms+1 {
		t.Errorf("%d channels", len(all))
	}
	if _, all := big.pages("users.list", "members", "limit", "1000"); len(all) < people {
		t.Errorf("%d people", len(all))
	}
	big.refuses("limit_required", big.bot("users.list"))
	listed := time.Since(began)
	began = time.Now()
	for i := range 200 {
		if got := srv.Act(t.Context(), slacksim.Act{As: fmt.Sprintf("u%d", i), Do: "join", Channel: "c4999"}); !got.OK && got.Error != "channel_not_found" {
			t.Errorf("join: %+v", got)
		}
	}
	acted := time.Since(began)
	began = time.Now()
	srv.State()
	copied := time.Since(began)
	t.Logf("built in %s, listed in %s, 200 acts in %s, state copied in %s", built, listed, acted, copied)
	if total := built + listed + acted + copied; total > 20*time.Second {
		t.Errorf("it took %s", total)
	}
}
