package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

const reactPolicy = `
version: 1
clusters:
  - name: vault
    members: [{users: [UALICE]}]
    channels: [inc-.*-secret]
    others: remove
    mode: enforce
reactions:
  - name: incidents
    on: [created, renamed, unarchived]
    channels: ['inc-(?P<number>[0-9]+)-(?P<what>.*)', CFIXED]
    but_not: [inc-0-.*]
    do:
      - join
      - topic: "Incident {{.Match.number}} ({{.Match.what}}) by {{.Creator}} in {{.Channel}}{{.Cluster}}"
      - purpose: "For {{.Channel}}"
      - invite: [{usergroup: commanders}, {user: "{{.Creator}}"}, {user: "{{.Actor}}"}]
      - post: "Welcome to {{.Channel}}, {{.Actor}}: {{.Match.what}}"
      - pin: "Runbook"
      - bookmark: {title: "Runbook {{.Channel}}", link: "https://wiki.acme.test/?q={{.Match.what}}"}
      - announce: {to: "#new-channels", text: "{{.Channel}} by {{.Creator}}"}
      - tell_creator: "Thanks for {{.Channel}}"
      - archive: {after: 14d, warn: 2d, unless_active: true}
    mode: enforce
  - name: naming
    on: [created, renamed]
    channels: [.*]
    but_not: ['(team|te[ck])-.*', 'inc-[0-9]+-.*', general]
    do: [{propose_rename: "Another name for {{.Channel}}, please"}]
    mode: enforce
  - name: goodbye
    on: [archived, converted]
    channels: [team-.*]
    do: [{announce: {to: new-channels, text: "gone: {{.Channel}}"}}, {topic: "closed"}]
  - name: asleep
    on: [created]
    channels: [.*]
    do: [join]
    mode: off
`

const reactWorld = `
user alice
user bob
user carol
user dave guest
user robo bot
user old deactivated
usergroup commanders: carol dave old
channel general general: alice
channel new-channels: usher alice
`

type reacting struct {
	*testing.T
	p *rules.Policy
	w *workspace.Snapshot
}

func newReacting(t *testing.T, policy string) reacting {
	t.Helper()
	return newReactingIn(t, policy, world(t, reactWorld))
}

func newReactingIn(t *testing.T, policy string, w *workspace.Snapshot) reacting {
	t.Helper()
	c, problems := policyfile.Parse("p.yaml", []byte(policy))
	p, more := rules.Compile(c)
	for _, problem := range append(problems, more...) {
		t.Fatal(problem)
	}
	r := reacting{t, nil, w}
	r.p, _, problems = p.Bind(r.w, nil)
	for _, problem := range problems {
		if problem.Undefined {
			t.Fatal(problem)
		}
	}
	return r
}

// with is the workspace with a channel changed or added.
func (r reacting) with(c workspace.Channel) reacting {
	e := r.w.Edit()
	e.PutChannel(c)
	e.SetMembers(c.ID, []workspace.UserID{c.Creator}, workspace.Knowledge{Complete: true, At: noon})
	r.w = e.Snapshot()
	return r
}

// said is what the reactions do about an occurrence, a line for each thing.
func (r reacting) said(o rules.Occurrence) string {
	o.Event = "Ev1"
	var b strings.Builder
	for _, re := range r.p.React(r.w, noon, o) {
		mode := ""
		if re.DryRun {
			mode = " (reports)"
		}
		fmt.Fprintf(&b, "%s%s\n", re.Reaction, mode)
		for _, a := range re.Actions {
			fmt.Fprintf(&b, "  %s\n", r.line(a))
		}
		for _, s := range re.Skips {
			fmt.Fprintf(&b, "  not %s: %s\n", s.Verb, s.Why)
		}
	}
	return b.String()
}

// due is when an action's turn comes.
func due(a action.Action) time.Time {
	if fades, ok := a.(action.Archive); ok {
		return fades.At
	}
	return noon
}

func (r reacting) line(a action.Action) string {
	if still, d := r.p.Still(r.w, due(a), a); !still && len(d.Reasons) > 0 && d.Reasons[0].Code != rules.CodeReactionGone {
		return fmt.Sprintf("%s: %s", a.Kind(), d.Reasons[0].Code)
	}
	switch a := r.p.Narrow(r.w, noon, a).(type) {
	case action.Step:
		s := a.Verb
		if a.Pins {
			s += " pinned"
		}
		for _, more := range []string{a.Text, a.Link, string(a.Into)} {
			if more != "" {
				s += " | " + more
			}
		}
		return s
	case action.Invite:
		return fmt.Sprintf("invite %v", a.Users)
	case action.Tell:
		return fmt.Sprintf("%s %s | %s", a.Topic, a.To, a.Detail)
	case action.Archive:
		return fmt.Sprintf("archive warn=%t active=%t at %s", a.Warn, a.Active, a.At.Sub(noon))
	default:
		return string(a.Kind())
	}
}

func TestReact(t *testing.T) {
	r := newReacting(t, reactPolicy)
	evil := workspace.Channel{ID: "C1", Name: "inc-42-<!channel>&", Creator: "UBOB"}
	tests := []struct {
		name    string
		channel workspace.Channel
		o       rules.Occurrence
		want    string
	}{
		{"an incident", workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "UBOB"}, rules.Occurrence{Change: rules.ChannelCreated, Actor: "UBOB"}, `
incidents
  join
  topic | Incident 42 (db) by bob in #inc-42-db
  purpose | For #inc-42-db
  invite [UCAROL UDAVE]
  post | Welcome to <#C1>, <@UBOB>: db
  pin | Runbook
  pin pinned
  bookmark | Runbook #inc-42-db | https://wiki.acme.test/?q=db
  announce | <#C1> by <@UBOB> | CNEW-CHANNELS
  reaction UBOB | Thanks for <#C1>
  archive warn=true active=true at 288h0m0s
`},
		{"what people typed", evil, rules.Occurrence{Change: rules.ChannelRenamed}, `
incidents
  join
  topic | Incident 42 (&lt;!channel&gt;&amp;) by bob in #inc-42-&lt;!channel&gt;&amp;
  purpose | For #inc-42-&lt;!channel&gt;&amp;
  invite [UCAROL UDAVE]
  post | Welcome to <#C1>, somebody: &lt;!channel&gt;&amp;
  pin | Runbook
  pin pinned
  bookmark | Runbook #inc-42-‹!channel›& | https://wiki.acme.test/?q=%3C%21channel%3E&
  announce | <#C1> by <@UBOB> | CNEW-CHANNELS
  reaction UBOB | Thanks for <#C1>
  archive warn=true active=true at 288h0m0s
`},
		{"made by a bot, under a cluster", workspace.Channel{ID: "C1", Name: "inc-7-secret", Creator: "UROBO"}, rules.Occurrence{Change: rules.ChannelUnarchived, Actor: "UALICE"}, `
incidents
  join
  topic | Incident 7 (secret) by robo in #inc-7-secretvault
  purpose | For #inc-7-secret
  invite [UALICE]
  post | Welcome to <#C1>, <@UALICE>: secret
  pin | Runbook
  pin pinned
  bookmark | Runbook #inc-7-secret | https://wiki.acme.test/?q=secret
  announce | <#C1> by <@UROBO> | CNEW-CHANNELS
  archive warn=true active=true at 288h0m0s
  not tell_creator: The channel was created by a bot, which cannot be told anything.
`},
		{"a bad name", workspace.Channel{ID: "C1", Name: "random-name", Creator: "UBOB"}, rules.Occurrence{Change: rules.ChannelCreated, Actor: "UBOB"}, `
naming
  propose_rename UBOB | Another name for <#C1>, please
`},
		{"but_not", workspace.Channel{ID: "C1", Name: "team-x", Creator: "UBOB"}, rules.Occurrence{Change: rules.ChannelCreated}, "\n"},
		{"not its pattern's but by its id", workspace.Channel{ID: "CFIXED", Name: "tec-fixed", Creator: "UBOB"}, rules.Occurrence{Change: rules.ChannelUnarchived}, `
incidents
  join
  topic | Incident  () by bob in #tec-fixed
  purpose | For #tec-fixed
  invite [UCAROL UDAVE]
  post | Welcome to <#CFIXED>, somebody:
  pin | Runbook
  pin pinned
  bookmark | Runbook #tec-fixed | https://wiki.acme.test/?q=
  announce | <#CFIXED> by <@UBOB> | CNEW-CHANNELS
  reaction UBOB | Thanks for <#CFIXED>
  archive warn=true active=true at 288h0m0s
`},
		{"archived", workspace.Channel{ID: "C1", Name: "team-x", Creator: "UBOB", Archived: true}, rules.Occurrence{Change: rules.ChannelArchived, Actor: "UBOB"}, `
goodbye (reports)
  announce
  not topic: The channel is archived.
`},
		{"by Usher itself", workspace.Channel{ID: "C1", Name: "team-x", Archived: true}, rules.Occurrence{Change: rules.ChannelArchived, Actor: "UUSHER"}, "\n"},
		{"created by Usher itself", workspace.Channel{ID: "C1", Name: "random-name", Creator: "UUSHER"}, rules.Occurrence{Change: rules.ChannelCreated}, "\n"},
		{"converted", workspace.Channel{ID: "C1", Name: "team-x", Creator: "UBOB", Private: true}, rules.Occurrence{Change: rules.ChannelConverted}, `
goodbye (reports)
  announce
  topic
`},
		{"by hand, one of them", workspace.Channel{ID: "C1", Name: "team-x", Creator: "UBOB"}, rules.Occurrence{Change: rules.ChannelRun, Reaction: "goodbye"}, `
goodbye (reports)
  announce
  topic
`},
		{"nobody knows the creator", workspace.Channel{ID: "C1", Name: "random-name"}, rules.Occurrence{Change: rules.ChannelCreated}, `
naming
  not propose_rename: Slack does not say who created the channel.
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := r.with(tt.channel)
			r.T, tt.o.Channel = t, tt.channel.ID
			if got := "\n" + r.said(tt.o); got != tt.want {
				t.Errorf("got:%swant:%s", got, tt.want)
			}
		})
	}
	if got := r.said(rules.Occurrence{Channel: "CNOWHERE", Change: rules.ChannelCreated}); got != "" {
		t.Errorf("a channel that nobody knows: %s", got)
	}
}

// A step is judged by what its channel is called when its turn comes.
func TestAStepIsJudgedAgain(t *testing.T) {
	was := newReacting(t, reactPolicy).with(workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "UBOB"})
	steps := was.p.React(was.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelCreated, Event: "Ev1"})[0].Actions
	naming := newReacting(t, reactPolicy).with(workspace.Channel{ID: "C1", Name: "bad", Creator: "UBOB"})
	proposal := naming.p.React(naming.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelCreated, Event: "Ev1"})[0].Actions
	hand := was.p.React(was.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelRun, Event: "Ev1"})[0].Actions
	renamed := was.with(workspace.Channel{ID: "C1", Name: "inc-43-db", Creator: "UBOB"})
	other := was.with(workspace.Channel{ID: "C1", Name: "team-x", Creator: "UBOB"})
	archived := was.with(workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "UBOB", Archived: true})
	gone := newReacting(t, "version: 1\n")
	e := was.w.Edit()
	e.DropChannel("C1")
	lost := reacting{t, was.p, e.Snapshot()}
	last := len(steps) - 1
	for _, tt := range []struct {
		name string
		in   reacting
		a    action.Action
		want rules.Code
	}{
		{"as it was", was, steps[1], ""},
		{"called otherwise, and the renaming answers for itself", renamed, steps[1], rules.CodeRenamedSince},
		{"called otherwise, by hand", renamed, hand[1], ""},
		{"not matching any more", other, steps[1], rules.CodeNotMatching},
		{"the name fits by now", other, proposal[0], rules.CodeNotMatching},
		{"archived", archived, steps[1], rules.CodeArchived},
		{"archived, but it concerns another channel", archived, steps[8], ""},
		{"out of the policy", gone, steps[1], rules.CodeReactionGone},
		{"lost", lost, steps[1], rules.CodeChannelUnknown},
		{"archiving as it was", renamed, steps[last], ""},
		{"archiving what is archived", archived, steps[last], rules.CodeArchived},
		{"archiving what does not match any more", other, steps[last], rules.CodeNotMatching},
		{"archiving what is out of the policy", gone, steps[last], rules.CodeReactionGone},
	} {
		still, d := tt.in.p.Still(tt.in.w, due(tt.a), tt.a)
		var got rules.Code
		if len(d.Reasons) > 0 {
			got = d.Reasons[0].Code
		}
		if still != (tt.want == "") || got != tt.want {
			t.Errorf("%s: %t %q, want %q", tt.name, still, got, tt.want)
		}
	}
}

func TestASilenceGoesOn(t *testing.T) {
	r := newReacting(t, reactPolicy).with(workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "UBOB"})
	all := r.p.React(r.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelCreated, Event: "Ev1"})[0].Actions
	warn := all[len(all)-1].(action.Archive)
	later := warn.At.Add(time.Minute)
	after, ok := r.p.Fade(warn, later, time.Time{})
	if !ok || after.Warn || !after.At.Equal(later.Add(2*rules.Days)) {
		t.Errorf("after the warning: %+v, %t", after, ok)
	}
	spoke := later.Add(-rules.Days)
	if again, ok := r.p.Fade(warn, later, spoke); !ok || !again.Warn || !again.At.Equal(spoke.Add(12*rules.Days)) || !again.Since.Equal(spoke) {
		t.Errorf("somebody spoke: %+v, %t", again, ok)
	}
	if again, ok := r.p.Fade(warn, later, noon.Add(-30*rules.Days)); !ok || again.At.Before(later) {
		t.Errorf("a silence that is over already: %+v, %t", again, ok)
	}
	if kept, ok := r.p.Kept("C1", "incidents", "Ev1", warn.Number, later); !ok || !kept.Warn || !kept.At.Equal(later.Add(12*rules.Days)) {
		t.Errorf("kept: %+v, %t", kept, ok)
	}
	if _, ok := r.p.Fade(after, later, time.Time{}); ok {
		t.Error("something follows the archiving")
	}
	if _, ok := r.p.Kept("C1", "incidents", "Ev1", 1, later); ok {
		t.Error("another step was kept")
	}
}

// What is due about a silence is judged by the policy of that moment.
func TestASilenceUnderAnotherPolicy(t *testing.T) {
	under := func(archive string) reacting {
		return newReacting(t, "version: 1\nreactions: [{name: a, on: [created], channels: [x], do: [{archive: "+archive+"}], mode: enforce}]").
			with(workspace.Channel{ID: "C1", Name: "x", Creator: "UBOB"})
	}
	first := func(r reacting) action.Archive {
		return r.p.React(r.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelCreated, Event: "Ev1"})[0].Actions[0].(action.Archive)
	}
	warned := func(a action.Archive, r reacting) action.Archive {
		next, _ := r.p.Fade(a, a.At, time.Time{})
		return next
	}
	was, bare := under("{after: 14d, warn: 2d}"), under("{after: 14d}")
	const day = rules.Days
	for _, tt := range []struct {
		name string
		a    action.Archive
		by   reacting
		want string
	}{
		{"the same", first(was), was, "due"},
		{"the same, warned", warned(first(was), was), was, "due"},
		{"a longer silence", first(was), under("{after: 30d, warn: 2d}"), "warn in 28 days"},
		{"a longer silence, warned", warned(first(was), was), under("{after: 30d, warn: 2d}"), "warn in 28 days"},
		{"a shorter silence", first(was), under("{after: 7d, warn: 2d}"), "due"},
		{"a warning from now on", first(bare), was, "warn in 14 days"},
		{"a later warning", first(was), under("{after: 14d, warn: 1d}"), "warn in 13 days"},
		{"no warning any more", first(was), bare, "archive in 14 days"},
		{"no warning any more, warned", warned(first(was), was), bare, "due"},
	} {
		got := "due"
		if still, d := tt.by.p.Still(tt.by.w, tt.a.At, tt.a); !still {
			next, instead := tt.by.p.Instead(tt.a, tt.a.At)
			if got = "archive"; next.Warn {
				got = "warn"
			}
			got += fmt.Sprintf(" in %d days", next.At.Sub(noon)/day)
			if !instead || d.Reasons[0].Code != rules.CodeNotYet {
				got = fmt.Sprint(instead, d.Reasons)
			}
			if again, _ := tt.by.p.Still(tt.by.w, next.At, next); !again {
				t.Errorf("%s: what takes its place is not due in its turn", tt.name)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	r := newReacting(t, reactPolicy).with(workspace.Channel{ID: "C1", Name: "random-name", Creator: "UBOB"})
	r = r.with(workspace.Channel{ID: "C2", Name: "team-taken", Creator: "UBOB"})
	c, _ := r.w.Channel("C1")
	if got := strings.Join(r.p.Leads("naming"), " "); got != "team- tec- tek- inc-" {
		t.Errorf("leads %q", got)
	}
	if got := strings.Join(r.p.Suggest(r.w, "naming", c), " "); got != "team-random-name tec-random-name tek-random-name" {
		t.Errorf("suggested %q", got)
	}
	for name, want := range map[string]string{
		"team-x": "", "inc-1-x": "", "": "Write", "team-taken": "taken", "random-name": "already", "team-a b": "letters",
		"bad": "begins with team-", strings.Repeat("x", 81): "80",
	} {
		got := r.p.NameTrouble(r.w, "naming", c, name)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := r.p.NameTrouble(r.w, "nothing", c, "team-x"); got == "" {
		t.Error("a reaction that is not there")
	}
	for typed, want := range map[string]string{"#Team X.y ": "team-x-y", "-a-": "a", "": ""} {
		if got := rules.CleanName(typed); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestForecastOfSteps(t *testing.T) {
	r := newReacting(t, reactPolicy).with(workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "UBOB"})
	one := r.p.React(r.w, noon, rules.Occurrence{Channel: "C1", Change: rules.ChannelCreated})[0].Actions
	f := rules.ForecastOf(one)
	counts := map[string]int{}
	for _, c := range f.Calls {
		counts[c.Method] = c.Count
	}
	if all := rules.ForecastOf(slices.Repeat(one, 200)); all.Total() != 2800 || all.Takes != 10*time.Minute {
		t.Errorf("two hundred channels: %d calls in %s", all.Total(), all.Takes)
	}
	if counts["conversations.setTopic"] != 1 || counts["conversations.info"] != 2 || counts["pins.add"] != 1 || counts["chat.postMessage"] != 4 || f.Total() != 14 {
		t.Errorf("%+v", f)
	}
}

func TestReactionProblems(t *testing.T) {
	for text, want := range map[string]string{
		`{name: x, on: [created], channels: [a], do: [{topic: "{{.Chanel}}"}]}`:                                    "there is no field .Chanel",
		`{name: x, on: [created], channels: ['(?P<n>a)'], do: [{topic: "{{.Match.m}}"}]}`:                          "no pattern has a group called m",
		`{name: x, on: [created], channels: [a], do: [{propose_rename: "{{range .Match}}{{end}}"}]}`:               "more than a field",
		`{name: x, on: [created], channels: [a], do: [{archive: {after: 1d, warn: 2d}}]}`:                          "before the silence begins",
		`{name: x, on: [created], channels: [a], do: [{bookmark: {title: x, link: "ftp://a"}}]}`:                   "not a web address",
		`{name: x, on: [created], channels: [a], do: [{announce: {to: "a b", text: x}}]}`:                          "not a channel's name",
		`{name: x, on: [created], channels: [a], do: [{topic: "` + strings.Repeat("x", 251) + `"}]}`:               "251 characters",
		`{name: x, on: [deleted], channels: [a], do: [join]}`:                                                      "deleted",
		`{name: x, on: [created], channels: [a], do: [join]}, {name: x, on: [created], channels: [a], do: [join]}`: "x",
	} {
		c, problems := policyfile.Parse("p.yaml", []byte("version: 1\nreactions: ["+text+"]\n"))
		_, more := rules.Compile(c)
		all := fmt.Sprint(append(problems, more...))
		if !strings.Contains(all, want) || !strings.Contains(all, "p.yaml:2:") {
			t.Errorf("%s\n%s, want %q", text, all, want)
		}
	}
}
