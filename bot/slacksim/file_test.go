package slacksim_test

import (
	"os"
	"path/filepath"
	"reflect"
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
		{"- workspaces", "workspace file:1:1: keys with values are needed"},
		{"app: {scopes: [channels read]}", `1:16: app.scopes[0]: "channels read": a scope is needed, such as channels:read`},
		{"app: {user_scopes: [Admin], events: [message channels]}", `app.events[0]: "message channels": an event is needed`},
		{"app: {scopes: [channels:read, Channels:Read]}", `1:31: app.scopes[1]: "Channels:Read": a scope is needed`},
		{"app: {scopes: [channels: read]}", "1:24: app.scopes[0]: a text is needed"},
		{"app: {scopes: [{channels:read}]}", "app.scopes[0]: a text is needed"},
		{"app: {scope: []}", "known: events, scopes, user_scopes"},
		{head + "    channels: [{name: a, general: true}, {name: b, general: true}]", "4:52: workspaces[0].channels[1].general: #a is the general channel already"},
		{head + "    channels: [{name: a, members: [alise]}]", `no user "alise"; known: alice`},
		{head + "    channels: [{name: A Room}]", "lower case"},
		{head + "    channels: [{name: a}, {name: a}]", "twice"},
		{head + "    channels: [{name: a, general: true, private: true}]", "general"},
		{head + "    usergroups: [{handle: g, channels: [nowhere]}]", `no channel "nowhere"`},
		{head + "    preferences: {remove_from_public: nobody}", "everyone or admins"},
		{head + "    preferences: {remove: everyone}", "remove_from_private"},
		{head + "    channels: [{name: a}]\n    idp_groups: [{name: g}]\n    links: [{channel: a, idp_group: g}]", "private channel"},
		{head + "    links: [{channel: a, idp_group: g}]", `no IdP group "g"; known: none`},
		{head + "    grid: maybe", "4:5: workspaces[0].grid: true or false"},
		{head + "    channels: {name: a}", "a list is needed"},
		{head + "    channels: [a]", "keys with values are needed"},
		{head + "    domain: [a]", "a text is needed"},
		{head + "    name: again", "already defined"},
		{head + "---\nseed: 2", "one document"},
		{"w\x00o\x00\xff", "UTF-8"},
		{"workspaces: [", "1:13: this is not YAML"},
		{"workspaces: [&a {name: x, <<: *a}]", "within itself"},
		{"workspaces: [{name: a, users: [{name: u, email: U@a.test}, {name: v, email: u@a.test}]}]", "somebody else's"},
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
	_, err = slacksim.ParseFile([]byte(`seed: soon
workspaces:
  - nam: acme
    id: T01
    preferences: {edit_usergroups: nobody}
    users: [{name: alice, guest: some, age: 7}, bob, {name: alice}]
    usergroups: [{handle: g, members: [zoe]}]
`))
	want := `workspace file:1:1: seed: a whole number is needed
workspace file:3:5: workspaces[0].nam: there is no "nam" here; known: channels, domain, grid, id, idp_groups, links, name, preferences, usergroups, users
workspace file:5:19: workspaces[0].preferences.edit_usergroups: "nobody": use everyone or admins
workspace file:6:27: workspaces[0].users[0].guest: "some": use single or multi
workspace file:6:40: workspaces[0].users[0].age: there is no "age" here; known: admin, bot, deactivated, display_name, email, external, guest, id, name, owner, real_name, title
workspace file:6:49: workspaces[0].users[1]: keys with values are needed, such as {name: a}
workspace file:6:54: workspaces[0].users[2]: user "alice" exists twice
workspace file:7:40: workspaces[0].usergroups[0].members[0]: no user "zoe"; known: alice, usher`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	path := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(path, []byte(head+"    channels:\n      - {name: a}\n      - {name: b, members: [alice, x]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = slacksim.LoadFile(path)
	if want := path + `:6:36: workspaces[0].channels[1].members[1]: no user "x"`; err == nil || !strings.HasPrefix(err.Error(), want) {
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

// described is the workspace file of the simulator's description, word for word.
const described = `
seed: 1                      # ids are derived from names and seed unless given
workspaces:
  - id: T01                  # optional everywhere: id
    name: acme
    grid: false              # true: IdP groups, org admin token, admin.* and SCIM work
    preferences: {remove_from_private: everyone, remove_from_public: admins, edit_usergroups: everyone}   # everyone | admins
    users:
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true}
      - {name: gus, guest: multi}          # guest: single | multi
      - {name: robo, bot: true}
      - {name: ext, external: T99}
      - {name: old, deactivated: true}
    channels:
      - {name: general, general: true}      # everyone is in it
      - {name: finance-department, private: true, members: [alice, usher]}
    usergroups:
      - {handle: finance, name: Finance, members: [alice], channels: [finance-department]}
    idp_groups:
      - {id: S-IDP1, name: Finance, members: [alice]}
    links:
      - {channel: finance-department, idp_group: S-IDP1}
`

// Outside of Grid the IdP group and its link are there and restrict nobody.
func TestTheDescribedFileIsTaken(t *testing.T) {
	w := start(t, described)
	s, room := w.state(), w.id("finance-department")
	if s.IDPGroups["S-IDP1"].Members[0] != w.id("alice") || !reflect.DeepEqual(s.Links, map[string][]string{room: {"S-IDP1"}}) {
		t.Errorf("groups %v, links %v", s.IDPGroups, s.Links)
	}
	if got := w.channel("general").Members; !reflect.DeepEqual(got, []string{w.id("alice")}) {
		t.Errorf("#general has %v", got)
	}
	w.act("", slacksim.Act{As: "alice", Do: "invite", Channel: room, Users: names("gus")})
	w.refuses("feature_not_enabled", w.call(w.acme.AdminToken, "admin.conversations.restrictAccess.listGroups", "channel_id", room))
}

func TestAnchorsAndMergesStandForWhatTheyName(t *testing.T) {
	f, err := slacksim.ParseFile([]byte("workspaces:\n- name: acme\n  users:\n  - &a {name: alice, title: Boss}\n  - {<<: *a, name: bob}\n  channels: [{name: a, members: &m [alice]}, {name: b, members: *m}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	w := f.Workspaces[0]
	if w.Users[1].Name != "bob" || w.Users[1].Title != "Boss" || w.Channels[1].Members[0] != "alice" {
		t.Errorf("%+v", w)
	}
}

// A workspace needs an owner; one that is made up takes nobody's name.
func TestAWorkspaceWithoutAdministratorsGetsOne(t *testing.T) {
	w := start(t, "workspaces: [{id: T7, users: [{name: owner}, {name: gone, owner: true, deactivated: true}]}]")
	made := 0
	for _, u := range w.state().Users {
		if u.IsOwner && !u.Deleted {
			made++
		}
	}
	if owner := w.state().Users[w.id("owner")]; made != 1 || owner.IsOwner {
		t.Errorf("%d owners, %+v", made, owner)
	}
	if got := w.call(w.acme.AdminToken, "auth.test"); got["team"] != "T7" || got["user"] != "owner-" {
		t.Errorf("the administrator's token is for %v", got)
	}
}

// Texts may be written in every way YAML knows.
func TestTextsInAFile(t *testing.T) {
	f, err := slacksim.ParseFile([]byte("\ufeff" + `# a comment first
seed: 1_000
workspaces:
  - name: 42
    id: "T\u0031"
    users:
      - {name: 'o''neil', title: "two\nlines", real_name: !!str 7, email: ~}
      - name: bob
        title: >
          one
          line
        real_name: |
          as
          it is
        admin: true # and one behind
`))
	if err != nil {
		t.Fatal(err)
	}
	w := f.Workspaces[0]
	got := []string{w.Name, w.ID, w.Users[0].Name, w.Users[0].Title, w.Users[0].RealName, w.Users[0].Email, w.Users[1].Title, w.Users[1].RealName}
	want := []string{"42", "T1", "o'neil", "two\nlines", "7", "", "one line\n", "as\nit is\n"}
	if !reflect.DeepEqual(got, want) || f.Seed != 1000 || !w.Users[1].Admin {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, empty := range []string{"# nothing else\n", "---\n", "~", "workspaces:\n"} {
		if _, err := slacksim.ParseFile([]byte(empty)); err == nil || !strings.Contains(err.Error(), "at least one is needed") {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

// FuzzAFile holds that any text at all is a file or a complaint with a place.
func FuzzAFile(f *testing.F) {
	for _, seed := range []string{described, acme, grid, "workspaces: [&a {name: x, <<: *a}]", "workspaces: [*x]", "- a\n- b", "a: &b [*b]", "workspaces: [{? [a] : b}]", "app: {scopes: [a:b, c:, :d, \"e\":f, [g:h]]}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := slacksim.ParseFile([]byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "workspace file:") {
				t.Errorf("%q: no place in %v", text, err)
			}
			return
		}
		if _, err := file.State(); err != nil {
			t.Errorf("%q was taken and then: %v", text, err)
		}
	})
}
