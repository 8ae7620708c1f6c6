package directory_test

import (
	"slices"
	"testing"
	"time"

	"usher/bot/directory"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

const organisation = `
seed: 7
workspaces:
  - id: T01
    name: acme
    grid: true
    users:
      - {name: alice, admin: true}
      - {name: bob}
    channels:
      - {name: general, general: true}
    idp_groups:
      - {id: S0FIN, name: Finance, members: [alice, bob]}
      - {id: S0OTHER, name: Other, members: [bob]}
`

// Groups of the identity provider are read where they matter, kept, not believed
// after a restart until they are read again, and forgotten when nobody asks.
func TestGroupsOfTheIdentityProviderAreFollowedByReading(t *testing.T) {
	named := []workspace.IDPGroupID{"S0FIN", "S0NONE"}
	w := start(t, organisation, func(c *directory.Config) {
		c.IDPGroups = func() []workspace.IDPGroupID { return named }
	})
	roster := func() (int, bool) {
		r := w.Snapshot(team).IDPGroupMembers("S0FIN")
		return r.Set.Len(), r.Complete
	}
	w.refresh()
	if n, complete := roster(); n != 2 || !complete {
		t.Errorf("read: %d people, complete %v", n, complete)
	}
	if g, known := w.Snapshot(team).IDPGroup("S0FIN"); !known || g.Name != "Finance" || g.Lost {
		t.Errorf("it is %+v", g)
	}
	if g, known := w.Snapshot(team).IDPGroup("S0NONE"); !known || !g.Lost {
		t.Errorf("one that is not there is %+v, %v", g, known)
	}
	if _, known := w.Snapshot(team).IDPGroup("S0OTHER"); known {
		t.Error("one that nobody asked for was read")
	}

	w.restart(time.Now())
	if n, complete := roster(); n != 2 || complete {
		t.Errorf("after a restart: %d people, complete %v", n, complete)
	}
	if r := w.Act(w.Context(), slacksim.Act{Team: string(team), As: "alice", Do: "set_idp_group", IDPGroup: "S0FIN", Members: &slacksim.Names{"alice"}}); r.Error != "" {
		t.Fatal(r.Error)
	}
	if err := w.Read(w.Context(), team, action.Refresh{IDPGroup: "S0FIN"}); err != nil {
		t.Fatal(err)
	}
	if n, complete := roster(); n != 1 || !complete {
		t.Errorf("read alone: %d people, complete %v", n, complete)
	}

	named = nil
	w.refresh()
	w.restart(time.Now())
	if !slices.Equal(slices.Collect(w.Snapshot(team).IDPGroups()), nil) {
		t.Error("it is still kept")
	}
}

// A group that cannot be asked about is not believed, and one that Slack does not
// show any more is lost: neither is empty.
func TestAGroupOfTheIdentityProviderThatCannotBeRead(t *testing.T) {
	w := start(t, organisation, func(c *directory.Config) {
		c.IDPGroups = func() []workspace.IDPGroupID { return []workspace.IDPGroupID{"S0FIN"} }
	})
	w.refresh()
	w.noAdmin = true
	w.refresh()
	g, _ := w.Snapshot(team).IDPGroup("S0FIN")
	if r := w.Snapshot(team).IDPGroupMembers("S0FIN"); !g.Lost || r.Complete || r.Set.Len() != 2 {
		t.Errorf("%+v with %d people, complete %v", g, r.Set.Len(), r.Complete)
	}
	w.noAdmin = false
	w.refresh()
	g, _ = w.Snapshot(team).IDPGroup("S0FIN")
	if r := w.Snapshot(team).IDPGroupMembers("S0FIN"); g.Lost || !r.Complete {
		t.Errorf("read again it is %+v, complete %v", g, r.Complete)
	}
}
