package slacksim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// scim makes a SCIM request and returns the status and the answer.
func (w *world) scim(method, path string, body any) (int, map[string]any) {
	w.Helper()
	raw, ready := body.(json.RawMessage)
	if !ready {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			w.Fatal(err)
		}
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
	renamed := expect(200, "PUT", "Groups/"+id, map[string]any{"displayName": "Revenue", "members": member("bob", "carol")})
	if got := expect(200, "GET", "Groups/"+id, nil); renamed["displayName"] != "Revenue" || fmt.Sprint(renamed) != fmt.Sprint(got) {
		t.Errorf("a writing was answered %v, reading it %v", renamed, got)
	}
	expect(204, "DELETE", "Groups/"+id, nil)
	expect(404, "GET", "Groups/"+id, nil)
}

// Everything about a person can be written, all of it or nothing, and whoever
// follows people hears of each writing once.
func TestSCIMWritesPeople(t *testing.T) {
	w := start(t, grid)
	bob := w.id("bob")
	expect := func(want int, method, path, body string) {
		t.Helper()
		if status, got := w.scim(method, path, json.RawMessage(body)); status != want {
			t.Errorf("%s %s %s: %d %v, want %d", method, path, body, status, got, want)
		}
	}
	patch := func(want int, ops string) {
		t.Helper()
		expect(want, "PATCH", "Users/"+bob, `{"Operations":`+ops+`}`)
	}
	since := len(w.Events(0))
	patch(200, `[{"op":"Replace","path":"title","value":"Boss"},{"op":"add","value":{"displayName":"Bob Zoe"}},
		{"op":"replace","path":"name.familyName","value":"Roe"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"rob@acme.test"},{"op":"replace","path":"userName","value":"rob"}]`)
	if u := w.state().Users[bob]; u.Title != "Boss" || u.RealName != "Bob Zoe" || u.Email != "rob@acme.test" || u.Name != "rob" {
		t.Errorf("bob is %+v", u)
	}
	if got := w.kinds(since); !slices.Equal(got, []string{"user_change"}) {
		t.Errorf("events %v", got)
	}
	patch(409, `[{"op":"replace","path":"title","value":"Clerk"},{"op":"replace","path":"userName","value":"carol"}]`)
	patch(409, `[{"op":"replace","path":"emails","value":[{"value":"Carol@acme.test"}]}]`)
	patch(400, `[{"op":"replace","path":"title","value":7}]`)
	patch(400, `[{"op":"twist","path":"title","value":"x"}]`)
	patch(400, `[]`)
	if got := w.state().Users[bob].Title; got != "Boss" {
		t.Errorf("a refused writing left the title %q", got)
	}
	patch(200, `[{"op":"remove","path":"title"},{"op":"replace","path":"active","value":"False"}]`)
	if u := w.state().Users[bob]; u.Title != "" || !u.Deleted || slices.Contains(w.channel("finance").Members, bob) {
		t.Errorf("bob is %+v", u)
	}
	expect(200, "PUT", "Users/"+bob, `{"userName":"bob","active":true}`)
	if u := w.state().Users[bob]; u.Deleted || u.Name != "bob" || u.Email != "rob@acme.test" || !slices.Contains(w.channel("general").Members, bob) {
		t.Errorf("bob is %+v", u)
	}
	expect(403, "DELETE", "Users/"+w.id("alice"), ``)
	expect(403, "PUT", "Users/"+w.id("alice"), `{"active":false}`)
	expect(400, "POST", "Users", `{"userName":"zed"}`)
	expect(409, "POST", "Users", `{"userName":"zed","emails":[{"value":"x@acme.test"},{"value":"dave@acme.test","primary":true}]}`)
	expect(404, "GET", "Users/"+w.id("usher"), ``)
	expect(405, "DELETE", "Users", ``)
	expect(404, "GET", "Cars", ``)
	expect(400, "GET", "Users?filter=bob", ``)
}

func TestSCIMWritesGroups(t *testing.T) {
	w := start(t, grid)
	expect := func(want int, method, path, body string) {
		t.Helper()
		if status, got := w.scim(method, path, json.RawMessage(body)); status != want {
			t.Errorf("%s %s %s: %d %v, want %d", method, path, body, status, got, want)
		}
	}
	finance := func(name string, members ...string) {
		t.Helper()
		g, ids := w.state().IDPGroups["S-IDP1"], []string{}
		for _, m := range members {
			ids = append(ids, w.id(m))
		}
		if g.Name != name || !slices.Equal(g.Members, ids) {
			t.Errorf("the group is %+v, want %s of %v", g, name, members)
		}
	}
	expect(204, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"replace","value":{"displayName":"Money"}}]}`)
	finance("Money", "alice", "bob")
	expect(204, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"replace","path":"displayName","value":"Cash"},{"op":"replace","path":"members","value":[{"value":"`+w.id("carol")+`"}]}]}`)
	finance("Cash", "carol")
	expect(404, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"replace","path":"displayName","value":"X"},{"op":"add","path":"members","value":[{"value":"U0"}]}]}`)
	expect(409, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"replace","path":"displayName","value":"Audit"}]}`)
	expect(409, "PUT", "Groups/S-IDP1", `{"displayName":"Audit"}`)
	expect(409, "POST", "Groups", `{"displayName":"Audit"}`)
	expect(400, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"add","path":"colour","value":"red"}]}`)
	finance("Cash", "carol")
	expect(200, "PUT", "Groups/S-IDP1", `{"members":[{"value":"`+w.id("bob")+`"},{"value":"`+w.id("dave")+`"}]}`)
	finance("Cash", "bob", "dave")
	expect(204, "PATCH", "Groups/S-IDP1", `{"Operations":[{"op":"remove","path":"members"}]}`)
	finance("Cash")
}

func TestSCIMIsForAdministratorsAndLimited(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, grid, func(o *slacksim.Options) { o.NoRateLimits = false; o.Now = func() time.Time { return clock } })
	as := func(token, method string) (int, string) {
		t.Helper()
		r, err := http.NewRequest(method, w.ready.SCIMURL+"Users", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	for _, token := range []string{"", "xoxp-nobody", w.acme.BotToken, w.acme.AppToken} {
		if status, _ := as(token, "GET"); status != http.StatusUnauthorized {
			t.Errorf("status %d", status)
		}
	}
	for method, most := range map[string]int{"GET": 1000, "POST": 600} {
		passed := 0
		for ; passed <= most; passed++ {
			if status, wait := as(w.acme.AdminToken, method); status == http.StatusTooManyRequests {
				if wait != "1" {
					t.Errorf("Retry-After %q", wait)
				}
				break
			}
		}
		if passed < 1 || passed > most {
			t.Errorf("%d times %s in an instant passed at %d a minute", passed, method, most)
		}
	}
	outside := start(t, acme)
	if status, got := outside.scim("GET", "Users", nil); status != http.StatusForbidden {
		t.Errorf("outside of Grid: %d %v", status, got)
	}
}
