package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/workspace"
)

// remembered is said, and what an outcome remembers of people besides whom the
// rule put there.
func remembered(o rules.GroupOutcome) string {
	lines := []string{}
	if text := said(o); text != "" {
		lines = append(lines, text)
	}
	for _, b := range o.Rebased {
		if b.Part != rules.PartRuled {
			lines = append(lines, fmt.Sprintf("%s of %s: +%v -%v", b.Part, b.Group, b.Add, b.Drop))
		}
	}
	return strings.Join(lines, "\n")
}

// by_hand: revert where people may join: who came or went through Usher is told
// from whom somebody moved in Slack.
func TestGroupsThatRevertAndLetPeopleJoin(t *testing.T) {
	const rule = "{handle: oncall, members: [{channel: rota}], by_hand: revert, join: self, mode: enforce}"
	remember := func(part rules.Part, users ...workspace.UserID) rules.Bases {
		return rules.Bases{}.After(rules.Rebase{Group: "SONCALL", Part: part, Add: users}, rules.Rebase{Group: "SONCALL", Add: []workspace.UserID{"UALICE", "UBOB"}})
	}
	for _, c := range []struct {
		name, policy, more string
		bases              rules.Bases
		want               string
	}{
		{"came by herself", rule, "usergroup oncall: alice bob dave", remember(rules.PartJoined, "UDAVE"), ""},
		{"put in by hand", rule, "usergroup oncall: alice bob carol dave", remember(rules.PartJoined, "UDAVE"), `
remove UCAROL in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"came by himself, taken out by hand", rule, "usergroup oncall: alice bob", remember(rules.PartJoined, "UDAVE"), `
allow UDAVE in SONCALL by @oncall not_in_source joined
do: bring SONCALL to what the rule @oncall wants`},
		{"went by himself", rule, "usergroup oncall: alice", remember(rules.PartLeft, "UBOB"), ""},
		{"went by himself, put back by hand", rule, "usergroup oncall: alice bob", remember(rules.PartLeft, "UBOB"), `
remove UBOB in SONCALL by @oncall in_source left
do: bring SONCALL to what the rule @oncall wants`},
		{"taken out by hand", rule, "usergroup oncall: alice", remember(rules.PartJoined), `
allow UBOB in SONCALL by @oncall in_source
do: bring SONCALL to what the rule @oncall wants`},
		{"went, and does not belong any more: nothing to remember", rule, "channel rota: alice usher\nusergroup oncall: alice", remember(rules.PartLeft, "UBOB"), `
left of SONCALL: +[] -[UBOB]`},
		{"came, and is left out by now", strings.Replace(rule, "by_hand", "except: [{usergroup: others}], by_hand", 1), "usergroup oncall: alice bob dave", remember(rules.PartJoined, "UDAVE"), `
remove UDAVE in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants
joined of SONCALL: +[] -[UDAVE]`},
		{"nobody may join any more", strings.Replace(rule, "join: self", "join: closed", 1), "usergroup oncall: alice dave", remember(rules.PartJoined, "UDAVE"), `
allow UBOB in SONCALL by @oncall in_source
remove UDAVE in SONCALL by @oncall not_in_source
do: bring SONCALL to what the rule @oncall wants`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, groupTown+c.more)
			p := groupPolicy(t, "usergroups:\n  - "+c.policy, w, c.bases)
			if got, want := remembered(p.DecideGroups(w, noon, rules.CausePlan, nil)), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			after, bases := bring(t, p, w, c.bases)
			if again := groupPolicy(t, "usergroups:\n  - "+c.policy, after, bases).DecideGroups(after, noon, rules.CausePlan, nil); len(again.Actions) > 0 {
				t.Errorf("still to do:\n%s", said(again))
			}
		})
	}
}
