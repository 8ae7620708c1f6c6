package gateway_test

import (
	"slices"
	"strings"
	"testing"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Every error that Slack documents for user groups: what of its sentence tells
// somebody what to do, and how it comes about in the local Slack. Those without
// a way of their own are brought about by a fault.
func TestEveryUsergroupErrorSaysWhatToDo(t *testing.T) {
	long := strings.Repeat("x", 150)
	many := make([]workspace.ChannelID, 101)
	create := func(c gateway.UsergroupChange) func(*world) error {
		return func(w *world) error { _, err := w.CreateUsergroup(w.ctx(), team, c); return err }
	}
	set := func(who string) func(*world) error {
		return func(w *world) error {
			_, err := w.SetUsergroupUsers(w.ctx(), team, w.usergroup("finance"), []workspace.UserID{w.user(who)})
			return err
		}
	}
	for code, c := range map[string]struct {
		says string
		do   func(*world) error
	}{
		"permission_denied": {"an owner has to allow everyone to", func(w *world) error {
			w.Act(w.ctx(), slacksim.Act{Team: string(team), As: "alice", Do: "set_preference", Name: "edit_usergroups", Value: "admins"})
			_, err := w.DisableUsergroup(w.ctx(), team, w.usergroup("finance"))
			return err
		}},
		"plan_upgrade_required":    {"only a paid one has them", nil},
		"paid_teams_only":          {"only a paid one has them", nil},
		"handle_already_exists":    {"choose another one, or free it", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("old")})},
		"name_already_exists":      {"choose another one, or rename that one", create(gateway.UsergroupChange{Name: to("Finance"), Handle: to("money")})},
		"bad_handle":               {"small letters", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("No Good")})},
		"forbidden_handle":         {"choose another one", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("everyone")})},
		"name_too_long":            {"shorten it", create(gateway.UsergroupChange{Name: &long, Handle: to("other")})},
		"description_too_long":     {"140 characters on one line", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("other"), Description: to("two\nlines")})},
		"missing_subteam_name":     {"needs a name", create(gateway.UsergroupChange{Name: to(" "), Handle: to("other")})},
		"missing_argument":         {"please report it", nil},
		"invalid_channel_provided": {"correct the list, or invite Usher", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("other"), Channels: to([]workspace.ChannelID{"C0NONE"})})},
		"invalid_group_provided":   {"correct the list, or invite Usher", nil},
		"too_many_linked_channels": {"take some away", create(gateway.UsergroupChange{Name: to("Other"), Handle: to("other"), Channels: &many})},
		"no_such_subteam": {"no such user group", func(w *world) error {
			_, err := w.EnableUsergroup(w.ctx(), team, "S0NONE")
			return err
		}},
		"invalid_users": {"guests, bots, deactivated accounts", set("gus")},
		"no_users_provided": {"disable it instead", func(w *world) error {
			_, err := w.SetUsergroupUsers(w.ctx(), team, w.usergroup("finance"), nil)
			return err
		}},
		"failed_for_some_users":                        {"guests, bots, deactivated accounts", nil},
		"users_not_found":                              {"does not know", nil},
		"subteam_max_users_exceeded":                   {"more people than Slack allows", nil},
		"invalid_cursor":                               {"read again from the beginning", nil},
		"invalid_team":                                 {"the app is installed to it", nil},
		"target_team_must_be_specified_in_org_context": {"say in the settings", nil},
		"target_team_not_on_org":                       {"the right token", nil},
	} {
		t.Run(code, func(t *testing.T) {
			w := start(t, acme)
			do := c.do
			if do == nil {
				if err := w.Fault(slacksim.Fault{Method: "usergroups.users.update", Error: code, Times: 1}); err != nil {
					t.Fatal(err)
				}
				do = set("bob")
			}
			for i := range many {
				many[i] = w.channel("random")
			}
			err := do(w)
			if got := codeIn(err); got != code {
				t.Fatalf("%v, want %s", err, code)
			}
			if s := gateway.Sentence(err); !strings.Contains(s, c.says) {
				t.Errorf("it says %q, which does not say %q", s, c.says)
			}
		})
	}
	// What is so already is as good as done.
	for code, enabled := range map[string]bool{"already_enabled": true, "already_disabled": false} {
		w := start(t, acme)
		handle := map[bool]string{true: "finance", false: "gone"}[enabled]
		if r := w.apply(action.ChangeUsergroup{Group: w.usergroup(handle), Enabled: &enabled}); r.Class != gateway.Already || r.Code != code {
			t.Errorf("%s: %+v", code, r)
		}
	}
}

func codeIn(err error) string { return code(err) }

func (w *world) usergroup(handle string) workspace.UsergroupID {
	w.Helper()
	for id, g := range w.state().Usergroups {
		if g.Handle == handle {
			return workspace.UsergroupID(id)
		}
	}
	w.Fatalf("no user group @%s", handle)
	return ""
}

func (w *world) grouped(handle string) (names []string) {
	for _, g := range w.state().Usergroups {
		if g.Handle == handle {
			for _, id := range g.Users {
				names = append(names, w.state().Users[id].Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Any number of people is changed in three calls.
func TestManyPeopleInThreeCalls(t *testing.T) {
	w := start(t, acme)
	before := len(w.Calls(0))
	r := w.apply(action.EditMembers{Group: w.usergroup("finance"), Add: []workspace.UserID{w.user("carol"), w.user("mallory")}, Remove: []workspace.UserID{w.user("bob")}})
	if got := w.grouped("finance"); r.Class != gateway.Done || !slices.Equal(got, []string{"alice", "carol", "mallory"}) {
		t.Errorf("%+v, in it are %v", r, got)
	}
	if n := len(w.Calls(0)) - before; n != 3 {
		t.Errorf("%d calls", n)
	}
	if r := w.apply(action.EditMembers{Group: w.usergroup("finance"), Add: []workspace.UserID{w.user("carol")}}); r.Class != gateway.Already {
		t.Errorf("again: %+v", r)
	}
}

// Somebody who writes between the writing and the reading back loses nothing.
func TestTwoWritersLoseNothing(t *testing.T) {
	var w *world
	meddled := false
	w = start(t, acme, func(_ *slacksim.Options, c *gateway.Config) {
		c.Measure = func(call gateway.Call) {
			if call.Method != "usergroups.users.update" || meddled {
				return
			}
			meddled = true // mallory comes and alice goes, by hand, from what stood there before
			w.Act(w.ctx(), slacksim.Act{Team: string(team), As: "alice", Do: "set_usergroup", Usergroup: "finance", Members: &slacksim.Names{"bob", "mallory"}})
		}
	})
	r, err := w.ChangeUsergroupUsers(w.ctx(), team, w.usergroup("finance"), gateway.MembersChange{Add: []workspace.UserID{w.user("carol")}})
	if err != nil || r.Tries != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := w.grouped("finance"); !slices.Equal(got, []string{"bob", "carol", "mallory"}) {
		t.Errorf("in it are %v", got)
	}
}
