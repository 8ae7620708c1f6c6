package gateway_test

import (
	"slices"
	"testing"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

func (w *world) keep(want action.Wanted) gateway.Result {
	w.Helper()
	return w.apply(action.KeepUsergroup{Handle: "finance", Group: want.Group, Want: want})
}

func (w *world) ids(names ...string) (ids []workspace.UserID) {
	for _, n := range names {
		ids = append(ids, w.user(n))
	}
	return ids
}

// What becomes of a group that nobody belongs to any more.
func TestEmptyGroups(t *testing.T) {
	for empty, want := range map[string]struct {
		in       []string
		disabled bool
	}{"keep": {[]string{"alice", "bob"}, false}, "disable": {[]string{"alice", "bob"}, true}, "placeholder": {[]string{"old"}, false}} {
		w := start(t, acme)
		id := w.usergroup("finance")
		r := w.keep(action.Wanted{Group: id, Members: true, Exact: true, Drop: w.ids("alice", "bob"), Most: -1, Empty: empty, Placeholder: w.ids("old")})
		g := w.state().Usergroups[string(id)]
		if !r.OK() || !slices.Equal(w.grouped("finance"), want.in) || (g.DateDelete != 0) != want.disabled {
			t.Errorf("%s: %+v, in it are %v, disabled %v", empty, r, w.grouped("finance"), g.DateDelete)
		}
		gone := map[string]string{"keep": "", "disable": string(w.user("alice")) + "," + string(w.user("bob")), "placeholder": string(w.user("alice")) + "," + string(w.user("bob"))}[empty]
		if r.Value[gateway.ValueRemoved] != gone {
			t.Errorf("%s: %q are told that they are out, want %q", empty, r.Value[gateway.ValueRemoved], gone)
		}
		if again := w.keep(action.Wanted{Group: id, Members: true, Exact: true, Most: -1, Empty: empty, Placeholder: w.ids("old")}); again.Class != gateway.Already {
			t.Errorf("%s, again: %+v", empty, again)
		}
	}
}

// A placeholder that Slack does not take leaves the group as it is.
func TestAPlaceholderSlackDoesNotTake(t *testing.T) {
	w := start(t, acme)
	r := w.keep(action.Wanted{Group: w.usergroup("finance"), Members: true, Exact: true, Most: -1, Empty: "placeholder", Placeholder: w.ids("gus")})
	if !r.OK() || !slices.Equal(w.grouped("finance"), []string{"alice", "bob"}) {
		t.Errorf("%+v, in it are %v", r, w.grouped("finance"))
	}
}

// A group that is not there is made whole; one that was disabled comes back.
func TestAGroupIsMadeAndBroughtBack(t *testing.T) {
	w := start(t, acme)
	made := w.apply(action.KeepUsergroup{Handle: "oncall", Want: action.Wanted{
		Name: to("On call"), Handle: to("oncall"), Description: to("Who answers"), Channels: to([]workspace.ChannelID{w.channel("random")}), Section: to(true),
		Members: true, Exact: true, Users: w.ids("bob"), Add: w.ids("bob"), Most: -1,
	}})
	g := w.state().Usergroups[made.Value[gateway.ValueGroup]]
	if made.Class != gateway.Done || made.Value[gateway.ValueAdded] != string(w.user("bob")) || g.Handle != "oncall" || !g.EnableSection || len(g.Channels) != 1 {
		t.Errorf("%+v, it is %+v", made, g)
	}
	id := w.usergroup("gone")
	back := w.keep(action.Wanted{Group: id, Enable: true, Members: true, Add: w.ids("carol"), Most: -1})
	if !back.OK() || w.state().Usergroups[string(id)].DateDelete != 0 || !slices.Equal(w.grouped("gone"), []string{"alice", "carol"}) {
		t.Errorf("%+v, in it are %v", back, w.grouped("gone"))
	}
}

// More than a person has allowed are not taken out; who comes still comes.
func TestABrakedGroupOnlyGrows(t *testing.T) {
	w := start(t, acme)
	r := w.keep(action.Wanted{Group: w.usergroup("finance"), Members: true, Exact: true, Users: w.ids("carol"), Add: w.ids("carol"), Drop: w.ids("alice", "bob"), Most: 1})
	if !r.OK() || !slices.Equal(w.grouped("finance"), []string{"alice", "bob", "carol"}) {
		t.Errorf("%+v, in it are %v", r, w.grouped("finance"))
	}
}

// What Slack refuses leaves the list as it was and is told apart.
func TestAGroupThatCannotBeWritten(t *testing.T) {
	for code, class := range map[string]gateway.Class{"internal_error": gateway.Later, "permission_denied": gateway.Blocked, "invalid_users": gateway.Never} {
		w := start(t, acme)
		if err := w.Fault(slacksim.Fault{Method: "usergroups.users.update", Error: code, Times: 1}); err != nil {
			t.Fatal(err)
		}
		r := w.keep(action.Wanted{Group: w.usergroup("finance"), Members: true, Add: w.ids("carol"), Most: -1})
		if r.Class != class || r.Code != code || !slices.Equal(w.grouped("finance"), []string{"alice", "bob"}) {
			t.Errorf("%s: %+v, in it are %v", code, r, w.grouped("finance"))
		}
	}
}
