package rules_test

import (
	"testing"

	"usher/rules/action"
)

// A notice that waited goes out where it is still right, and where nobody can
// say: whoever was taken out has to know.
func TestStillTold(t *testing.T) {
	w := world(t, `
user alice
user bob
user mallory
channel rota: bob usher
channel finance-forecast: alice bob mallory usher
channel other: bob usher
`)
	p := groupPolicy(t, "clusters: [{name: finance, members: [{channel: rota}], channels: [finance-.*], others: remove, grace: 1h, mode: enforce}]", w, nil)
	for _, c := range []struct {
		name string
		a    action.Tell
		want bool
	}{
		{"may be there by now", action.Tell{Topic: action.Removed, To: "UBOB", Channel: "CFINANCE-FORECAST"}, false},
		{"has time no more", action.Tell{Topic: action.GraceStarted, To: "UBOB", Channel: "CFINANCE-FORECAST"}, false},
		{"an owner about them", action.Tell{Topic: action.RemovedOwner, To: "UALICE", Subject: "UBOB", Channel: "CFINANCE-FORECAST"}, false},
		{"who added them", action.Tell{Topic: action.AddedOutsider, To: "UALICE", Subject: "UBOB", Channel: "CFINANCE-FORECAST"}, false},
		{"under no rule any more", action.Tell{Topic: action.Removed, To: "UBOB", Channel: "COTHER"}, false},
		{"has to go", action.Tell{Topic: action.Removed, To: "UMALLORY", Channel: "CFINANCE-FORECAST"}, true},
		{"is out", action.Tell{Topic: action.Removed, To: "UALICE", Channel: "COTHER"}, true},
		{"is nobody's that is known", action.Tell{Topic: action.Removed, To: "UNEW", Channel: "CFINANCE-FORECAST"}, true},
		{"by a user group's rule", action.Tell{Topic: action.Removed, To: "UBOB", Channel: "COTHER", Cluster: "@oncall"}, true},
		{"something else", action.Tell{Topic: action.Operator, To: "UBOB", Channel: "CFINANCE-FORECAST"}, true},
	} {
		if still, d := p.Still(w, noon, c.a); still != c.want {
			t.Errorf("%s: %v, %s", c.name, still, d.Verdict)
		}
	}
}
