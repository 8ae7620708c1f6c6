package slacksim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"usher/bot/slacksim"
)

func TestUserGroupErrors(t *testing.T) {
	w := start(t, acme)
	finance := w.id("finance")
	long := strings.Repeat("x", 141)
	w.bot("usergroups.create", "name", "Ops", "handle", "ops")
	channels := make([]string, 101)
	for i := range channels {
		channels[i] = w.id("random")
	}
	for _, c := range []struct {
		code, method string
		args         []string
	}{
		{"missing_subteam_name", "usergroups.create", nil},
		{"missing_subteam_name", "usergroups.create", []string{"name", " "}},
		{"name_already_exists", "usergroups.create", []string{"name", "Finance", "handle", "other"}},
		{"name_too_long", "usergroups.create", []string{"name", strings.Repeat("n", 81)}},
		{"handle_already_exists", "usergroups.create", []string{"name", "A", "handle", "finance"}},
		{"handle_already_exists", "usergroups.create", []string{"name", "A", "handle", "old"}},    // a deactivated person's
		{"handle_already_exists", "usergroups.create", []string{"name", "A", "handle", "random"}}, // a channel's
		{"bad_handle", "usergroups.create", []string{"name", "A", "handle", "Big Group"}},
		{"bad_handle", "usergroups.create", []string{"name", "A", "handle", strings.Repeat("h", 22)}},
		{"forbidden_handle", "usergroups.create", []string{"name", "A", "handle", "here"}},
		{"description_too_long", "usergroups.create", []string{"name", "A", "handle", "a", "description", long}},
		{"description_too_long", "usergroups.create", []string{"name", "A", "handle", "a", "description", "two\nlines"}},
		{"invalid_channel_provided", "usergroups.create", []string{"name", "A", "handle", "a", "channels", "C0"}},
		{"invalid_channel_provided", "usergroups.update", []string{"usergroup", finance, "channels", w.id("attic")}},             // archived
		{"invalid_channel_provided", "usergroups.update", []string{"usergroup", finance, "channels", w.id("secret")}},            // private, the bot is out
		{"invalid_channel_provided", "usergroups.update", []string{"usergroup", finance, "additional_channels", w.id("secret")}}, // the same
		{"too_many_linked_channels", "usergroups.update", []string{"usergroup", finance, "channels", strings.Join(channels, ",")}},
		{"no_such_subteam", "usergroups.update", []string{"usergroup", "S0", "name", "B"}},
		{"missing_argument", "usergroups.update", []string{"name", "B"}},
		{"invalid_team", "usergroups.list", []string{"team_id", "T0"}},
		{"no_such_subteam", "usergroups.users.list", []string{"usergroup", "S0"}},
		{"no_users_provided", "usergroups.users.update", []string{"usergroup", finance, "users", ""}},
		{"invalid_users", "usergroups.users.update", []string{"usergroup", finance, "users", "U0"}},
		{"invalid_users", "usergroups.users.update", []string{"usergroup", finance, "users", w.id("gus")}},
		{"invalid_users", "usergroups.users.update", []string{"usergroup", finance, "users", w.id("robo")}},
		{"invalid_users", "usergroups.users.update", []string{"usergroup", finance, "users", w.id("ext")}},
		{"already_enabled", "usergroups.enable", []string{"usergroup", finance}},
		{"", "usergroups.disable", []string{"usergroup", finance}},
		{"already_disabled", "usergroups.disable", []string{"usergroup", finance}},
		{"no_such_subteam", "usergroups.users.list", []string{"usergroup", finance}},
		{"", "usergroups.users.list", []string{"usergroup", finance, "include_disabled", "true"}},
		{"handle_already_exists", "usergroups.create", []string{"name", "A", "handle", "finance"}}, // a disabled group's
		{"", "usergroups.enable", []string{"usergroup", finance}},
		{"", "usergroups.users.update", []string{"usergroup", finance, "users", w.id("old")}}, // a placeholder
	} {
		t.Log(c)
		w.refuses(c.code, w.bot(c.method, c.args...))
	}
	w.act("", slacksim.Act{Do: "set_preference", Name: "edit_usergroups", Value: "admins"})
	for _, method := range []string{"create", "update", "enable", "disable", "users.update"} {
		w.refuses("permission_denied", w.bot("usergroups."+method, "usergroup", finance, "name", "Z", "users", w.id("bob")))
	}
}

func TestMembersAreReplacedAndProvisioned(t *testing.T) {
	w := start(t, acme)
	a := w.connect(nil)
	finance, room := w.id("finance"), "finance-department"
	got, err := w.api.UpdateUserGroupMembersContext(w.soon(), finance, w.id("bob")+","+w.id("carol"))
	if err != nil || got.UserCount != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if !slices.Contains(w.channel(room).Members, w.id("carol")) {
		t.Error("carol joined the group and not its default channel")
	}
	if !slices.Contains(w.channel(room).Members, w.id("alice")) {
		t.Error("alice left the group and lost its default channel")
	}
	for {
		evt := <-a.events
		if raw := string(evt.Request.Payload); strings.Contains(raw, "subteam_members_changed") {
			if !strings.Contains(raw, fmt.Sprintf(`"removed_users":[%q]`, w.id("alice"))) || !strings.Contains(raw, `"added_users_count":2`) {
				t.Error(raw)
			}
			break
		}
	}
}

func TestAllParametersOfAGroupAreKept(t *testing.T) {
	w := start(t, acme)
	random, finance := w.id("random"), w.id("finance-department")
	w.refuses("", w.bot("usergroups.create", "name", "Ops", "handle", "ops", "description", "who runs it",
		"channels", random, "additional_channels", finance, "enable_section", "true", "include_count", "true", "team_id", "T01"))
	g := w.state().Usergroups[w.id("ops")]
	want := fmt.Sprint(slacksim.Usergroup{ID: g.ID, Handle: "ops", Name: "Ops", Description: "who runs it", Users: []string{}, Channels: []string{random}, AdditionalChannels: []string{finance}, EnableSection: true})
	if got := fmt.Sprint(g); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.refuses("", w.bot("usergroups.update", "usergroup", g.ID, "channels", "", "description", ""))
	if g = w.state().Usergroups[g.ID]; len(g.Channels) != 0 || g.EnableSection || g.Description != "" {
		t.Errorf("without a default channel there is no section: %+v", g)
	}
	w.refuses("", w.bot("usergroups.disable", "usergroup", g.ID))
	if all, _ := w.bot("usergroups.list")["usergroups"].([]any); len(all) != 1 {
		t.Errorf("%d groups without disabled ones", len(all))
	}
	if all, _ := w.bot("usergroups.list", "include_disabled", "true")["usergroups"].([]any); len(all) != 2 {
		t.Errorf("%d groups with disabled ones", len(all))
	}
}

func TestATruncatedSubteamUpdate(t *testing.T) {
	users := "users:\n      - {name: alice, admin: true}\n"
	for i := range 600 {
		users += fmt.Sprintf("      - {name: u%d}\n", i)
	}
	w := start(t, "workspaces:\n  - id: T01\n    name: acme\n    "+users+"    usergroups: [{handle: all, members: [alice]}]\n")
	var ids []string
	for _, u := range w.state().Users {
		if !u.IsBot {
			ids = append(ids, u.ID)
		}
	}
	if _, err := w.api.UpdateUserGroupMembersContext(w.soon(), w.id("all"), strings.Join(ids, ",")); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.Events(0) {
		if e.Type != "subteam_updated" {
			continue
		}
		var p struct {
			Event struct{ Subteam slack.UserGroup }
		}
		decode(t, e.Payload, &p)
		if len(p.Event.Subteam.Users) != 500 || p.Event.Subteam.UserCount != len(ids) {
			t.Errorf("%d users of %d", len(p.Event.Subteam.Users), p.Event.Subteam.UserCount)
		}
		return
	}
	t.Error("no subteam_updated")
}

// What an act says of a group is done, whichever of the two verbs says it.
func TestBothVerbsChangeAndFillAGroup(t *testing.T) {
	w := start(t, acme)
	name, about, rooms := "Money", "All about money", slacksim.Names{"random"}
	for _, verb := range []string{"set_usergroup", "edit_usergroup"} {
		name += "!"
		g := w.act("", slacksim.Act{
			As: "alice", Do: verb, Usergroup: "finance", Name: name, Description: &about, Channels: &rooms, Members: &slacksim.Names{"alice", "mallory"},
		}).Usergroup
		if g.Name != name || g.Description != about || !slices.Equal(g.Channels, []string{w.id("random")}) || !slices.Equal(g.Users, []string{w.id("alice"), w.id("mallory")}) {
			t.Errorf("%s: %+v", verb, g)
		}
	}
	if !slices.Contains(w.channel("random").Members, w.id("mallory")) {
		t.Error("the new default channel has not let the new member in")
	}
	w.act("no_users_provided", slacksim.Act{As: "alice", Do: "edit_usergroup", Usergroup: "finance", Members: &slacksim.Names{}})
}

// A channel the group has already may stay, even where the caller cannot see it.
func TestAGroupKeepsAChannelItsEditorCannotSee(t *testing.T) {
	w := start(t, acme)
	rooms := w.id("secret") + "," + w.id("random")
	w.act("", slacksim.Act{As: "alice", Do: "edit_usergroup", Usergroup: "finance", Channels: &slacksim.Names{"secret"}})
	w.refuses("", w.bot("usergroups.update", "usergroup", w.id("finance"), "channels", rooms))
	w.refuses("", w.bot("usergroups.update", "usergroup", w.id("finance"), "channels", w.id("random")))
	w.refuses("invalid_channel_provided", w.bot("usergroups.update", "usergroup", w.id("finance"), "channels", rooms))
}
