package rules_test

import (
	"maps"
	"strings"
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
      - invite: [{usergroup: commanders}, {user: "{{ .Creator }}"}]
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

// What is missing of a step is said once, and at its place.
func TestAStepIsIncomplete(t *testing.T) {
	for do, want := range map[string]string{
		"{bookmark: {title: Wiki}}":                       "p.yaml:6:10: bookmark has no link",
		"{bookmark: {link: \"https://wiki.acme.test/\"}}": "p.yaml:6:10: bookmark has no title",
		"{bookmark: {title: Wiki, link: \"ftp://wiki\"}}": "p.yaml:6:41: the link is not a web address",
		"{announce: {text: Hello}}":                       "p.yaml:6:10: announce has no to",
		"{archive: {warn: 2d}}":                           "p.yaml:6:10: archive says not when",
		"{topic: \"{{.Chanel}}\"}":                        "p.yaml:6:18: there is no field .Chanel",
		"{invite: [{user: \"{{.Channel}}\"}]}":            "p.yaml:6:27: \"{{.Channel}}\" names nobody for certain",
		"{propose_rename: \"Not {{.Channel.Name}}\"}":     "p.yaml:6:27: there is no field .Channel.Name",
		"{post: \"{{if .Actor}}{{.Actor}}{{end}}\"}":      "p.yaml:6:17: {{if .Actor}}{{.Actor}}{{end}} is more than a field",
		"{tell_creator: \"{{.Match.team}}\"}":             "p.yaml:6:25: no pattern has a group called team",
	} {
		cfg, problems := policyfile.Parse("p.yaml", []byte("version: 1\nreactions:\n  - name: a\n    on: [created]\n    channels: ['inc-(?P<number>[0-9]+)']\n    do: ["+do+"]\n"))
		_, more := rules.Compile(cfg)
		var found []string
		for _, p := range append(problems, more...) {
			found = append(found, p.Error())
		}
		if all := strings.Join(found, "\n"); !strings.Contains(strings.ReplaceAll(all, "$.reactions[0].", ""), want[strings.Index(want, ": ")+2:]) || !strings.HasPrefix(all, want[:strings.Index(want, ": ")]) {
			t.Errorf("%s:\n%s\nwant %s", do, all, want)
		}
	}
}
