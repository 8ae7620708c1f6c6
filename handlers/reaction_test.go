package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

const reactionPolicy = `
version: 1
admins: [{user: U0ALICE}]
brakes: {reactions: 2}
reactions:
  - name: incidents
    on: [created, renamed, archived, converted]
    channels: [inc-.*]
    do:
      - join
      - pin: "Runbook"
      - archive: {after: 14d, warn: 2d, unless_active: true}
      - tell_creator: "Thanks"
    mode: enforce
  - name: naming
    on: [created, renamed]
    channels: [.*]
    but_not: [(team|inc)-.*, finance-.*]
    do: [{propose_rename: "Another name, please"}]
    mode: enforce
  - name: trial
    on: [created]
    channels: [inc-.*]
    do: [{post: "never"}]
`

// reacting is the usual workspace under a policy of reactions, with a channel.
func reacting(t *testing.T, c workspace.Channel) *world {
	t.Helper()
	x := newWorld(t)
	config, problems := policyfile.Parse("policy.yaml", []byte(reactionPolicy))
	policy, more := rules.Compile(config)
	for _, p := range append(problems, more...) {
		t.Fatal(p)
	}
	x.edit(func(e *workspace.Editor) {
		e.PutChannel(c)
		e.SetMembers(c.ID, []workspace.UserID{"U0BOT", "U0BOB"}, workspace.Knowledge{Complete: true, At: noon})
	})
	x.policy, _, _ = policy.Bind(x.w, nil)
	return x
}

var incident = workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "U0BOB"}

// steps are the actions of an outcome in a line each; what a day or an hour
// names once is left out.
func steps(out handlers.Outcome) string {
	var all []string
	for _, d := range out.Actions {
		line := d.Action.String()
		if !d.At.IsZero() {
			line += " in " + d.At.Sub(noon).String()
		}
		if d.Hold != "" {
			line += " held " + d.Hold
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

func TestChannelEventsCauseReactions(t *testing.T) {
	furnish := `step 1 of reaction incidents in C1: join
step 2 of reaction incidents in C1: pin
step 2 of reaction incidents in C1: pin what was posted
warn that C1 is archived by reaction incidents in 288h0m0s
step 4 of reaction incidents in C1: tell_creator`
	named := func(name string) workspace.Channel { c := incident; c.Name = name; return c }
	for _, tt := range []struct {
		name, kind, payload string
		channel             workspace.Channel
		want                string
		reacted             int
	}{
		{"created", "event:channel_created", `{"channel":{"id":"C1","name":"inc-42-db"}}`, incident, furnish, 2},
		{"renamed", "event:channel_rename", `{"channel":{"id":"C1","name":"inc-42-db"}}`, incident, furnish, 1},
		{"renamed, and again since", "event:channel_rename", `{"channel":{"id":"C1","name":"inc-41-db"}}`, incident, "", 0},
		{"renamed, before anything else is known of it", "event:channel_rename", `{"channel":{"id":"C9","name":"inc-9-x"}}`, incident, "react to C9: renamed in 300ms", 0},
		{"renamed, and read since", "due:happened", `{"channel":"C1","change":"renamed","name":"inc-42-db"}`, incident, furnish, 1},
		{"renamed, and again until it was read", "due:happened", `{"channel":"C1","change":"renamed","name":"inc-41-db"}`, incident, "", 0},
		{"badly named", "event:channel_rename", `{"channel":{"id":"C1","name":"bad"}}`, named("bad"), "step 1 of reaction naming in C1: propose_rename", 1},
		{"archived by somebody", "event:channel_archive", `{"channel":"C1","user":"U0BOB"}`, workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "U0BOB", Archived: true}, "step 4 of reaction incidents in C1: tell_creator", 1},
		{"archived by Usher", "event:channel_archive", `{"channel":"C1","user":"U0BOT"}`, workspace.Channel{ID: "C1", Name: "inc-42-db", Creator: "U0BOB", Archived: true}, "", 0},
		{"shared, which is no conversion", "event:channel_shared", `{"channel":"C1"}`, incident, "", 0},
		{"found converted", "due:happened", `{"channel":"C1","change":"converted"}`, incident, furnish, 1},
		{"by hand", "due:happened", `{"channel":"C1","change":"run","reaction":"trial"}`, incident, "", 1},
		{"not known yet", "due:happened", `{"channel":"C9","change":"entered"}`, incident, "react to C9: entered in 5s", 0},
		{"never known", "due:happened", `{"channel":"C9","change":"entered","tries":4}`, incident, "", 0},
		{"a public channel that Usher came into", "due:happened", `{"channel":"C1","change":"entered"}`, incident, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := reacting(t, tt.channel).handle(t, tt.kind, tt.payload)
			if got := steps(out); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			if len(out.Reacted) != tt.reacted {
				t.Errorf("%d reactions on record, want %d", len(out.Reacted), tt.reacted)
			}
		})
	}
}

func TestUsherInAPrivateChannel(t *testing.T) {
	private := incident
	private.Private, private.BotIn = true, true
	x := reacting(t, private)
	out := x.handle(t, "event:member_joined_channel", member("C1", "U0BOT", "U0BOB"))
	if got := steps(out); !strings.HasPrefix(got, "step 2 of reaction incidents") { // it is in already
		t.Errorf("known already:\n%s", got)
	}
	out = x.handle(t, "event:member_joined_channel", member("C9", "U0BOT", "U0BOB"))
	if got := steps(out); !strings.HasSuffix(got, "react to C9: entered in 300ms") {
		t.Errorf("not known yet:\n%s", got)
	}
}

func TestAReactionIsBraked(t *testing.T) {
	x := reacting(t, incident)
	x.memory.touched = []workspace.ChannelID{"C8", "C9"}
	out := x.handle(t, "event:channel_created", `{"channel":{"id":"C1"}}`)
	if got := steps(out); strings.Count(got, " held reaction:incidents") != 5 || !strings.Contains(got, "tell U0ALICE: held") || len(out.Keep) != 1 {
		t.Errorf("past the brake:\n%s", got)
	}
	x.memory.held = out.Keep
	if again := x.handle(t, "event:channel_created", `{"channel":{"id":"C1"}}`); strings.Contains(steps(again), "tell U0ALICE") || len(again.Keep) != 0 {
		t.Errorf("administrators are asked again:\n%s", steps(again))
	}
	x.memory.touched = []workspace.ChannelID{"C8", "C1"}
	if got := steps(x.handle(t, "event:channel_rename", `{"channel":{"id":"C1"}}`)); strings.Contains(got, "held") {
		t.Errorf("a channel that counts already:\n%s", got)
	}
	x.memory.touched = []workspace.ChannelID{"C8", "C9"}
	if got := steps(x.handle(t, "due:happened", `{"channel":"C1","change":"run","reaction":"incidents"}`)); strings.Contains(got, "held") {
		t.Errorf("a person asked for it:\n%s", got)
	}
}

// What waits of a reaction is let go on, or dropped, by administrators who see
// what it is.
func TestWhatWaitsOfAReactionIsDecided(t *testing.T) {
	held := handlers.HeldOf(rules.Brake{Kind: rules.BrakeReaction, Source: "incidents", Had: 2}, noon)
	for _, tt := range []struct {
		name, verb string
		waits      []workspace.ChannelID
		policy     string // before it
		want       string // of what is said
		unheld     bool
	}{
		{"released", "release", []workspace.ChannelID{"C1"}, "", "what waited in 1 channel is done now", true},
		{"dropped", "discard", []workspace.ChannelID{"C1", "C2"}, "", "what waited in 2 channels is not done", true},
		{"by two administrators", "release", []workspace.ChannelID{"C1"}, "brakes: {reactions: 2, four_eyes: true}", "as soon as another one", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := reacting(t, incident)
			if tt.policy != "" {
				config, _ := policyfile.Parse("policy.yaml", []byte(strings.Replace(reactionPolicy, "brakes: {reactions: 2}", tt.policy, 1)))
				policy, _ := rules.Compile(config)
				x.policy, _, _ = policy.Bind(x.w, nil)
			}
			x.memory.held, x.memory.waits = []handlers.Held{held}, tt.waits
			seen := held
			seen.Rooms = tt.waits
			out := x.handle(t, "operator:"+tt.verb, `{"id":"`+seen.ID()+`"}`)
			if !strings.Contains(out.Reply.Text, tt.want) || (out.Unhold != nil) != tt.unheld || tt.unheld && (out.Unhold.Hold != "reaction:incidents" || len(out.Forget) != 1) {
				t.Errorf("said %q, %+v, forgets %v", out.Reply.Text, out.Unhold, out.Forget)
			}
			x.memory.waits = append(tt.waits, "C9")
			if out := x.handle(t, "operator:"+tt.verb, `{"id":"`+seen.ID()+`"}`); out.Unhold != nil {
				t.Errorf("what nobody saw: %+v", out.Unhold)
			}
			if out := x.handle(t, "operator:"+tt.verb, `{"id":"reaction:incidents"}`); (out.Unhold != nil) != tt.unheld {
				t.Errorf("whatever waits by now: %+v", out.Unhold)
			}
		})
	}
}

func TestCreationsAreMadeUpFor(t *testing.T) {
	for ago, want := range map[time.Duration]bool{time.Hour: true, 23 * time.Hour: true, 25 * time.Hour: false} {
		recent := incident
		recent.Created = noon.Add(-ago).Unix()
		out := reacting(t, recent).handle(t, "due:happened", `{"channel":"C1","change":"created"}`)
		if got := strings.Contains(steps(out), "reaction incidents in C1"); got != want {
			t.Errorf("created %s ago: %t", ago, got)
		}
		if want && out.Reacted[0].Actor != "U0BOB" {
			t.Errorf("by %q", out.Reacted[0].Actor)
		}
	}
	private := incident
	private.Private, private.BotIn = true, true
	if got := steps(reacting(t, private).handle(t, "due:happened", `{"channel":"C1","change":"created"}`)); !strings.Contains(got, "reaction incidents in C1") {
		t.Errorf("a private one that Usher was added to:\n%s", got)
	}
}

func TestAfterSteps(t *testing.T) {
	x := reacting(t, incident)
	step := action.Step{Channel: "C1", Reaction: "incidents", Number: 2, Verb: "pin"}
	pins := step
	pins.Pins = true
	archive := action.Archive{Channel: "C1", Reaction: "incidents", Number: 3, Warn: true, Since: noon}
	end := archive
	end.Warn = false
	ended := func(a action.Action, r handlers.Result) handlers.Outcome {
		return x.handle(t, handlers.Settled{Action: a}.Route(), compact(t, handlers.Settled{Action: a, Result: r}))
	}
	spoke := map[string]string{"active": noon.Add(-time.Hour).Format(time.RFC3339Nano)}
	for _, tt := range []struct {
		name   string
		action action.Action
		result handlers.Result
		want   string
	}{
		{"done", step, handlers.Result{Class: handlers.Done}, ""},
		{"dropped", step, handlers.Result{Class: handlers.Dropped}, ""},
		{"failed", step, handlers.Result{Class: handlers.Never, Code: "too_many_pins", Sentence: "The channel has too many."}, "tell U0ALICE: operator C1"},
		{"nothing to pin, which is told already", pins, handlers.Result{Class: handlers.Never, Code: "no_message"}, ""},
		{"warned", archive, handlers.Result{Class: handlers.Done}, "archive C1 by reaction incidents in 48h0m0s"},
		{"somebody spoke", archive, handlers.Result{Class: handlers.Already, Code: "active", Value: spoke}, "warn that C1 is archived by reaction incidents in 287h0m0s"},
		{"somebody spoke after the warning", end, handlers.Result{Class: handlers.Already, Code: "active", Value: spoke}, "warn that C1 is archived by reaction incidents in 287h0m0s"},
		{"archived", end, handlers.Result{Class: handlers.Done}, ""},
		{"archived before", end, handlers.Result{Class: handlers.Already, Code: "already_archived"}, ""},
		{"kept from archiving", end, handlers.Result{Class: handlers.Blocked, Code: "missing_scope"}, "tell U0ALICE: operator C1\narchive C1 by reaction incidents in 24h0m0s"},
		{"renamed", action.Rename{Channel: "C1", Name: "team-x", Asked: &action.Asked{By: "U0BOB"}}, handlers.Result{Class: handlers.Done}, "answer U0BOB"},
		{"not renamed", action.Rename{Channel: "C1", Name: "team-x", Asked: &action.Asked{By: "U0BOB"}}, handlers.Result{Class: handlers.Blocked, Code: "not_authorized"}, "answer U0BOB"},
	} {
		if got := steps(ended(tt.action, tt.result)); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
	once := func(touched int, a action.Step) string {
		x.memory.touched = make([]workspace.ChannelID, touched)
		return ended(a, handlers.Result{Class: handlers.Never, Code: "restricted", Sentence: "Slack refuses."}).Actions[0].Action.(action.Tell).Once
	}
	elsewhere, topic := step, step
	elsewhere.Channel, topic.Verb = "C2", "topic"
	if once(1, step) == once(1, elsewhere) || once(1, step) == once(1, topic) {
		t.Error("another channel, or another step, is not told of")
	}
	if once(50, step) != once(50, elsewhere) || once(50, step) == once(50, topic) {
		t.Error("in a burst, one cause is told of more than once, or two as one")
	}
	x.memory.touched = nil
	failed := ended(step, handlers.Result{Class: handlers.Never, Code: "too_many_pins", Sentence: "The channel has too many."})
	if tell := failed.Actions[0].Action.(action.Tell); !strings.Contains(tell.Detail, "step 2 (pin)") || !strings.Contains(tell.Detail, "too many") {
		t.Errorf("told %q", tell.Detail)
	}
}

func TestKeepingAChannel(t *testing.T) {
	x := reacting(t, incident)
	value := "C1 3 Ev1 incidents"
	if got := steps(x.handle(t, "action:keep", clicked("U0BOB", "keep", value, onMessage))); got != "warn that C1 is archived by reaction incidents in 288h0m0s\nanswer U0BOB" {
		t.Errorf("kept:\n%s", got)
	}
	for name, payload := range map[string]string{
		"somebody who is not in it":  clicked("U0MALLORY", "keep", value, onMessage),
		"a step that is not there":   clicked("U0BOB", "keep", "C1 1 Ev1 incidents", onMessage),
		"a value that nobody wrote":  clicked("U0BOB", "keep", "nonsense", onMessage),
		"a channel that nobody sees": clicked("U0BOB", "keep", "C9 3 Ev1 incidents", onMessage),
	} {
		if got := steps(x.handle(t, "action:keep", payload)); strings.Contains(got, "archive") || !strings.HasPrefix(got, "answer") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	gone := incident
	gone.Archived = true
	out := reacting(t, gone).handle(t, "action:keep", clicked("U0BOB", "keep", value, onMessage))
	if len(out.Actions) != 1 {
		t.Fatalf("archived already:\n%s", steps(out))
	}
	if said, ok := out.Actions[0].Action.(action.Reply); !ok || !strings.Contains(said.Text, "archived by now") || said.Replace {
		t.Errorf("archived already: %+v", out.Actions)
	}
}

func submitted(user, metadata, name string) string {
	return fmt.Sprintf(`{"type":"view_submission","user":{"id":%q},"view":{"callback_id":"rename","private_metadata":%q,"state":{"values":{"name":{"newname":{"type":"plain_text_input","value":%q}}}}}}`, user, metadata, name)
}

func TestRenaming(t *testing.T) {
	bad := incident
	bad.Name = "bad"
	x := reacting(t, bad)
	open := func(user, value string) string {
		out := x.handle(t, "action:rename", clicked(user, "rename", value, onMessage))
		if out.Reply.Open == nil {
			return ""
		}
		return compact(t, out.Reply.Open.View)
	}
	for _, may := range []string{"U0BOB", "U0ALICE"} {
		if v := open(may, "C1 naming"); !strings.Contains(v, `"callback_id":"rename"`) || !strings.Contains(v, "team-bad") {
			t.Errorf("%s sees %s", may, v)
		}
	}
	if v := open("U0MALLORY", "C1 naming"); v != "" {
		t.Errorf("mallory sees %s", v)
	}
	if v := open("U0BOB", "C9 naming"); v != "" {
		t.Errorf("of a channel that is not there: %s", v)
	}
	submit := func(user, name string) (handlers.Outcome, string) {
		out, err := x.router.Handle(context.Background(), "view:rename", x.request(), json.RawMessage(submitted(user, "C1 naming", name)))
		if err != nil {
			t.Fatal(err)
		}
		return out, steps(out)
	}
	if out, got := submit("U0BOB", " Team Bad"); got != "rename C1" || out.Actions[0].Action.(action.Rename).Name != "team-bad" {
		t.Errorf("a name that fits: %s", got)
	}
	for _, name := range []string{"", "bad", "other", "team-<!x>"} {
		if out, got := submit("U0BOB", name); got != "" || out.Reply.Errors["name"] == "" {
			t.Errorf("%q: %s %+v", name, got, out.Reply)
		}
	}
	if out, got := submit("U0MALLORY", "team-bad"); got != "" || out.Reply.Update == nil {
		t.Errorf("mallory renames it: %s", got)
	}
	x.edit(func(e *workspace.Editor) { e.PutChannel(incident) })
	if v := open("U0BOB", "C1 naming"); v != "" {
		t.Errorf("the name fits by now: %s", v)
	}
}

func TestWarningsGoOutInWords(t *testing.T) {
	x := reacting(t, incident)
	ready := handlers.Ready(x.request(), action.Archive{Channel: "C1", Reaction: "incidents", Number: 3, Warn: true, Active: true, End: noon}).(action.Archive)
	if !strings.Contains(ready.Text, "Keep it") || !strings.Contains(ready.Blocks, `"action_id":"keep"`) {
		t.Errorf("the warning is %q, %s", ready.Text, ready.Blocks)
	}
	m := handlers.Notice(x.request(), action.Tell{To: "U0BOB", Topic: action.ProposeRename, Channel: "C1", Cluster: "naming", Detail: "Another name for <#C1>, please"})
	if m.Text != "Another name for <#C1>, please" || !strings.Contains(compact(t, m.Blocks), `"action_id":"rename"`) {
		t.Errorf("the proposal is %q, %s", m.Text, compact(t, m.Blocks))
	}
}
