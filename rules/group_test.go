package rules_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

func groupPolicy(t testing.TB, text string, w *workspace.Snapshot, bases rules.Bases) *rules.Policy {
	t.Helper()
	config, problems := policyfile.Parse("policy.yaml", []byte("version: 1\n"+text))
	p, more := rules.Compile(config)
	for _, problem := range append(problems, more...) {
		t.Fatal(problem)
	}
	bound, _, _ := p.Recall(bases).Bind(w, nil)
	return bound
}

// said is everything of an outcome that matters, in lines.
func said(o rules.GroupOutcome) string {
	var lines []string
	for _, d := range o.Decisions {
		line := fmt.Sprintf("%s %s in %s by %s", d.Verdict, d.User, cmp.Or(string(d.Usergroup), string(d.Channel)), d.Cluster)
		if d.DryRun {
			line += ", reported"
		}
		for _, r := range d.Reasons {
			line += " " + string(r.Code)
		}
		lines = append(lines, line)
	}
	for _, a := range o.Actions {
		lines = append(lines, "do: "+a.String())
	}
	for _, b := range o.Held {
		lines = append(lines, fmt.Sprintf("held: %s %d of %d", b.Key(), b.Has, b.Had))
	}
	for _, d := range o.Doubts {
		lines = append(lines, "doubt: "+string(d.Reason.Code)+" "+d.Reason.Detail)
	}
	for _, a := range o.Refresh {
		lines = append(lines, a.String())
	}
	return strings.Join(lines, "\n")
}

const groupTown = `
user alice
user bob
user carol
user dave
user gus guest
user robo bot
user ext external
user old deactivated
channel rota: alice bob gus robo ext old usher
channel few: carol usher
channel stale stale: alice usher
channel empty: usher
usergroup others: dave
`

func TestGroups(t *testing.T) {
	for _, c := range []struct{ name, policy, more, want string }{
		{"missing and superfluous", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "usergroup oncall: alice dave", `
allow UBOB in SONCALL by @oncall in_source
remove UDAVE in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"a dry run reports the same and does nothing", "{handle: oncall, members: [{channel: rota}], by_hand: revert}", "usergroup oncall: alice dave", `
allow UBOB in SONCALL by @oncall, reported in_source dry_run
remove UDAVE in SONCALL by @oncall, reported not_in_source dry_run`},
		{"what was there by hand is kept", "{handle: oncall, members: [{channel: rota}], mode: enforce}", "usergroup oncall: alice dave", `
allow UBOB in SONCALL by @oncall in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"except wins", "{handle: oncall, members: [{channel: rota}], except: [{users: [UBOB]}, {usergroup: others}], mode: enforce}", "usergroup oncall: alice bob dave", `
remove UBOB in SONCALL by @oncall in_source excepted
remove UDAVE in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"as it should be", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "usergroup oncall: alice bob", ""},
		{"made where there is none", "{handle: oncall, members: [{channel: rota}], mode: enforce}", "", `
allow UALICE in  by @oncall in_source
allow UBOB in  by @oncall in_source
do: make the user group @oncall as its rule wants it`},
		{"an incomplete source", "{handle: oncall, members: [{channel: rota}, {channel: stale}], by_hand: revert, mode: enforce}", "usergroup oncall: dave", `
doubt: source_unknown incomplete
read channel CSTALE again`},
		{"an empty source", "{handle: oncall, members: [{channel: empty}], by_hand: revert, when_empty: disable, mode: enforce}", "usergroup oncall: dave", `
doubt: source_unknown empty`},
		{"a source that is not there", "{handle: oncall, members: [{channel: nowhere}], by_hand: revert, mode: enforce}", "usergroup oncall: dave", `
doubt: source_unknown unresolved`},
		{"a list that is not known", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "usergroup oncall stale: dave", `
doubt: roster_unknown 
read usergroup SONCALL again`},
		{"nobody left, kept", "{handle: oncall, members: [{channel: few}], except: [{users: [UCAROL]}], by_hand: revert, mode: enforce}", "usergroup oncall: carol", ""},
		{"nobody left, disabled", "{handle: oncall, members: [{channel: few}], except: [{users: [UCAROL]}], by_hand: revert, when_empty: disable, mode: enforce}", "usergroup oncall: carol", `
remove UCAROL in SONCALL by @oncall in_source excepted
do: bring SONCALL to what the rule @oncall wants`},
		{"nobody left, a placeholder", "{handle: oncall, members: [{channel: few}], except: [{users: [UCAROL]}], by_hand: revert, when_empty: placeholder, placeholder: UOLD, mode: enforce}", "usergroup oncall: carol", `
remove UCAROL in SONCALL by @oncall in_source excepted
allow UOLD in SONCALL by @oncall deactivated
do: bring SONCALL to what the rule @oncall wants`},
		{"nobody left already", "{handle: oncall, members: [{channel: few}], except: [{users: [UCAROL]}], by_hand: revert, when_empty: disable, mode: enforce}", "usergroup oncall disabled: carol", ""},
		{"brought back", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "usergroup oncall disabled: alice bob", `
do: bring SONCALL to what the rule @oncall wants`},
		{"brought back without those who had left, however many", "{handle: oncall, members: [{channel: few}], by_hand: revert, mode: enforce}", "user p1\nuser p2\nuser p3\nuser p4\nuser p5\nusergroup oncall disabled: p1 p2 p3 p4 p5", `
allow UCAROL in SONCALL by @oncall in_source
remove UP1 in SONCALL by @oncall not_in_source
remove UP2 in SONCALL by @oncall not_in_source
remove UP3 in SONCALL by @oncall not_in_source
remove UP4 in SONCALL by @oncall not_in_source
remove UP5 in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"not brought back for those who had left", "{handle: oncall, members: [{channel: few}], except: [{users: [UCAROL]}], when_empty: disable, mode: enforce}", "usergroup oncall disabled: alice bob", ""},
		{"too many at once", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "user p1\nuser p2\nuser p3\nuser p4\nuser p5\nusergroup oncall: alice bob p1 p2 p3 p4 p5", `
held: share:SONCALL 5 of 7`},
		{"too many at once, and somebody missing", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", "user p1\nuser p2\nuser p3\nuser p4\nuser p5\nusergroup oncall: alice p1 p2 p3 p4 p5", `
allow UBOB in SONCALL by @oncall in_source
do: bring SONCALL to what the rule @oncall wants
held: share:SONCALL 5 of 6`},
		{"channels and a section that Slack's answer leaves out are left alone", "{handle: oncall, members: [{channel: rota}], channels: [rota], additional_channels: [few], section: true, by_hand: revert, mode: enforce}",
			"usergroup oncall unsaid in=rota: alice bob", ""},
		{"additional channels and the section as the rule says", "{handle: oncall, members: [{channel: rota}], channels: [rota], additional_channels: [few], section: true, by_hand: revert, mode: enforce}",
			"usergroup oncall in=rota: alice bob", `
do: bring SONCALL to what the rule @oncall wants`},
		{"off", "{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: off}", "usergroup oncall: dave", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, groupTown+c.more)
			p := groupPolicy(t, "usergroups:\n  - "+c.policy, w, nil)
			got := said(p.DecideGroups(w, noon, rules.CausePlan, nil))
			if want := strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			plan := p.Plan(w, noon)
			for _, a := range plan.Actions {
				if k, ok := a.(action.KeepUsergroup); ok {
					if still, _ := p.Still(w, noon, k); !still {
						t.Errorf("planned, and not still right: %s", k)
					}
				}
			}
			// Carried out, nothing is left to do.
			after, bases := bring(t, p, w, nil)
			if again := groupPolicy(t, "usergroups:\n  - "+c.policy, after, bases).DecideGroups(after, noon, rules.CausePlan, nil); len(again.Actions) > 0 {
				t.Errorf("still to do:\n%s", said(again))
			}
		})
	}
}

// bring carries out what the plan wants of groups, as the gateway would.
func bring(t testing.TB, p *rules.Policy, w *workspace.Snapshot, bases rules.Bases) (*workspace.Snapshot, rules.Bases) {
	t.Helper()
	out := p.DecideGroups(w, noon, rules.CausePlan, nil)
	bases = bases.After(out.Rebased...)
	p = p.Recall(bases)
	for _, a := range out.Actions {
		if _, keeps := a.(action.KeepUsergroup); !keeps {
			continue
		}
		k, ok := p.Narrow(w, noon, a).(action.KeepUsergroup)
		if !ok {
			t.Fatalf("%s is no keeping of a group", a)
		}
		e, want := w.Edit(), k.Want
		g, _ := w.Usergroup(want.Group)
		if g.ID == "" {
			g = workspace.Usergroup{ID: workspace.UsergroupID("S" + strings.ToUpper(k.Handle)), Handle: k.Handle}
		}
		if want.Enable {
			g.Disabled = false
		}
		if want.AdditionalChannels != nil {
			g.AdditionalChannels = *want.AdditionalChannels
		}
		g.Section = g.Section || want.Section != nil && *want.Section
		var ids []workspace.UserID
		for u := range w.In(w.UsergroupMembers(g.ID).Set) {
			ids = append(ids, u.ID)
		}
		if want.Members {
			next := slices.DeleteFunc(slices.Concat(ids, want.Add), func(u workspace.UserID) bool {
				return want.Most != 0 && slices.Contains(want.Drop, u)
			})
			if want.Exact && want.Most != 0 {
				next = want.Users
			}
			if len(next) == 0 {
				g.Disabled = want.Empty == "disable"
			} else {
				ids = next
			}
		}
		e.PutUsergroup(g)
		e.SetUsergroupMembers(g.ID, ids, workspace.Knowledge{Complete: true, At: noon})
		w = e.Snapshot()
		bases = bases.After(rules.Rebase{Group: g.ID, Add: want.BaseAdd, Drop: want.BaseDrop})
	}
	return w, bases
}

// By hand: keep. Whoever the rule brings comes, whoever it lets go goes, and
// what people did by hand since stays, however these follow each other. While
// anything is in doubt nothing is written.
func TestGroupsKeepWhatWasDoneByHand(t *testing.T) {
	const people = 8
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		text := "usergroup oncall: u0\nchannel rota: u0 usher\n"
		for i := range people {
			text += fmt.Sprintf("user u%d\n", i)
		}
		w := world(outer, text)
		var bases rules.Bases
		policy := func() *rules.Policy {
			return groupPolicy(outer, "brakes: {removals: 1000, share: 100%, source_shrink: 100%}\nusergroups:\n  - {handle: oncall, members: [{channel: rota}], mode: enforce}", w, bases)
		}
		w, bases = bring(outer, policy(), w, bases)
		source, in := map[int]bool{0: true}, map[int]bool{0: true}
		list := func(m map[int]bool) (ids []workspace.UserID) {
			for i := range people {
				if m[i] {
					ids = append(ids, workspace.UserID(fmt.Sprintf("UU%d", i)))
				}
			}
			return ids
		}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			i := rapid.IntRange(1, people-1).Draw(t, "who") // u0 stays, so that there is always somebody
			e := w.Edit()
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				source[i] = !source[i]
				in[i] = source[i]
			case 2, 3:
				in[i] = !in[i]
				e.SetUsergroupMembers("SONCALL", list(in), workspace.Knowledge{Complete: true, At: noon})
			case 4:
				e.DoubtMembers("CROTA")
				if out := groupPolicy(outer, "usergroups:\n  - {handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}", e.Snapshot(), bases).DecideGroups(e.Snapshot(), noon, rules.CausePlan, nil); len(out.Actions)+len(out.Decisions) > 0 {
					t.Fatalf("decided by a source in doubt:\n%s", said(out))
				}
				continue
			}
			e.SetMembers("CROTA", append(list(source), "UUSHER"), workspace.Knowledge{Complete: true, At: noon})
			w = e.Snapshot()
			w, bases = bring(outer, policy(), w, bases)
			var got []workspace.UserID
			for u := range w.In(w.UsergroupMembers("SONCALL").Set) {
				got = append(got, u.ID)
			}
			slices.Sort(got)
			if want := list(in); !slices.Equal(got, want) {
				t.Fatalf("in it are %v, want %v", got, want)
			}
		}
	})
}
