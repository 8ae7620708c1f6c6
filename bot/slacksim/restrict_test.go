package slacksim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
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

// scim makes a SCIM request and returns the status and the answer.
func (w *world) scim(method, path string, body any) (int, map[string]any) {
	w.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequest(method, w.ready.SCIMURL+path, bytes.NewReader(raw))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.acme.AdminToken)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if resp.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			w.Fatal(err)
		}
	}
	return resp.StatusCode, got
}

func TestSCIM(t *testing.T) {
	w := start(t, grid)
	member := func(names ...string) []map[string]any {
		out := []map[string]any{}
		for _, n := range names {
			out = append(out, map[string]any{"value": w.id(n)})
		}
		return out
	}
	patch := func(op, path string, value any) map[string]any {
		return map[string]any{"Operations": []map[string]any{{"op": op, "path": path, "value": value}}}
	}
	expect := func(want int, method, path string, body any) map[string]any {
		t.Helper()
		status, got := w.scim(method, path, body)
		if status != want {
			t.Errorf("%s %s: %d %v, want %d", method, path, status, got, want)
		}
		return got
	}
	if got := expect(200, "GET", "Users?count=2", nil); got["totalResults"] != float64(4) || got["itemsPerPage"] != float64(2) {
		t.Errorf("users %v", got)
	}
	if got := expect(200, "GET", `Users?filter=userName+eq+%22bob%22`, nil); got["totalResults"] != float64(1) {
		t.Errorf("bob %v", got)
	}
	expect(404, "GET", "Users/U0", nil)
	expect(409, "POST", "Users", map[string]any{"userName": "bob", "emails": []map[string]any{{"value": "x@acme.test"}}})
	created := expect(201, "POST", "Users", map[string]any{"userName": "erin", "emails": []map[string]any{{"value": "erin@acme.test"}}, "displayName": "Erin Zoe"})
	expect(200, "PATCH", "Users/"+fmt.Sprint(created["id"]), patch("replace", "active", false))
	if !w.state().Users[w.id("erin")].Deleted {
		t.Error("erin is still active")
	}
	group := expect(201, "POST", "Groups", map[string]any{"displayName": "Sales", "members": member("bob")})
	id := fmt.Sprint(group["id"])
	expect(204, "PATCH", "Groups/"+id, patch("add", "members", member("carol")))
	expect(204, "PATCH", "Groups/"+id, patch("remove", `members[value eq "`+w.id("bob")+`"]`, nil))
	if got := w.state().IDPGroups[id].Members; !slices.Equal(got, []string{w.id("carol")}) {
		t.Errorf("members %v", got)
	}
	w.refuses("", w.call(w.acme.AdminToken, "admin.conversations.restrictAccess.addGroup", "channel_id", w.id("finance"), "group_id", id))
	w.members("finance", "carol", "usher")
	expect(400, "DELETE", "Groups/"+id, nil) // the channel's only link
	w.refuses("", w.call(w.acme.AdminToken, "admin.conversations.restrictAccess.removeGroup", "team_id", "T01", "channel_id", w.id("finance"), "group_id", id))
	expect(204, "DELETE", "Groups/"+id, nil)
	expect(404, "GET", "Groups/"+id, nil)
}
