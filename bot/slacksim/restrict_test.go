package slacksim_test

import (
	"slices"
	"testing"

	"usher/bot/slacksim"
)

func (w *world) in(channel string) []string {
	w.Helper()
	var out []string
	s := w.state()
	for _, id := range s.Channels[w.id(channel)].Members {
		out = append(out, s.Users[id].Name)
	}
	slices.Sort(out)
	return out
}

func (w *world) members(channel string, want ...string) {
	w.Helper()
	if got := w.in(channel); !slices.Equal(got, want) {
		w.Errorf("in #%s are %v, want %v", channel, got, want)
	}
}

func TestWhatALinkMeans(t *testing.T) {
	w := start(t, grid)
	room := w.id("finance")
	admin := func(code, method string, args ...string) {
		t.Helper()
		t.Log(method, args)
		w.refuses(code, w.call(w.acme.AdminToken, "admin.conversations."+method, append([]string{"channel_id", room, "team_id", "T01"}, args...)...))
	}
	admin("", "restrictAccess.addGroup", "group_id", "S-IDP1")
	w.members("finance", "alice", "bob", "usher") // the first link takes out who is not in the group
	admin("group_already_linked_to_channel", "restrictAccess.addGroup", "group_id", "S-IDP1")
	admin("group_must_not_be_empty", "restrictAccess.addGroup", "group_id", "S-IDP3")
	admin("group_not_found", "restrictAccess.addGroup", "group_id", "S-0")
	w.refuses("cant_invite", w.bot("conversations.invite", "channel", room, "users", w.id("carol")))
	w.act("cant_invite", slacksim.Act{As: "alice", Do: "invite", Channel: "finance", Users: names("dave")})
	admin("failed_for_some_users", "invite", "user_ids", w.id("dave"))
	admin("", "restrictAccess.addGroup", "group_id", "S-IDP2")
	w.members("finance", "alice", "bob", "usher") // members of a group are not added
	w.refuses("", w.bot("conversations.invite", "channel", room, "users", w.id("carol")))
	if got := w.state().Links[room]; !slices.Equal(got, []string{"S-IDP1", "S-IDP2"}) {
		t.Errorf("links %v", got)
	}
	w.act("", slacksim.Act{Do: "set_idp_group", IDPGroup: "S-IDP1", Members: &slacksim.Names{"alice", "carol"}})
	w.members("finance", "alice", "carol", "usher") // bob held it only through the group
	admin("", "restrictAccess.removeGroup", "group_id", "S-IDP1")
	w.members("finance", "carol", "usher") // alice is in no other linked group
	admin("link_not_found", "restrictAccess.removeGroup", "group_id", "S-IDP1")
	w.act("restricted_action", slacksim.Act{As: "carol", Do: "share_external", Channel: "finance", With: "T99"})
	admin("", "restrictAccess.removeGroup", "group_id", "S-IDP2")
	w.members("finance", "carol", "usher") // an ordinary private channel again
	w.refuses("", w.bot("conversations.invite", "channel", room, "users", w.id("bob")))

	other := func(code, channel string) {
		t.Helper()
		w.refuses(code, w.call(w.acme.AdminToken, "admin.conversations.restrictAccess.addGroup", "channel_id", channel, "group_id", "S-IDP1"))
	}
	other("channel_is_not_private", w.id("lobby"))
	other("default_channel_restricted", w.id("general"))
	other("channel_not_found", "C0")
	w.act("", slacksim.Act{As: "carol", Do: "share_external", Channel: "finance", With: "T99"})
	other("unable_to_link_idp_group_and_channel", room)
}

func TestAdministrationNeedsGrid(t *testing.T) {
	w := start(t, acme)
	w.refuses("feature_not_enabled", w.call(w.acme.AdminToken, "admin.conversations.search"))
}

func TestInvitationsIntoTheWorkspace(t *testing.T) {
	w := start(t, grid)
	invite := func(code string, more ...string) {
		t.Helper()
		args := append([]string{"team_id", "T01", "channel_ids", w.id("lobby")}, more...)
		w.refuses(code, w.call(w.acme.AdminToken, "admin.users.invite", args...))
	}
	invite("invalid_email", "email", "nobody")
	invite("already_in_team", "email", "BOB@acme.test")
	invite("channel_not_found", "email", "new@acme.test", "channel_ids", "C0")
	invite("failed_to_validate_expiration", "email", "new@acme.test", "is_restricted", "true", "guest_expiration_ts", "1")
	invite("", "email", "new@acme.test", "is_restricted", "true")
	invite("already_in_team_invited_user", "email", "new@acme.test")
	invite("", "email", "new@acme.test", "is_ultra_restricted", "true", "resend", "true")
	if got := w.state().Invites; len(got) != 1 || !got[0].IsUltraRestricted {
		t.Errorf("invites %+v", got)
	}
	email := "new@acme.test"
	w.act("", slacksim.Act{Do: "add_user", User: "newcomer", Email: &email})
	u := w.state().Users[w.id("newcomer")]
	if !u.IsUltraRestricted || !slices.Contains(w.in("lobby"), "newcomer") || slices.Contains(w.in("general"), "newcomer") || len(w.state().Invites) != 0 {
		t.Errorf("the guest arrived as %+v in %v", u, w.in("lobby"))
	}
}
