package slacksim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	path := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(path, []byte(head+"    channels:\n      - {name: a}\n      - {name: b, members: [alice, x]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = slacksim.LoadFile(path)
	if want := path + `:6: workspaces[0].channels[1].members[1]: no user "x"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
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
