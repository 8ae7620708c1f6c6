package rules_test

import (
	"testing"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// Whom administrators leave in, or have yet to decide about, is neither removed
// nor invited because of it; a rule that only reports says what it would do.
func TestSpared(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	known := workspace.Knowledge{Complete: true, At: at}
	e := workspace.New(workspace.Team{ID: "T01", Bot: "U0BOT"}).Edit()
	for _, id := range []workspace.UserID{"U0BOT", "U0ALICE", "U0MALLORY"} {
		e.PutUser(workspace.User{ID: id, Team: "T01", Name: string(id), Bot: id == "U0BOT"})
	}
	for _, c := range []workspace.Channel{{ID: "C0DEPT", Name: "department", BotIn: true}, {ID: "C0ROOM", Name: "finance-room", BotIn: true}} {
		e.PutChannel(c)
		e.SetMembers(c.ID, []workspace.UserID{"U0BOT", "U0ALICE"}, known)
	}
	e.SetMembers("C0ROOM", []workspace.UserID{"U0BOT", "U0ALICE", "U0MALLORY"}, known)
	e.KnowUsers(known)
	e.KnowChannels(known)
	w := e.Snapshot()
	compiled := func(mode string) *rules.Policy {
		config, problems := policyfile.Parse("p", []byte("version: 1\nclusters: [{name: finance, members: [{channel: department}], channels: [finance-.*], others: remove, mode: "+mode+"}]\n"))
		policy, more := rules.Compile(config)
		for _, p := range append(problems, more...) {
			t.Fatal(p)
		}
		bound, _, _ := policy.Bind(w, nil)
		return bound
	}
	seat := workspace.Seat{Channel: "C0ROOM", User: "U0MALLORY"}
	out := action.Remove{Channel: seat.Channel, User: seat.User, Cluster: "finance"}
	back := action.Invite{Channel: seat.Channel, Users: []workspace.UserID{seat.User}, Cluster: "finance", Undoes: "r1"}
	for _, c := range []struct {
		mode    string
		spared  rules.Spared
		verdict rules.Verdict
		removed bool
		back    bool
	}{
		{"enforce", nil, rules.Remove, true, false},
		{"enforce", rules.Spared{seat: rules.CodeSpared}, rules.Review, false, false},
		{"enforce", rules.Spared{seat: rules.CodeFlapping}, rules.Review, false, false},
		{"enforce", rules.Spared{{Channel: "C0OTHER", User: seat.User}: rules.CodeSpared}, rules.Remove, true, false},
		{"report", rules.Spared{seat: rules.CodeSpared}, rules.Remove, false, true},
		{"off", nil, rules.Unmanaged, false, true},
	} {
		p := compiled(c.mode).Spare(c.spared)
		for _, cause := range []rules.Cause{rules.CauseJoined, rules.CausePlan} {
			if d := p.DecideMember(w, at, rules.Membership{Channel: seat.Channel, User: seat.User, Cause: cause}); d.Verdict != c.verdict {
				t.Errorf("%s, spared %v, %s: %s, want %s", c.mode, c.spared, cause, d.Verdict, c.verdict)
			}
		}
		if still, _ := p.Still(w, at, out); still != c.removed {
			t.Errorf("%s, spared %v: still to be removed: %v", c.mode, c.spared, still)
		}
		if still, _ := p.Still(w, at, back); still != c.back {
			t.Errorf("%s, spared %v: may be brought back: %v", c.mode, c.spared, still)
		}
		removes := 0
		for _, a := range p.Plan(w, at).Actions {
			if a.Kind() == action.KindRemove {
				removes++
			}
		}
		if (removes > 0) != c.removed {
			t.Errorf("%s, spared %v: the plan removes %d", c.mode, c.spared, removes)
		}
	}
}
