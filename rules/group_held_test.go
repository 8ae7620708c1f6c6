package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/rules"
)

// Whoever is asked about, what a brake holds is everybody that it holds: what
// administrators were shown must not shrink to one of them.
func TestGroupsHoldAllOfThem(t *testing.T) {
	var names []string
	town := ""
	for i := range 9 {
		names = append(names, fmt.Sprintf("u%d", i))
		town += fmt.Sprintf("user u%d\n", i)
	}
	town += "channel rota: u0 u1 usher\nusergroup oncall: " + strings.Join(names, " ") + "\n"
	w := world(t, town)
	p := groupPolicy(t, "usergroups: [{handle: oncall, members: [{channel: rota}], by_hand: revert, mode: enforce}]", w, nil)
	whole := p.DecideGroups(w, noon, rules.CausePlan, nil)
	one := p.DecideGroups(w, noon, rules.CauseSource, []string{"oncall"}, "UU3")
	for _, out := range []rules.GroupOutcome{whole, one} {
		if len(out.Held) != 1 || len(out.Held[0].Decisions) != 7 || len(out.Actions) > 0 {
			t.Fatalf("%d held, %v", len(out.Held), said(out))
		}
	}
}
