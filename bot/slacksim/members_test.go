package slacksim_test

import (
	"slices"
	"testing"

	"usher/bot/slacksim"
)

func names(all ...string) slacksim.Names { return all }

func TestInviteProblems(t *testing.T) {
	w := start(t, acme)
	w.refuses("", w.bot("conversations.create", "name", "theirs"))
	w.act("", slacksim.Act{Do: "share_external", Channel: "theirs", With: "T98"})
	for _, c := range []struct{ channel, users, code string }{
		{"nowhere", "#mallory", "channel_not_found"},
		{"#secret", "#mallory", "channel_not_found"}, // private, the bot is out
		{"#attic", "#mallory", "is_archived"},
		{"#general", "#gus", "not_in_channel"},
		{"#random", "#usher", "cant_invite_self"},
		{"#random", "#alice", "already_in_channel"},
		{"#random", "U0", "user_not_found"},
		{"#random", "#old", "cant_invite"},
		{"#random", "#ext", "org_user_not_in_team"},
		{"#theirs", "#ext", "org_user_not_in_team"}, // shared, but with others
		{"#random", "#mallory", ""},
		{"#random", "#sam", ""},
		{"#finance-department", "#sam", "ura_max_channels"},
	} {
		got := w.bot("conversations.invite", pairs(with("channel", c.channel, "users", c.users)(w))...)
		t.Log(c)
		w.refuses(c.code, got)
	}
	if !slices.Contains(w.channel("random").Members, w.id("mallory")) {
		t.Error("mallory is not in")
	}
}

func TestOneBadIDFailsAllUnlessForced(t *testing.T) {
	w := start(t, acme)
	all := w.id("mallory") + "," + w.id("alice") + "," + w.id("gus")
	got := w.bot("conversations.invite", "channel", w.id("random"), "users", all)
	w.refuses("already_in_channel", got)
	if problems, _ := got["errors"].([]any); len(problems) != 1 {
		t.Errorf("errors %v", got["errors"])
	}
	if slices.Contains(w.channel("random").Members, w.id("mallory")) {
		t.Error("a refused invitation let somebody in")
	}
	got = w.bot("conversations.invite", "channel", w.id("random"), "users", all, "force", "true")
	w.refuses("", got)
	if problems, _ := got["errors"].([]any); len(problems) != 1 {
		t.Errorf("errors of a forced invitation: %v", got["errors"])
	}
	for _, name := range []string{"mallory", "gus"} {
		if !slices.Contains(w.channel("random").Members, w.id(name)) {
			t.Errorf("%s is not in", name)
		}
	}
}

func TestKickProblems(t *testing.T) {
	w := start(t, acme)
	for _, c := range []struct{ channel, user, code string }{
		{"#secret", "#alice", "channel_not_found"},
		{"#finance-department", "#usher", "cant_kick_self"},
		{"#finance-department", "#carol", "not_in_channel"},
		{"#finance-department", "U0", "user_not_found"},
		{"#general", "#alice", "cant_kick_from_general"},
		{"#random", "#bob", "restricted_action"}, // only admins remove from public channels
		{"#finance-department", "#bob", ""},
	} {
		t.Log(c)
		w.refuses(c.code, w.bot("conversations.kick", pairs(with("channel", c.channel, "user", c.user)(w))...))
	}
	w.act("", slacksim.Act{Do: "set_preference", Name: "remove_from_public", Value: "everyone"})
	w.refuses("", w.bot("conversations.kick", "channel", w.id("random"), "user", w.id("bob")))
	w.act("", slacksim.Act{Do: "set_preference", Name: "remove_from_private", Value: "admins"})
	w.refuses("restricted_action", w.bot("conversations.kick", "channel", w.id("finance-department"), "user", w.id("alice")))
}

func TestTheLastPersonOutArchivesAPrivateChannel(t *testing.T) {
	w := start(t, acme)
	room := w.id("finance-department")
	for _, name := range []string{"alice", "bob"} {
		if w.channel("finance-department").IsArchived {
			t.Fatal("archived too early")
		}
		w.refuses("", w.bot("conversations.kick", "channel", room, "user", w.id(name)))
	}
	if !w.channel("finance-department").IsArchived {
		t.Error("a private channel without people is not archived")
	}
	w.act("", slacksim.Act{As: "bob", Do: "create_channel", Name: "bobs", Private: true})
	w.act("", slacksim.Act{As: "bob", Do: "leave", Channel: "bobs"})
	if !w.channel("bobs").IsArchived {
		t.Error("a private channel everybody left is not archived")
	}
}

func TestJoinAndLeave(t *testing.T) {
	w := start(t, acme)
	for _, c := range []struct{ method, channel, code string }{
		{"conversations.join", "#general", ""},
		{"conversations.join", "#secret", "channel_not_found"},
		{"conversations.join", "#attic", "is_archived"},
		{"conversations.leave", "#general", "cant_leave_general"},
		{"conversations.leave", "#random", ""},
	} {
		t.Log(c)
		w.refuses(c.code, w.bot(c.method, pairs(with("channel", c.channel)(w))...))
	}
	again := w.bot("conversations.join", "channel", w.id("general"))
	if again["warning"] != "already_in_channel" {
		t.Errorf("joining again: %v", again)
	}
	if out := w.bot("conversations.leave", "channel", w.id("random")); out["not_in_channel"] != true {
		t.Errorf("leaving again: %v", out)
	}
	w.bot("conversations.create", "name", "mine", "is_private", "true")
	w.refuses("last_member", w.bot("conversations.leave", "channel", w.id("mine")))
}

func TestWhatPeopleMayDo(t *testing.T) {
	w := start(t, acme)
	for _, c := range []struct {
		code string
		act  slacksim.Act
	}{
		{"user_not_found", slacksim.Act{As: "nobody", Do: "join", Channel: "random"}},
		{"account_inactive", slacksim.Act{As: "old", Do: "join", Channel: "random"}},
		{"unknown_verb", slacksim.Act{As: "bob", Do: "fly"}},
		{"team_not_found", slacksim.Act{Team: "T0", As: "bob", Do: "join"}},
		{"channel_not_found", slacksim.Act{As: "bob", Do: "join", Channel: "secret"}},
		{"channel_not_found", slacksim.Act{As: "gus", Do: "join", Channel: "random"}}, // guests do not look around
		{"is_archived", slacksim.Act{As: "bob", Do: "join", Channel: "attic"}},
		{"", slacksim.Act{As: "mallory", Do: "join", Channel: "random"}},
		{"not_in_channel", slacksim.Act{As: "mallory", Do: "leave", Channel: "attic"}},
		{"cant_leave_general", slacksim.Act{As: "mallory", Do: "leave", Channel: "general"}},
		{"not_in_channel", slacksim.Act{As: "mallory", Do: "invite", Channel: "shared", Users: names("bob")}},
		{"", slacksim.Act{As: "mallory", Do: "invite", Channel: "random", Users: names("gus")}},
		{"user_is_restricted", slacksim.Act{As: "gus", Do: "invite", Channel: "random", Users: names("sam")}},
		{"restricted_action", slacksim.Act{As: "mallory", Do: "kick", Channel: "random", Users: names("gus")}},
		{"user_is_restricted", slacksim.Act{As: "gus", Do: "set_topic", Channel: "random", Topic: new("mine")}},
		{"no_user", slacksim.Act{As: "alice", Do: "invite", Channel: "random"}},
		{"user_not_found", slacksim.Act{As: "alice", Do: "kick", Channel: "random"}},
		{"", slacksim.Act{As: "alice", Do: "kick", Channel: "random", Users: names("gus")}},
		{"", slacksim.Act{As: "alice", Do: "invite", Channel: "random", User: "gus"}},
		{"", slacksim.Act{As: "alice", Do: "kick", Channel: "random", User: "gus"}},
		{"restricted_action", slacksim.Act{As: "gus", Do: "create_channel", Name: "x"}},
		{"restricted_action", slacksim.Act{As: "ext", Do: "create_channel", Name: "x"}},
		{"name_taken", slacksim.Act{As: "bob", Do: "create_channel", Name: "random"}},
		{"name_taken", slacksim.Act{As: "bob", Do: "create_channel", Name: "finance"}}, // a group's handle
		{"invalid_name_specials", slacksim.Act{As: "bob", Do: "create_channel", Name: "Big Room"}},
		{"invalid_name_punctuation", slacksim.Act{As: "bob", Do: "create_channel", Name: "--"}},
		{"invalid_name_required", slacksim.Act{As: "bob", Do: "create_channel"}},
		{"", slacksim.Act{As: "bob", Do: "create_channel", Name: "bobs"}},
		{"not_in_channel", slacksim.Act{As: "carol", Do: "rename", Channel: "bobs", Name: "carols"}},
		{"not_authorized", slacksim.Act{As: "mallory", Do: "rename", Channel: "random", Name: "mine"}},
		{"", slacksim.Act{As: "bob", Do: "rename", Channel: "bobs", Name: "robs"}},
		{"cant_archive_general", slacksim.Act{As: "alice", Do: "archive", Channel: "general"}},
		{"", slacksim.Act{As: "bob", Do: "archive", Channel: "robs"}},
		{"already_archived", slacksim.Act{As: "bob", Do: "archive", Channel: "robs"}},
		{"", slacksim.Act{As: "bob", Do: "unarchive", Channel: "robs"}},
		{"not_archived", slacksim.Act{As: "bob", Do: "unarchive", Channel: "robs"}},
		{"restricted_action", slacksim.Act{As: "carol", Do: "convert_private", Channel: "random"}},
		{"", slacksim.Act{As: "bob", Do: "convert_private", Channel: "robs"}},
		{"channel_not_found", slacksim.Act{As: "carol", Do: "join", Channel: "robs"}},
		{"restricted_action", slacksim.Act{As: "bob", Do: "convert_public", Channel: "robs"}},
		{"", slacksim.Act{As: "bob", Do: "invite", Channel: "robs", Users: names("alice")}},
		{"", slacksim.Act{As: "alice", Do: "convert_public", Channel: "robs"}},
		{"", slacksim.Act{As: "carol", Do: "join", Channel: "robs"}},
		{"restricted_action", slacksim.Act{As: "bob", Do: "delete_channel", Channel: "robs"}},
		{"not_in_channel", slacksim.Act{As: "carol", Do: "post", Channel: "shared", Text: "hi"}},
		{"no_text", slacksim.Act{As: "carol", Do: "post", Channel: "random"}},
		{"", slacksim.Act{As: "carol", Do: "post", Channel: "bob", Text: "hi"}},
		{"not_an_admin", slacksim.Act{As: "bob", Do: "add_user", User: "dave"}},
		{"", slacksim.Act{As: "alice", Do: "add_user", User: "dave"}},
		{"name_taken", slacksim.Act{As: "alice", Do: "add_user", User: "dave"}},
		{"not_an_admin", slacksim.Act{As: "bob", Do: "deactivate", User: "dave"}},
		{"", slacksim.Act{As: "alice", Do: "deactivate", User: "dave"}},
		{"user_already_deleted", slacksim.Act{As: "alice", Do: "deactivate", User: "dave"}},
		{"", slacksim.Act{As: "alice", Do: "reactivate", User: "dave"}},
		{"not_an_admin", slacksim.Act{As: "bob", Do: "set_profile", User: "carol"}},
		{"", slacksim.Act{As: "bob", Do: "set_profile"}},
		{"invalid_role", slacksim.Act{As: "alice", Do: "set_role", User: "bob", Role: "king"}},
		{"", slacksim.Act{As: "alice", Do: "set_role", User: "bob", Role: "multi"}},
		{"not_an_admin", slacksim.Act{As: "carol", Do: "set_preference", Name: "edit_usergroups", Value: "admins"}},
		{"invalid_preference", slacksim.Act{As: "alice", Do: "set_preference", Name: "edit_usergroups", Value: "nobody"}},
		{"", slacksim.Act{As: "alice", Do: "set_preference", Name: "edit_usergroups", Value: "admins"}},
		{"permission_denied", slacksim.Act{As: "carol", Do: "set_usergroup", Usergroup: "finance"}},
		{"no_such_subteam", slacksim.Act{As: "alice", Do: "disable_usergroup", Usergroup: "nobody"}},
		{"", slacksim.Act{As: "alice", Do: "disable_usergroup", Usergroup: "finance"}},
		{"not_an_enterprise", slacksim.Act{As: "alice", Do: "set_idp_group", IDPGroup: "x"}},
		{"dispatch_failed", slacksim.Act{As: "carol", Do: "slash", Command: "/usher"}},
		{"dispatch_failed", slacksim.Act{As: "carol", Do: "slash", Command: "/usher", Channel: "usher"}},
		{"channel_not_found", slacksim.Act{As: "carol", Do: "slash", Command: "/usher", Channel: "nowhere"}},
		{"view_not_found", slacksim.Act{As: "carol", Do: "submit", ViewID: "V1"}},
	} {
		t.Logf("%+v", c.act)
		w.act(c.code, c.act)
	}
}

func TestADeactivatedPersonIsInNothing(t *testing.T) {
	w := start(t, acme)
	bob := w.id("bob")
	w.act("", slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "finance", Members: &slacksim.Names{"alice", "bob"}})
	w.act("", slacksim.Act{As: "alice", Do: "deactivate", User: "bob"})
	s := w.state()
	for _, c := range s.Channels {
		if slices.Contains(c.Members, bob) {
			t.Errorf("still in %s", c.Name)
		}
	}
	if slices.Contains(s.Usergroups[w.id("finance")].Users, bob) {
		t.Error("still in the user group")
	}
	w.act("", slacksim.Act{As: "alice", Do: "reactivate", User: "bob"})
	if !slices.Contains(w.channel("general").Members, bob) || slices.Contains(w.channel("random").Members, bob) {
		t.Error("somebody who returns is in #general and nowhere else")
	}
}

func TestRolesByWordOrBySwitch(t *testing.T) {
	w := start(t, grid) // alice owns it
	on, off := true, false
	for _, c := range []struct {
		act                 slacksim.Act
		admin, owner, guest bool
	}{
		{slacksim.Act{Do: "add_user", User: "ann", Admin: &on}, true, false, false},
		{slacksim.Act{Do: "add_user", User: "olga", Role: "owner"}, true, true, false},
		{slacksim.Act{Do: "add_user", User: "gil", Guest: "single"}, false, false, true},
		{slacksim.Act{Do: "set_role", User: "ann", Admin: &off}, false, false, false},
		{slacksim.Act{Do: "set_role", User: "ann", Guest: "multi"}, false, false, true},
		{slacksim.Act{Do: "set_role", User: "ann", Owner: &on}, true, true, false},
	} {
		u := w.act("", c.act).User
		if u == nil || u.IsAdmin != c.admin || u.IsOwner != c.owner || u.IsRestricted != c.guest {
			t.Errorf("%+v: %+v", c.act, u)
		}
	}
	w.act("invalid_role", slacksim.Act{Do: "set_role", User: "bob", Guest: "triple"})
	w.act("invalid_role", slacksim.Act{Do: "set_role", User: "bob"})
	w.act("", slacksim.Act{Do: "set_role", User: "bob", Role: "admin"})
	w.act("not_an_admin", slacksim.Act{As: "bob", Do: "add_user", User: "king", Role: "owner"})
	w.act("not_an_admin", slacksim.Act{As: "bob", Do: "set_role", User: "carol", Role: "owner"})
}
