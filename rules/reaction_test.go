package rules_test

import (
	"maps"
	"testing"
	"time"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

const reactionPolicy = `
version: 1
reactions:
  - name: incidents
    on: [created, renamed]
    channels: ["inc-(?P<number>[0-9]+)-(?P<what>.*)", "incident-.*", CFIXED]
    but_not: [inc-0-.*]
    do:
      - join
      - topic: "Incident {{.Match.number}}: {{ .Channel }}"
      - invite: [{usergroup: commanders}, {user: "{{.Creator}}"}]
      - bookmark: {title: "{{.Match.what}}", link: "https://wiki.acme.test/{{.Match.number}}"}
      - announce: {to: "#new", text: "{{.Channel}} by {{.Creator}} under {{.Cluster}}"}
      - archive: {after: 14d, warn: 2d, unless_active: true}
    mode: enforce
  - {name: sleeping, on: [created], channels: [.*], do: [join], mode: "off"}
usergroups:
  - {handle: oncall, members: [{usergroup: commanders}], owners: [{user: U1}], when_empty: disable, by_hand: revert, join: self, mode: enforce}
invites: {join: request, domains: ["@Acme.test", acme.test], guest_expiry: 90d, via: scim, approvers: [{user: U1}]}
`

func TestReaction(t *testing.T) {
	cfg, problems := policyfile.Parse("p.yaml", []byte(reactionPolicy))
	p, more := rules.Compile(cfg)
	if len(problems)+len(more) > 0 {
		t.Fatal(problems, more)
	}
	r := p.Reactions()[0]
	for name, want := range map[string]map[string]string{
		"inc-42-db":  {"number": "42", "what": "db"},
		"incident-x": {},
		"inc-0-db":   nil,
		"other":      nil,
	} {
		groups, ok := r.Match(workspace.Channel{ID: "C1", Name: name}, rules.ChannelCreated)
		if ok != (want != nil) || !maps.Equal(groups, want) {
			t.Errorf("%s matches %t with %v, want %v", name, ok, groups, want)
		}
	}
	if _, ok := r.Match(workspace.Channel{ID: "CFIXED", Name: "anything"}, rules.ChannelRenamed); !ok {
		t.Error("a channel named by its id does not match")
	}
	if _, ok := r.Match(workspace.Channel{ID: "C1", Name: "inc-42-db"}, rules.ChannelArchived); ok {
		t.Error("it matches a change that it is not about")
	}
	if _, ok := p.Reactions()[1].Match(workspace.Channel{ID: "C1", Name: "inc-42-db"}, rules.ChannelCreated); ok {
		t.Error("one that is off matches")
	}
	if got := r.Steps[1].Text.Fill(map[string]string{"Match.number": "42", "Channel": "<#C1>"}); got != "Incident 42: <#C1>" {
		t.Errorf("the topic is %q", got)
	}
	if got := r.Steps[3].Link.Fill(nil); got != "https://wiki.acme.test/" {
		t.Errorf("the link is %q", got)
	}
	if s := r.Steps[5]; s.After != 14*rules.Days || s.Warn != 48*time.Hour || !s.UnlessActive {
		t.Errorf("archive is %+v", s)
	}
	if s := r.Steps[4]; s.To != "new" || len(r.Steps[2].Invite) != 2 {
		t.Errorf("announce is %+v, invite %v", s, r.Steps[2].Invite)
	}
	g := p.Usergroups()[0]
	if g.Handle != "oncall" || g.Name != "oncall" || g.WhenEmpty != rules.EmptyDisable || g.ByHand != rules.ByHandRevert || g.Join != rules.JoinSelf || g.Mode != rules.ModeEnforce {
		t.Errorf("the user group is %+v", g)
	}
	if inv := p.Invites(); inv == nil || !inv.Request || len(inv.Domains) != 1 || inv.Domains[0] != "acme.test" || inv.GuestExpiry != 90*rules.Days || inv.Via != rules.ViaSCIM {
		t.Errorf("invites are %+v", p.Invites())
	}
}
