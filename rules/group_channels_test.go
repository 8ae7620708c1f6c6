package rules_test

import (
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// Default channels are what their names stood for when they were bound: whoever
// takes a name gets nothing by it. A name that stands for nothing is told, and
// leaves the group's channels as they are.
func TestTheChannelsOfAGroupAreBound(t *testing.T) {
	const text = "version: 1\nusergroups:\n  - {handle: oncall, members: [{users: [UALICE]}], channels: [hall, %s], mode: enforce}\n"
	compile := func(second string) *rules.Policy {
		c, problems := policyfile.Parse("policy.yaml", []byte(strings.Replace(text, "%s", second, 1)))
		p, more := rules.Compile(c)
		for _, problem := range append(problems, more...) {
			t.Fatal(problem)
		}
		return p
	}
	w := world(t, "user alice\nchannel hall: usher\nchannel den private: usher\nchannel old archived: usher\nusergroup oncall in=hall: alice")
	wants := func(p *rules.Policy, w *workspace.Snapshot) string {
		k, _ := p.Narrow(w, noon, action.KeepUsergroup{Handle: "oncall", Group: "SONCALL"}).(action.KeepUsergroup)
		if k.Want.Channels == nil {
			return ""
		}
		ids := make([]string, len(*k.Want.Channels))
		for i, id := range *k.Want.Channels {
			ids[i] = string(id)
		}
		return strings.Join(ids, " ")
	}
	bound, pinned, problems := compile("den").Bind(w, nil)
	if got := wants(bound, w); got != "CHALL CDEN" || len(problems) > 0 {
		t.Errorf("the channels become %q, %v", got, problems)
	}
	e := w.Edit()
	e.PutChannel(workspace.Channel{ID: "CHALL", Name: "lobby", BotIn: true})
	e.PutChannel(workspace.Channel{ID: "CEVIL", Name: "hall", BotIn: true})
	taken := e.Snapshot()
	bound, _, _ = compile("den").Bind(taken, pinned)
	if got := wants(bound, taken); got != "CHALL CDEN" {
		t.Errorf("somebody took the name, and the channels become %q", got)
	}
	for name, says := range map[string]string{"nowhere": "there is no channel #nowhere that Usher can see", "old": "the channel #old (COLD) is archived"} {
		bound, _, problems := compile(name).Bind(w, nil)
		if got := wants(bound, w); got != "" || len(problems) != 1 || !strings.Contains(problems[0].Error(), says) {
			t.Errorf("%s: the channels become %q, %v", name, got, problems)
		}
	}
}
