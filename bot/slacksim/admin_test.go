package slacksim_test

import (
	"maps"
	"slices"
	"testing"

	"usher/bot/slacksim"
	"usher/bot/slacksim/spec"
)

// Whatever is documented is served, except what has no place here.
func TestEveryDocumentedMethodIsServed(t *testing.T) {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(spec.Methods())) {
		if !slices.Contains(slacksim.Served(), name) {
			missing = append(missing, name)
		}
	}
	if want := []string{"files.completeUploadExternal", "files.getUploadURLExternal"}; !slices.Equal(missing, want) { // there are no files
		t.Errorf("not served: %v, want %v", missing, want)
	}
}

func TestAdministeringPeople(t *testing.T) {
	w := start(t, grid)
	bob := w.id("bob")
	do := func(code, method string, args ...string) map[string]any {
		t.Helper()
		got := w.call(w.acme.AdminToken, method, args...)
		w.refuses(code, got)
		return got
	}
	const later = "4102444800"
	do("user_is_not_a_guest", "admin.users.setExpiration", "user_id", bob, "expiration_ts", later)
	w.act("", slacksim.Act{Do: "set_role", User: "bob", Guest: "multi"})
	do("failed_to_validate_expiration", "admin.users.setExpiration", "user_id", bob, "expiration_ts", "1")
	do("", "admin.users.setExpiration", "user_id", bob, "expiration_ts", later)
	if got := w.state().Users[bob].ExpirationTS; got != 4102444800 {
		t.Errorf("bob's account ends %d", got)
	}
	guests, _ := do("", "admin.users.list", "only_guests", "true")["users"].([]any)
	if len(guests) != 1 {
		t.Errorf("guests %v", guests)
	}

	do("cannot_modify_primary_owner", "admin.users.remove", "team_id", "T01", "user_id", w.id("alice"))
	do("invalid_permissions", "admin.users.remove", "team_id", "T01", "user_id", w.id("usher"))
	do("user_not_found", "admin.users.remove", "team_id", "T01", "user_id", "U0")
	do("team_not_found", "admin.users.remove", "team_id", "T0", "user_id", bob)
	do("", "admin.users.remove", "team_id", "T01", "user_id", bob)
	do("user_already_deleted", "admin.users.remove", "team_id", "T01", "user_id", bob)
	do("user_is_deactivated", "admin.users.setExpiration", "user_id", bob, "expiration_ts", later)
	if slices.Contains(w.channel("finance").Members, bob) {
		t.Error("bob is still in")
	}
	active, _ := do("", "admin.users.list", "is_active", "true")["users"].([]any)
	gone, _ := do("", "admin.users.list", "is_active", "false")["users"].([]any)
	if len(active) != len(w.state().Users)-1 || len(gone) != 1 {
		t.Errorf("%d active, %d gone", len(active), len(gone))
	}

	do("user_already_team_member", "admin.users.assign", "team_id", "T01", "user_id", w.id("carol"))
	do("invalid_role_for_user", "admin.users.assign", "team_id", "T01", "user_id", bob, "is_restricted", "true", "is_ultra_restricted", "true")
	do("invitor_cannot_see_channel", "admin.users.assign", "team_id", "T01", "user_id", bob, "channel_ids", "C0")
	do("", "admin.users.assign", "team_id", "T01", "user_id", bob, "channel_ids", w.id("lobby"))
	if u := w.state().Users[bob]; u.Deleted || u.IsRestricted || !slices.Contains(w.channel("lobby").Members, bob) || !slices.Contains(w.channel("general").Members, bob) {
		t.Errorf("bob is %+v", u)
	}
}

// The default channels of an IdP group take its people in, now and later, and
// leave them in.
func TestDefaultChannelsOfAnIdPGroup(t *testing.T) {
	w := start(t, grid)
	lobby := w.id("lobby")
	do := func(code, method string, args ...string) {
		t.Helper()
		w.refuses(code, w.call(w.acme.AdminToken, "admin.usergroups."+method, args...))
	}
	do("usergroup_not_found", "addChannels", "usergroup_id", w.id("ops"), "channel_ids", lobby)
	do("channel_not_found", "addChannels", "usergroup_id", "S-IDP1", "channel_ids", "C0")
	do("invalid_channels_limit", "addChannels", "usergroup_id", "S-IDP1", "channel_ids", "")
	do("invalid_team_ids", "addTeams", "usergroup_id", "S-IDP1", "team_ids", "T01,T0")
	do("no_team_ids_given", "addTeams", "usergroup_id", "S-IDP1", "team_ids", "")
	do("", "addChannels", "usergroup_id", "S-IDP1", "channel_ids", lobby)
	if !slices.Contains(w.channel("lobby").Members, w.id("bob")) {
		t.Error("bob was not added")
	}
	w.act("", slacksim.Act{Do: "set_idp_group", IDPGroup: "S-IDP1", Members: &slacksim.Names{"carol"}})
	if in := w.channel("lobby").Members; !slices.Contains(in, w.id("carol")) || !slices.Contains(in, w.id("bob")) {
		t.Error("carol was not added, or bob removed")
	}
	do("", "removeChannels", "usergroup_id", "S-IDP1", "channel_ids", lobby)
	w.act("", slacksim.Act{Do: "set_idp_group", IDPGroup: "S-IDP1", Members: &slacksim.Names{"carol", "dave"}})
	if slices.Contains(w.channel("lobby").Members, w.id("dave")) {
		t.Error("dave was added to a channel that is none of the group's any more")
	}
}

func TestReactions(t *testing.T) {
	w := start(t, acme)
	random := w.id("random")
	ts := w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "hi"}).TS
	for _, c := range []struct{ code, channel, ts, name string }{
		{"channel_not_found", w.id("secret"), ts, "eyes"},
		{"is_archived", w.id("attic"), ts, "eyes"},
		{"bad_timestamp", random, "now", "eyes"},
		{"message_not_found", random, "1.000000", "eyes"},
		{"invalid_name", random, ts, "two eyes"},
		{"", random, ts, "eyes"},
		{"already_reacted", random, ts, ":eyes:"},
	} {
		w.refuses(c.code, w.bot("reactions.add", "channel", c.channel, "timestamp", c.ts, "name", c.name))
	}
	w.refuses("", w.call(w.acme.AdminToken, "reactions.add", "channel", random, "timestamp", ts, "name", "eyes"))
	got := w.bot("conversations.history", "channel", random)
	messages, _ := got["messages"].([]any)
	m, _ := messages[0].(map[string]any)
	list, _ := m["reactions"].([]any)
	if r, _ := list[0].(map[string]any); r["name"] != "eyes" || r["count"] != float64(2) {
		t.Errorf("reactions %v", list)
	}
}
