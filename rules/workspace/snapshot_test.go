package workspace_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/rules/workspace"
)

var (
	monday = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	whole  = workspace.Knowledge{Complete: true, At: monday}
)

func names(w *workspace.Snapshot, s workspace.Set) []workspace.UserID {
	ids := []workspace.UserID{}
	for u := range w.In(s) {
		ids = append(ids, u.ID)
	}
	slices.Sort(ids)
	return ids
}

func want(t *testing.T, w *workspace.Snapshot, what string, s workspace.Set, ids ...workspace.UserID) {
	t.Helper()
	if got := names(w, s); !slices.Equal(got, ids) {
		t.Errorf("%s: %v, want %v", what, got, ids)
	}
}

func TestNewcomers(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T1"}).Edit()
	e.PutChannel(workspace.Channel{ID: "C1", Name: "a"})
	e.SetMembers("C1", []workspace.UserID{"U1", "U2"}, whole)
	first := e.Snapshot()
	want(t, first, "at a first reading nobody is new", first.Members("C1").Newcomers)
	e.Join("C1", "U3")
	e.Join("C1", "U1")
	e.SetMembers("C1", []workspace.UserID{"U1", "U3", "U4"}, whole)
	w := e.Snapshot()
	want(t, w, "heard or found to have come", w.Members("C1").Newcomers, "U3", "U4")
	e.Settle("C1", "U3")
	e.StartGrace("C1", "U4", monday)
	e.Leave("C1", "U4")
	w = e.Snapshot()
	want(t, w, "settled and left", w.Members("C1").Newcomers)
	want(t, w, "members", w.Members("C1").Set, "U1", "U3")
	if _, runs := w.Grace("C1", "U4"); runs {
		t.Error("a grace outlives leaving")
	}
	e.DoubtMembers("C1")
	e.SetMembers("C1", []workspace.UserID{"U1", "U3", "U5"}, whole)
	w = e.Snapshot()
	want(t, w, "after a list that was not complete", w.Members("C1").Newcomers)
	want(t, first, "the first snapshot", first.Members("C1").Set, "U1", "U2")
}

func TestNames(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T1"}).Edit()
	e.PutChannel(workspace.Channel{ID: "C1", Name: "a"})
	e.PutChannel(workspace.Channel{ID: "C2", Name: "a", Archived: true})
	if c, _ := e.Snapshot().ChannelByName("a"); c.ID != "C1" {
		t.Errorf("an archived channel of the same name wins: %v", c)
	}
	e.PutChannel(workspace.Channel{ID: "C1", Name: "b"})
	if _, ok := e.Snapshot().ChannelByName("a"); ok {
		t.Error("a former name still finds a channel")
	}
	e.PutUser(workspace.User{ID: "U1", Email: "Bob@Acme.test"})
	e.PutUser(workspace.User{ID: "U2", Email: "bob@acme.test", Deleted: true})
	if u, _ := e.Snapshot().UserByEmail("bob@acme.test"); u.ID != "U1" {
		t.Errorf("the address of an active account finds %v", u.ID)
	}
	e.PutUser(workspace.User{ID: "U1", Email: "new@acme.test"})
	if u, ok := e.Snapshot().UserByEmail("bob@acme.test"); ok && u.ID == "U1" {
		t.Error("a former address still finds an account")
	}
}

func TestMoveChannel(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T1"}).Edit()
	e.PutChannel(workspace.Channel{ID: "C1", Name: "a"})
	e.SetMembers("C1", []workspace.UserID{"U1"}, whole)
	e.SetLinks("C1", []workspace.IDPGroupID{"S1"})
	e.PutGrant(workspace.Grant{Channel: "C1", User: "U2", Until: monday})
	e.StartGrace("C1", "U1", monday)
	e.MoveChannel("C1", "G1")
	w := e.Snapshot()
	want(t, w, "members", w.Members("G1").Set, "U1")
	links, _ := w.Links("G1")
	_, granted := w.Grant("G1", "U2")
	_, grace := w.Grace("G1", "U1")
	c, _ := w.ChannelByName("a")
	_, old := w.Channel("C1")
	if len(links) != 1 || !granted || !grace || c.ID != "G1" || old {
		t.Errorf("moved: links %v, grant %t, grace %t, by name %s, former id still there %t", links, granted, grace, c.ID, old)
	}
	seats := maps.Collect(w.Graces())
	if len(seats) != 1 || !seats[workspace.Seat{Channel: "G1", User: "U1"}].Equal(monday) {
		t.Errorf("graces: %v", seats)
	}
}

// TestDropChannel: a grace must not be found over when the channel comes back.
func TestDropChannel(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T1"}).Edit()
	e.PutChannel(workspace.Channel{ID: "C1", Name: "a"})
	e.SetMembers("C1", []workspace.UserID{"U1"}, whole)
	e.PutGrant(workspace.Grant{Channel: "C1", User: "U2", Until: monday})
	e.StartGrace("C1", "U1", monday)
	e.DropChannel("C1")
	w := e.Snapshot()
	_, byName := w.ChannelByName("a")
	_, granted := w.Grant("C1", "U2")
	_, grace := w.Grace("C1", "U1")
	if byName || grace || !granted || !w.Members("C1").Set.Empty() {
		t.Errorf("dropped: by name %t, grace %t, grant %t, members %v", byName, grace, granted, names(w, w.Members("C1").Set))
	}
}

// TestNobodyKnownIsInASet: an account that no snapshot holds is in no set.
func TestNobodyKnownIsInASet(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T1"}).Edit()
	e.SetMembers("C1", []workspace.UserID{"U1"}, whole)
	if e.Snapshot().Members("C1").Set.Has(workspace.User{ID: "U9"}) {
		t.Error("an unknown account is a member")
	}
}

// TestCensus compares its answers with asking everybody, along a history and
// across workspaces.
func TestCensus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		questions := map[string]func(workspace.User) (bool, bool){
			"bot":   func(u workspace.User) (bool, bool) { return u.Bot, true },
			"title": func(u workspace.User) (bool, bool) { return u.Title == "a", u.Title != "?" },
		}
		var census workspace.Census
		e := workspace.New(workspace.Team{ID: "T1"}).Edit()
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 6).Draw(t, "another") == 0 {
				e = workspace.New(workspace.Team{ID: "T2"}).Edit()
			}
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				e.PutUser(workspace.User{
					ID:    workspace.UserID(fmt.Sprintf("U%d", rapid.IntRange(0, 9).Draw(t, "who"))),
					Title: rapid.SampledFrom([]string{"a", "b", "?"}).Draw(t, "title"),
					Bot:   rapid.Bool().Draw(t, "bot"),
				})
			}
			w := e.Snapshot()
			name := rapid.SampledFrom([]string{"bot", "title"}).Draw(t, "question")
			yes, unsure := census.Ask(w, name, questions[name])
			var wantYes, wantUnsure []workspace.UserID
			for u := range w.Users() {
				switch in, sure := questions[name](u); {
				case !sure:
					wantUnsure = append(wantUnsure, u.ID)
				case in:
					wantYes = append(wantYes, u.ID)
				}
			}
			if !yes.Equal(w.SetOf(wantYes...)) || !unsure.Equal(w.SetOf(wantUnsure...)) {
				t.Fatalf("%s: %v and %v, want %v and %v", name, names(w, yes), names(w, unsure), wantYes, wantUnsure)
			}
		}
	})
}
