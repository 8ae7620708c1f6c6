package directory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/bot/directory"
	"usher/bot/slacksim"
	"usher/rules/workspace"
)

func TestTheFirstReadingKnowsEverything(t *testing.T) {
	w := start(t, acme)
	if s := w.snapshot(); s.ChannelsKnown().Complete || s.UsersKnown().Complete {
		t.Error("something is known before anything was read")
	}
	var progress []directory.Progress
	if _, err := w.Refresh(t.Context(), team, func(p directory.Progress) { progress = append(progress, p) }); err != nil {
		t.Fatal(err)
	}
	w.same()
	s := w.snapshot()
	if !s.ChannelsKnown().Complete || !s.UsersKnown().Complete || !s.UsergroupsKnown().Complete {
		t.Error("not all lists are complete")
	}
	if s.Members(w.channel("lobby")).Complete {
		t.Error("the members of a channel without Usher count as known")
	}
	if n := w.made("conversations.members"); n != 3 {
		t.Errorf("%d lists of members were read; three channels have Usher in", n)
	}
	last := progress[len(progress)-1]
	if !last.Done || last.CallsLeft != 0 || last.PagesDone != len(w.Calls(0)) || len(progress) != len(w.Calls(0))+1 {
		t.Errorf("%d calls, progress %+v", len(w.Calls(0)), progress)
	}
	for _, p := range progress[:len(progress)-1] {
		if p.Done || p.CallsLeft > 0 && p.TimeLeft <= 0 {
			t.Errorf("progress %+v", p)
		}
	}
}

func TestARestartReadsOnlyWhatChanged(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	before := w.snapshot()
	w.act(slacksim.Act{As: "carol", Do: "leave", Channel: "random"}) // while nobody listens
	w.restart(time.Now())

	s := w.snapshot()
	if s.ChannelsKnown().Complete || s.UsergroupsKnown().Complete || s.Members(w.channel("random")).Complete {
		t.Error("a list is believed before it was compared")
	}
	if !s.UsersKnown().Complete {
		t.Error("the accounts are doubted although slack sends again what was missed")
	}
	if got, want := w.members(w.channel("random")), before.Members(w.channel("random")).Set.Len(); len(got) != want {
		t.Errorf("%d people were read back, want %d", len(got), want)
	}
	made := len(w.Calls(0))
	w.refresh()
	w.same()
	var methods []string
	for _, c := range w.Calls(made) {
		methods = append(methods, c.Method)
	}
	if got := strings.Join(methods, " "); got != "usergroups.list conversations.list conversations.members" {
		t.Errorf("calls: %s", got)
	}
}

func TestALongGapDoubtsAccountsToo(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	w.act(slacksim.Act{As: "alice", Do: "deactivate", User: "bob"})
	w.restart(time.Now().Add(-time.Hour))
	if w.snapshot().UsersKnown().Complete {
		t.Error("the accounts are believed after an hour's silence")
	}
	w.refresh()
	w.same()
}

func TestWhoCameInAGapIsANewcomer(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	room := w.channel("finance-forecast")
	if !w.snapshot().Members(room).Newcomers.Empty() {
		t.Error("there are newcomers at a first reading")
	}
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"carol"}})
	w.Doubt(team, time.Now())
	if w.snapshot().Members(room).Complete {
		t.Error("a list is believed after a gap")
	}
	w.refresh()
	w.same()
	if got := names(w.snapshot(), w.snapshot().Members(room).Newcomers); len(got) != 1 || got[0] != string(w.user("carol")) {
		t.Errorf("newcomers %v", got)
	}
	w.restart(time.Now())
	w.refresh()
	if w.snapshot().Members(room).Newcomers.Len() != 1 {
		t.Error("after a restart nobody is new any more")
	}
}

// A page that cannot be had must not look like a shorter list.
func TestAFailedPageLeavesTheListIncomplete(t *testing.T) {
	var file strings.Builder
	file.WriteString("workspaces:\n  - id: T01\n    name: acme\n    users:\n      - {name: alice, admin: true}\n")
	for i := range 1500 {
		fmt.Fprintf(&file, "      - {name: p%d}\n", i)
	}
	file.WriteString("    channels:\n      - {name: general, general: true, members: [usher]}\n")
	pages := 0
	w := start(t, file.String())
	w.refresh()
	before := len(w.members(w.channel("general")))
	for _, method := range []string{"conversations.members", "conversations.list", "usergroups.list", "users.list"} {
		t.Run(method, func(t *testing.T) {
			w.T = t
			w.Doubt(team, time.Now().Add(-time.Hour))
			address := fmt.Sprintf("new%d@acme.test", pages)
			w.act(slacksim.Act{As: "alice", Do: "add_user", Name: fmt.Sprint("new", pages), Email: &address})
			pages++
			if err := w.Fault(slacksim.Fault{Method: method, Error: "invalid_auth"}); err != nil {
				t.Fatal(err)
			}
			_, err := w.Refresh(t.Context(), team, nil)
			if err == nil || !strings.Contains(err.Error(), "invalid_auth") {
				t.Errorf("error %v", err)
			}
			s := w.snapshot()
			complete := map[string]bool{
				"conversations.members": s.Members(w.channel("general")).Complete, "conversations.list": s.ChannelsKnown().Complete,
				"usergroups.list": s.UsergroupsKnown().Complete, "users.list": s.UsersKnown().Complete,
			}
			if complete[method] {
				t.Error("the list counts as complete")
			}
			if len(w.members(w.channel("general"))) < before {
				t.Error("people are missing")
			}
			_ = w.Fault(slacksim.Fault{Clear: true})
			w.refresh()
			w.same()
		})
	}
}

func TestReadingAccountsGoesOnAfterARestart(t *testing.T) {
	var file strings.Builder
	file.WriteString("workspaces:\n  - id: T01\n    name: acme\n    users:\n      - {name: alice, admin: true}\n")
	for i := range 2500 {
		fmt.Fprintf(&file, "      - {name: p%d}\n", i)
	}
	w := start(t, file.String())
	// The first page comes, and then nothing does for a while.
	cut := false
	_, err := w.Refresh(t.Context(), team, func(p directory.Progress) {
		if !cut && w.made("users.list") == 1 {
			cut = true
			if err := w.Fault(slacksim.Fault{Method: "users.list", Error: "account_inactive"}); err != nil {
				t.Error(err)
			}
		}
	})
	if err == nil || w.snapshot().UsersKnown().Complete {
		t.Fatalf("the reading was not cut short: %v", err)
	}
	_ = w.Fault(slacksim.Fault{Clear: true})
	w.restart(time.Now())
	made := len(w.Calls(0))
	w.refresh()
	w.same()
	pages := 0
	for _, c := range w.Calls(made) {
		if c.Method == "users.list" {
			pages++
		}
	}
	if pages != 2 {
		t.Errorf("%d pages were read after the restart; two were left", pages)
	}
}

func TestWhatReadingFindsOtherIsNamed(t *testing.T) {
	w := start(t, acme)
	if found := w.refresh(); len(found) != 0 {
		t.Errorf("a first reading found differences: %+v", found)
	}
	w.act(slacksim.Act{As: "alice", Do: "convert_private", Channel: "random"})
	w.act(slacksim.Act{As: "alice", Do: "rename", Channel: "lobby", Name: "hall"})
	w.act(slacksim.Act{As: "alice", Do: "delete_channel", Channel: "finance-forecast"})
	w.act(slacksim.Act{As: "alice", Do: "create_channel", Name: "fresh"})
	got := map[string]string{}
	for _, d := range w.refresh() {
		switch {
		case d.Was.ID == "":
			got[d.Is.Name] = "new"
		case d.Is.ID == "":
			got[d.Was.Name] = "gone"
		case d.Was.Private != d.Is.Private:
			got[d.Is.Name] = "converted"
		case d.Was.Name != d.Is.Name:
			got[d.Was.Name] = "renamed " + d.Is.Name
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(map[string]string{"random": "converted", "lobby": "renamed hall", "finance-forecast": "gone", "fresh": "new"}) {
		t.Errorf("found %v", got)
	}
	w.same()
	if again := w.refresh(); len(again) != 0 {
		t.Errorf("and again %+v", again)
	}
}

func TestAnUnopenedWorkspaceIsUnknown(t *testing.T) {
	w := start(t, acme)
	s := w.Snapshot("T-OTHER")
	if s == nil || s.ChannelsKnown().Complete || s.Team().ID != "T-OTHER" {
		t.Errorf("snapshot %+v", s)
	}
	if _, ok := s.Channel(workspace.ChannelID("C1")); ok {
		t.Error("a channel is known in it")
	}
}

// A workspace whose plan has no user groups is wholly known without them.
func TestAPlanWithoutUsergroups(t *testing.T) {
	w := start(t, acme)
	if err := w.Fault(slacksim.Fault{Method: "usergroups.list", Error: "plan_upgrade_required"}); err != nil {
		t.Fatal(err)
	}
	w.refresh()
	if s := w.snapshot(); !s.UsergroupsKnown().Complete || !s.ChannelsKnown().Complete {
		t.Error("something stays incomplete")
	}
}

// After a gap lists are compared, and what people are is still on its way:
// before somebody is acted on, they are looked at.
func TestAPersonIsLookedAtAfterAGap(t *testing.T) {
	late := time.Duration(0)
	w := start(t, acme, func(c *directory.Config) { c.Clock = func() time.Time { return time.Now().Add(late) } })
	w.refresh()
	bob := w.user("bob")
	stale := w.events() // none of them is news any more
	w.act(slacksim.Act{As: "alice", Do: "set_profile", User: "bob", Title: new(string)})
	missed := w.events()
	w.act(slacksim.Act{As: "alice", Do: "set_role", User: "bob", Role: "multi"})
	w.events() // lost

	w.Doubt(team, time.Now())
	late = 2 * time.Minute
	guest := func() bool { u, _ := w.snapshot().User(bob); return u.Guest != workspace.FullMember }
	w.tell(stale...)
	if err := w.Confirm(t.Context(), team, bob); err != nil || !guest() {
		t.Errorf("bob is a guest: %t, %v", guest(), err)
	}
	w.tell(missed...) // sent again, from before he was looked at
	if !guest() {
		t.Error("an event from before undid what was read")
	}
	before := len(w.Calls(0))
	late = time.Hour
	if err := w.Confirm(t.Context(), team, bob); err != nil || len(w.Calls(0)) != before {
		t.Errorf("long after the gap he is looked at again: %v", err)
	}
}
