package rules_test

import (
	"slices"
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

const coupledRule = "{handle: oncall, members: [{users: [UALICE]}], coupled: true, mode: enforce}"

const coupledTown = `
user alice
user bob
user carol
user root admin
user gus guest
channel war-room: alice bob carol root gus usher
channel annex: bob usher
channel den private: bob usher
channel far private: bob
`

// coupled remembers that some people were in @oncall.
func coupled(users ...workspace.UserID) rules.Bases {
	return rules.Bases{}.After(
		rules.Rebase{Group: "SONCALL", Part: rules.PartCoupled, Add: users},
		rules.Rebase{Group: "SONCALL", Add: []workspace.UserID{"UALICE"}},
	)
}

// Who has left a coupled group, by what was remembered of it, leaves its default
// channels: it does not matter whether anybody heard them leave.
func TestCoupledGroups(t *testing.T) {
	for _, c := range []struct {
		name, policy, more string
		were               rules.Bases
		want               string
	}{
		{"at first nobody has left", coupledRule, "usergroup oncall in=war-room: alice", nil, `
coupled of SONCALL: +[UALICE] -[]`},
		{"missed while Usher was away", coupledRule, "usergroup oncall in=war-room: alice", coupled("UALICE", "UBOB"), `
remove UBOB in CWAR-ROOM by @oncall uncoupled
do: tell UBOB: removed CWAR-ROOM
do: remove UBOB from CWAR-ROOM`},
		{"every default channel, the last one in a private channel stays", coupledRule, "usergroup oncall in=war-room,annex,den,far: alice", coupled("UALICE", "UBOB"), `
remove UBOB in CANNEX by @oncall uncoupled
remove UBOB in CWAR-ROOM by @oncall uncoupled
do: tell UBOB: removed CANNEX
do: remove UBOB from CANNEX
do: tell UBOB: removed CWAR-ROOM
do: remove UBOB from CWAR-ROOM`},
		{"out already", coupledRule, "channel annex: usher\nusergroup oncall in=annex: alice", coupled("UALICE", "UBOB"), `
coupled of SONCALL: +[] -[UBOB]`},
		{"kept by another group", coupledRule, "usergroup oncall in=war-room: alice\nusergroup other in=war-room: bob", coupled("UALICE", "UBOB"), `
coupled of SONCALL: +[] -[UBOB]`},
		{"perhaps kept by another group", coupledRule, "usergroup oncall in=war-room: alice\nusergroup other stale in=war-room: carol", coupled("UALICE", "UBOB"), ""},
		{"the channel is not known well enough", coupledRule, "channel annex stale: bob usher\nusergroup oncall in=annex: alice", coupled("UALICE", "UBOB"), `
read channel CANNEX again`},
		{"the group is not known well enough", coupledRule, "usergroup oncall stale in=war-room: alice", coupled("UALICE", "UBOB"), `
doubt: roster_unknown 
read usergroup SONCALL again`},
		{"protected", coupledRule, "usergroup oncall in=war-room: alice", coupled("UALICE", "UROOT", "UGUS"), `
coupled of SONCALL: +[] -[UGUS UROOT]`},
		{"a dry run takes nobody out, and does not forget them", strings.Replace(coupledRule, "enforce", "report", 1), "usergroup oncall in=war-room: alice bob carol", coupled("UALICE", "UBOB"), `
coupled of SONCALL: +[UCAROL] -[]`},
		{"a dry run reports", strings.Replace(coupledRule, "enforce", "report", 1), "usergroup oncall in=war-room: alice bob", coupled("UALICE", "UBOB", "UCAROL"), `
remove UCAROL in CWAR-ROOM by @oncall, reported uncoupled dry_run`},
		{"disabled by hand", coupledRule, "usergroup oncall disabled in=war-room: alice bob", coupled("UALICE", "UBOB", "UCAROL"), ""},
		{"disabled for being empty", "{handle: oncall, members: [{users: [UGUS]}], by_hand: revert, coupled: true, when_empty: disable, mode: enforce}",
			"usergroup oncall disabled in=war-room: bob", coupled("UBOB"), `
remove UBOB in CWAR-ROOM by @oncall uncoupled
do: tell UBOB: removed CWAR-ROOM
do: remove UBOB from CWAR-ROOM`},
		{"taken out by hand, and put back by the rule", "{handle: oncall, members: [{users: [UALICE, UBOB]}], by_hand: revert, coupled: true, mode: enforce}",
			"usergroup oncall in=war-room: alice", coupled("UALICE", "UBOB"), `
allow UBOB in SONCALL by @oncall in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"taken out by hand, and perhaps put back", "{handle: oncall, members: [{users: [UALICE]}, {channel: annex}], by_hand: revert, coupled: true, mode: enforce}",
			"channel annex stale: usher\nusergroup oncall in=war-room: alice", coupled("UALICE", "UBOB"), `
doubt: source_unknown incomplete
read channel CANNEX again`},
		{"taken out by hand, and left so whoever else belongs to it", "{handle: oncall, members: [{users: [UALICE]}, {channel: annex}], coupled: true, mode: enforce}",
			"channel annex stale: usher\nusergroup oncall in=war-room: bob", coupled("UALICE", "UBOB", "UCAROL"), `
remove UALICE in CWAR-ROOM by @oncall uncoupled
do: tell UALICE: removed CWAR-ROOM
do: remove UALICE from CWAR-ROOM
doubt: source_unknown incomplete
read channel CANNEX again`},
		{"too many at once", coupledRule, "user p1\nuser p2\nuser p3\nuser p4\nuser p5\nchannel hall: alice p1 p2 p3 p4 p5 usher\nusergroup oncall in=hall: alice bob",
			coupled("UALICE", "UBOB", "UP1", "UP2", "UP3", "UP4", "UP5"), `
held: share:CHALL 5 of 7`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, coupledTown+c.more)
			p := groupPolicy(t, "usergroups:\n  - "+c.policy, w, c.were)
			if got, want := remembered(p.DecideGroups(w, noon, rules.CausePlan, nil)), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, a := range p.Plan(w, noon).Actions {
				if still, _ := p.Still(w, noon, a); !still {
					t.Errorf("planned, and not still right: %s", a)
				}
			}
		})
	}
}

// What was held and discarded by an administrator stays; when somebody is out,
// or back in the group, nothing waits for them any more.
func TestCoupledGroupsSettle(t *testing.T) {
	w := world(t, coupledTown+"usergroup oncall in=war-room: alice")
	p := groupPolicy(t, "usergroups:\n  - "+coupledRule, w, coupled("UALICE", "UBOB"))
	if got := p.Awaits(w, "CWAR-ROOM", "UBOB"); !slices.Equal(got, []string{"oncall"}) {
		t.Errorf("awaits %v", got)
	}
	if got := p.Awaits(w, "CWAR-ROOM", "UALICE"); got != nil {
		t.Errorf("awaits %v of one who is in it", got)
	}
	spared := p.Spare(rules.Spared{{Channel: "CWAR-ROOM", User: "UBOB"}: rules.CodeSpared}).DecideGroups(w, noon, rules.CausePlan, nil)
	if len(spared.Actions) > 0 {
		t.Errorf("whom administrators left in is taken out:\n%s", said(spared))
	}
	remove := action.Remove{Channel: "CWAR-ROOM", User: "UBOB", Cluster: "@oncall", Usergroup: "SONCALL"}
	back := world(t, coupledTown+"usergroup oncall in=war-room: alice bob")
	if still, _ := p.Still(back, noon, remove); still {
		t.Error("one who is back in the group is taken out")
	}
	again := groupPolicy(t, "usergroups:\n  - "+coupledRule, w, coupled("UALICE"))
	if still, _ := again.Still(w, noon, remove); still {
		t.Error("one who was out since and came in again is taken out, because two comparisons had found it")
	}
	if still, _ := p.Still(w, noon, remove); !still {
		t.Error("one who has left the group stays")
	}
	stale := world(t, coupledTown+"usergroup oncall stale in=war-room: alice")
	if still, d := p.Still(stale, noon, remove); still || d.Verdict != rules.Undetermined {
		t.Errorf("not known well enough, and it is %v %s", still, d.Verdict)
	}
	// A rule that couples no more forgets.
	off := groupPolicy(t, "usergroups:\n  - "+strings.Replace(coupledRule, "coupled: true, ", "", 1), w, coupled("UALICE", "UBOB"))
	plan := off.Plan(w, noon)
	if left := coupled("UALICE", "UBOB").After(plan.Rebased...)["SONCALL"][rules.PartCoupled]; len(left) > 0 {
		t.Errorf("still remembered: %v", left)
	}
}
