package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/workspace"
)

// crowd is a workspace too large for one page of anything.
func crowd(people, rooms int) string {
	var b strings.Builder
	b.WriteString("workspaces:\n  - id: T01\n    name: acme\n    users:\n      - {name: alice, admin: true}\n")
	for i := range people {
		fmt.Fprintf(&b, "      - {name: p%d}\n", i)
	}
	b.WriteString("    channels:\n      - {name: general, general: true}\n")
	for i := range rooms {
		fmt.Fprintf(&b, "      - {name: r%d}\n", i)
	}
	return b.String()
}

func all[T any](t *testing.T, cursor string, read func(context.Context, string) (gateway.Page[T], error)) ([]T, int, error) {
	t.Helper()
	var items []T
	pages := 0
	for p, err := range gateway.Pages(t.Context(), cursor, read) {
		if err != nil {
			return items, pages, err
		}
		items = append(items, p.Items...)
		pages++
	}
	return items, pages, nil
}

func TestAllPagesAreRead(t *testing.T) {
	w := start(t, crowd(2300, 1100))
	users, pages, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.User], error) {
		return w.Users(ctx, team, c)
	})
	if err != nil || len(users) < 2300 || pages != 3 {
		t.Errorf("%d users on %d pages, %v", len(users), pages, err)
	}
	rooms, pages, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.Channel], error) {
		return w.Gateway.Channels(ctx, team, c)
	})
	if err != nil || len(rooms) != 1101 || pages != 2 {
		t.Errorf("%d channels on %d pages, %v", len(rooms), pages, err)
	}
	members, pages, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.UserID], error) {
		return w.Members(ctx, team, w.channel("general"), c)
	})
	if err != nil || len(members) < 2300 || pages != 3 {
		t.Errorf("%d members on %d pages, %v", len(members), pages, err)
	}
}

func TestAListGoesOnFromAStoredCursor(t *testing.T) {
	w := start(t, crowd(1500, 0))
	first, err := w.Users(t.Context(), team, "")
	if err != nil || first.Next == "" {
		t.Fatalf("%d users, next %q, %v", len(first.Items), first.Next, err)
	}
	rest, _, err := all(t, first.Next, func(ctx context.Context, c string) (gateway.Page[workspace.User], error) {
		return w.Users(ctx, team, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[workspace.UserID]bool{}
	for _, u := range slices.Concat(first.Items, rest) {
		seen[u.ID] = true
	}
	if len(seen) != len(first.Items)+len(rest) || len(seen) < 1500 {
		t.Errorf("%d people in all, %d different", len(first.Items)+len(rest), len(seen))
	}
	if _, err := w.Users(t.Context(), team, "!"); !gateway.BadCursor(err) {
		t.Errorf("a broken cursor: %v", err)
	}
}

func TestAFailedPageIsAnErrorAndNotTheEnd(t *testing.T) {
	w := start(t, crowd(1500, 0))
	n := 0
	_, pages, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.User], error) {
		if n++; n == 2 {
			w.fault(slacksim.Fault{Method: "users.list", Error: "invalid_auth"})
		}
		return w.Users(ctx, team, c)
	})
	if code(err) != "invalid_auth" || pages != 1 {
		t.Errorf("%d pages, %v", pages, err)
	}
}

func TestAPageIsAskedForAgainAfterAFailureThatPasses(t *testing.T) {
	w := start(t, acme)
	w.fault(slacksim.Fault{Method: "users.list", Status: 502, Times: 1})
	w.fault(slacksim.Fault{Method: "conversations.members", RetryAfter: 1, Times: 1})
	users, _, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.User], error) {
		return w.Users(ctx, team, c)
	})
	if err != nil || len(users) < 9 {
		t.Errorf("%d users, %v", len(users), err)
	}
	members, _, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.UserID], error) {
		return w.Members(ctx, team, w.channel("random"), c)
	})
	if err != nil || len(members) != 4 {
		t.Errorf("%d members, %v", len(members), err)
	}
}

func TestPeopleAsTheyAre(t *testing.T) {
	w := start(t, acme)
	want := map[string]workspace.User{
		"alice": {Name: "alice", RealName: "Alice Doe", Email: "alice@acme.test", Admin: true},
		"bob":   {Name: "bob", RealName: "Bob Roe", Email: "bob@acme.test", Title: "Clerk"},
		"gus":   {Name: "gus", Guest: workspace.MultiChannelGuest},
		"sam":   {Name: "sam", Guest: workspace.SingleChannelGuest},
		"robo":  {Name: "robo", Bot: true},
		"ext":   {Name: "ext", External: true, Team: "T99"},
		"old":   {Name: "old", Email: "old@acme.test", Deleted: true},
	}
	users, _, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.User], error) {
		return w.Users(ctx, team, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		expected, ok := want[u.Name]
		if !ok {
			continue
		}
		delete(want, u.Name)
		one, err := w.UserInfo(t.Context(), team, u.ID)
		if err != nil {
			t.Errorf("%s: %v", u.Name, err)
		}
		for _, got := range []workspace.User{u, one} {
			got.ID, got.Display, got.Fields = "", "", nil
			if expected.Team == "" {
				expected.Team = team
			}
			if expected.RealName == "" {
				got.RealName = ""
			}
			if fmt.Sprint(got) != fmt.Sprint(expected) {
				t.Errorf("%s is %+v, want %+v", u.Name, got, expected)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not seen: %v", want)
	}
}

func TestChannelsAsTheyAre(t *testing.T) {
	w := start(t, acme)
	rooms, _, err := all(t, "", func(ctx context.Context, c string) (gateway.Page[workspace.Channel], error) {
		return w.Gateway.Channels(ctx, team, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]workspace.Channel{}
	for _, c := range rooms {
		seen[c.Name] = c
	}
	if _, there := seen["secret"]; there {
		t.Error("a private channel without Usher is listed")
	}
	c := seen["finance-department"]
	if !c.Private || !c.BotIn || c.Count != 4 || c.Creator != w.user("alice") {
		t.Errorf("finance-department is %+v", c)
	}
	if !seen["general"].General || !seen["attic"].Archived || seen["lobby"].BotIn {
		t.Errorf("channels %+v", seen)
	}
	one, err := w.ChannelInfo(t.Context(), team, c.ID)
	if err != nil || one != c {
		t.Errorf("asked alone it is %+v, %v", one, err)
	}
	if _, err := w.ChannelInfo(t.Context(), team, w.channel("secret")); !gateway.Gone(err) {
		t.Errorf("secret: %v", err)
	}
}

func TestUsergroupsComeWithTheirPeopleInOneCall(t *testing.T) {
	w := start(t, acme)
	groups, err := w.Usergroups(t.Context(), team)
	if err != nil || len(groups) != 2 || w.made("usergroups.list") != 1 {
		t.Fatalf("%+v, %v", groups, err)
	}
	for _, g := range groups {
		switch g.Handle {
		case "finance":
			if len(g.Users) != 2 || g.Count != 2 || g.Disabled || len(g.Channels) != 1 || g.Channels[0] != w.channel("finance-department") {
				t.Errorf("finance %+v", g)
			}
			users, err := w.UsergroupUsers(t.Context(), team, g.ID)
			if err != nil || len(users) != 2 {
				t.Errorf("its people: %v, %v", users, err)
			}
		case "gone":
			if !g.Disabled {
				t.Error("gone is not disabled")
			}
		}
	}
}

func TestWhoTheTokenIs(t *testing.T) {
	w := start(t, acme)
	who, err := w.AuthTest(t.Context(), w.ready.Workspaces[0].BotToken)
	if err != nil || who.Team != team || string(who.User) != w.ready.Workspaces[0].BotUserID || who.Org {
		t.Errorf("%+v, %v", who, err)
	}
	if _, err := w.AuthTest(t.Context(), "xoxb-wrong"); code(err) != "invalid_auth" {
		t.Errorf("a wrong token: %v", err)
	}
	info, err := w.TeamInfo(t.Context(), team)
	if err != nil || info.ID != team || info.Name != "acme" || info.Domain == "" {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestCallsAreMeasured(t *testing.T) {
	w := start(t, acme)
	w.fault(slacksim.Fault{Method: "users.info", Error: "user_not_found", Times: 1})
	_, _ = w.UserInfo(t.Context(), team, "U1")
	_, _ = w.UserInfo(t.Context(), team, w.user("bob"))
	w.calls.Lock()
	defer w.calls.Unlock()
	if len(w.calls.all) != 2 || w.calls.all[0].Code != "user_not_found" || w.calls.all[1].Code != "ok" ||
		w.calls.all[1].Method != "users.info" || w.calls.all[1].Team != team || w.calls.all[1].Status != 200 {
		t.Errorf("measured %+v", w.calls.all)
	}
}
