package handlers_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/handlers"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

const groupsText = policyText + `
usergroups:
  - {handle: oncall, members: [{users: [U0BOB]}], join: self, owners: [{user: U0DAVE}], mode: enforce}
  - {handle: board, members: [{users: [U0BOB]}], join: request, owners: [{user: U0DAVE}], mode: enforce}
  - {handle: exact, members: [{users: [U0BOB]}], by_hand: revert, owners: [{user: U0ERIN}], mode: enforce}
  - {handle: lost, members: [{users: [U0BOB]}], owners: [{user: U0ERIN}], mode: enforce}
`

// withGroups is a world with user groups that rules are about, and one without.
func withGroups(t testing.TB) *world {
	x := newWorld(t)
	known := workspace.Knowledge{Complete: true, At: noon}
	x.edit(func(e *workspace.Editor) {
		e.PutUser(workspace.User{ID: "U0OLD", Team: "T01", Name: "old", Deleted: true})
		e.PutUser(workspace.User{ID: "U0GUS", Team: "T01", Name: "gus", Guest: workspace.MultiChannelGuest})
		for id, handle := range map[workspace.UsergroupID]string{"S0ONCALL": "oncall", "S0BOARD": "board", "S0EXACT": "exact", "S0FREE": "free"} {
			e.PutUsergroup(workspace.Usergroup{ID: id, Handle: handle, Name: strings.ToUpper(handle)})
			e.SetUsergroupMembers(id, []workspace.UserID{"U0BOB", "U0DAVE"}, known)
		}
	})
	config, problems := policyfile.Parse("policy.yaml", []byte(groupsText))
	policy, more := rules.Compile(config)
	for _, p := range append(problems, more...) {
		t.Fatal(p)
	}
	x.policy, _, _ = policy.Bind(x.w, nil)
	return x
}

// On a Home each user group stands once, and those who answer for rules find them.
func TestHomeWithGroups(t *testing.T) {
	for person, want := range map[workspace.UserID]struct{ there, not []string }{
		"U0BOB": {[]string{"@oncall", "@board", "@exact", "@free"}, []string{"You answer for", "@lost"}},
		"U0DAVE": {
			[]string{"You answer for", `"action_id":"cluster"`, `"value":"finance"`, `"value":"board"`, `"action_id":"group:one"`, `"value":"S0ONCALL"`, `"value":"S0BOARD"`},
			[]string{`"value":"vault"`, `"action_id":"group:leave"`},
		},
		"U0ERIN":  {[]string{"You answer for", `"value":"S0EXACT"`, "To be let in: ask <@U0DAVE>."}, []string{`"action_id":"cluster"`, "@free", "@lost"}},
		"U0ALICE": {[]string{"Rules"}, []string{"You answer for"}},
	} {
		text := compact(t, handlers.Home(withGroups(t).request(), action.Home{User: person}))
		for _, part := range want.there {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not see %s in %s", person, part, text)
			}
		}
		for _, part := range want.not {
			if strings.Contains(text, part) {
				t.Errorf("%s sees %s in %s", person, part, text)
			}
		}
		for _, handle := range []string{"@oncall", "@board", "@exact", "@free"} {
			if n := strings.Count(text, handle+" (") + strings.Count(text, handle+"*"); n > 1 {
				t.Errorf("%s sees %s %d times in %s", person, handle, n, text)
			}
		}
	}
}

// Owners look into their own rules, and nobody else does.
func TestOwnersLookIntoTheirRules(t *testing.T) {
	press := func(by, actionID, value string) string {
		out := withGroups(t).handle(t, "action:"+actionID, `{"user":{"id":"`+by+`"},"trigger_id":"t","view":{"type":"home"},"actions":[{"action_id":"`+actionID+`","value":"`+value+`"}]}`)
		if out.Reply.Open == nil {
			t.Fatalf("%s pressed %s and no modal came", by, actionID)
		}
		return compact(t, out.Reply.Open.View)
	}
	if all := press("U0DAVE", view.ActionClusters, ""); !strings.Contains(all, "*finance*") || !strings.Contains(all, "*board*") || strings.Contains(all, "*vault*") {
		t.Errorf("an owner sees these rules: %s", all)
	}
	if none := press("U0BOB", view.ActionClusters, ""); strings.Contains(none, "*finance*") {
		t.Errorf("somebody else sees %s", none)
	}
	if one := press("U0DAVE", view.ActionGroup, "S0BOARD"); !strings.Contains(one, view.ActionGroupPeople) || strings.Contains(one, view.ActionGroupEdit) {
		t.Errorf("an owner of the rule sees %s", one)
	}
}

// What is said about a group is its rule's, whatever the group is called by now,
// and everybody whom Slack would not take is named at once.
func TestGroupCommands(t *testing.T) {
	x := withGroups(t)
	x.edit(func(e *workspace.Editor) {
		g, _ := x.w.Usergroup("S0BOARD")
		g.Handle = "elders"
		e.PutUsergroup(g)
	})
	for _, c := range []struct{ by, text, want string }{
		{"U0ERIN", "group join @elders", "To be let in: ask <@U0DAVE>. All they have to type is `/usher group add @elders @erin`."},
		{"U0ERIN", "group add @elders @erin", "Only those who answer for *@elders* may change it. Ask <@U0DAVE>"},
		{"U0ERIN", "group add @elders @nobody", "Only those who answer for *@elders* may change it."},
		{"U0DAVE", "group add @elders @nobody @gus @old", "I know of nobody called @nobody.\ngus (U0GUS) is a guest, and Slack does not take them into user groups.\nold (U0OLD) is deactivated, and Slack does not take them into user groups. Nothing was changed."},
		{"U0DAVE", "group remove @elders @old", "I am on it: *@elders*."},
		{"U0ALICE", "why @old #finance-forecast", "<@U0OLD>"},
		{"U0ALICE", "why @nobody #finance-forecast", "I know nobody called"},
	} {
		out := x.handle(t, "command", `{"user_id":"`+c.by+`","text":"`+c.text+`","trigger_id":"t"}`)
		if text := out.Reply.Text; !strings.Contains(text, c.want) {
			t.Errorf("%s: %s\ngot  %q\nwant %q", c.by, c.text, text, c.want)
		}
	}
}

// formFields are the values of a group's form, by block and as Slack sends them.
type formFields map[string]any

func (x *world) submit(t *testing.T, by workspace.UserID, kept string, f formFields) handlers.Outcome {
	t.Helper()
	values := map[string]map[string]any{}
	for block, v := range f {
		field := map[string]any{"value": v}
		switch v := v.(type) {
		case []workspace.ChannelID:
			field = map[string]any{"selected_conversations": v}
		case bool:
			field = map[string]any{"selected_options": []map[string]string{{"value": view.SectionOn}}[:map[bool]int{true: 1}[v]]}
		}
		values[block] = map[string]any{view.ActionGroupValue: field}
	}
	payload, err := json.Marshal(map[string]any{
		"user": map[string]any{"id": by}, "view": map[string]any{"callback_id": view.ViewGroupForm, "private_metadata": kept, "state": map[string]any{"values": values}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return x.handle(t, "view:"+view.ViewGroupForm, string(payload))
}

// Two administrators have the form of one group open: the second changes what they
// changed and nothing else, and hears where both changed the same.
func TestTwoFormsOfOneGroup(t *testing.T) {
	x := withGroups(t)
	put := func(change func(*workspace.Usergroup)) {
		x.edit(func(e *workspace.Editor) {
			g, _ := x.w.Usergroup("S0FREE")
			change(&g)
			e.PutUsergroup(g)
		})
	}
	put(func(g *workspace.Usergroup) {
		g.Description, g.Channels, g.AdditionalChannels = "Old", []workspace.ChannelID{"C0GENERAL", "C0REPORTS", "C0DEPT"}, []workspace.ChannelID{"C0HELP"}
	})
	out := x.handle(t, "action:"+view.ActionGroupEdit, `{"user":{"id":"U0ALICE"},"trigger_id":"t","view":{"type":"home"},"actions":[{"value":"S0FREE"}]}`)
	form := out.Reply.Open.View
	if text := compact(t, form); strings.Contains(text, "C0DEPT") || !strings.Contains(text, "1 channel besides") {
		t.Errorf("a private channel she is not in: %s", text)
	}
	same := func(change formFields) formFields {
		f := formFields{
			view.BlockGroupName: "FREE", view.BlockGroupHandle: "free", view.BlockGroupText: "Old", view.BlockGroupSection: false,
			view.BlockGroupChannels: []workspace.ChannelID{"C0REPORTS", "C0GENERAL"}, view.BlockGroupAdditional: []workspace.ChannelID{"C0HELP"},
		}
		maps.Copy(f, change)
		return f
	}
	// Meanwhile somebody gave it another name, and one channel more.
	put(func(g *workspace.Usergroup) { g.Name, g.Channels = "Freedom", append(g.Channels, "C0OPEN") })
	for _, c := range []struct {
		name   string
		fields formFields
		errors []string
		want   string
	}{
		{"nothing", nil, nil, ""},
		{"another field", formFields{view.BlockGroupText: "New"}, nil, `{"asked":{"by":"U0ALICE"},"description":"New","group":"S0FREE"}`},
		{"another list", formFields{view.BlockGroupAdditional: []workspace.ChannelID{}}, nil, `{"additional_channels":[],"asked":{"by":"U0ALICE"},"group":"S0FREE"}`},
		{"the same field", formFields{view.BlockGroupName: "Fred", view.BlockGroupText: "New"}, []string{view.BlockGroupName}, ""},
		{"the same field, to the same", formFields{view.BlockGroupName: "Freedom"}, nil, ""},
		{"the same list", formFields{view.BlockGroupChannels: []workspace.ChannelID{"C0GENERAL"}}, []string{view.BlockGroupChannels}, ""},
		{"no name", formFields{view.BlockGroupName: "  "}, []string{view.BlockGroupName}, ""},
	} {
		out := x.submit(t, "U0ALICE", form.PrivateMetadata, same(c.fields))
		if got := slices.Sorted(maps.Keys(out.Reply.Errors)); !slices.Equal(got, c.errors) {
			t.Errorf("%s: complaints at %v: %v", c.name, got, out.Reply.Errors)
		}
		got := ""
		for _, due := range out.Actions {
			got += compact(t, due.Action)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// A form opened now: the channel she is not shown stays.
	out = x.handle(t, "action:"+view.ActionGroupEdit, `{"user":{"id":"U0ALICE"},"trigger_id":"t","view":{"type":"home"},"actions":[{"value":"S0FREE"}]}`)
	out = x.submit(t, "U0ALICE", out.Reply.Open.View.PrivateMetadata, same(formFields{view.BlockGroupName: "Freedom", view.BlockGroupChannels: []workspace.ChannelID{"C0OPEN"}}))
	if got := compact(t, out.Actions[0].Action); !strings.Contains(got, `"channels":["C0OPEN","C0DEPT"]`) {
		t.Errorf("default channels: %s", got)
	}
	// She may not any more.
	out = x.submit(t, "U0ERIN", form.PrivateMetadata, same(formFields{view.BlockGroupText: "Mine"}))
	if len(out.Actions) > 0 || !strings.Contains(compact(t, out.Reply), "administrators") {
		t.Errorf("somebody else: %s", compact(t, out.Reply))
	}
}

// A user group that the policy itself makes, and that other rules take people from,
// is nothing to alarm anybody about before it is there; one that nobody makes is.
func TestGroupsThatComeByThemselves(t *testing.T) {
	x := withGroups(t)
	config, problems := policyfile.Parse("policy.yaml", []byte(groupsText+`
  - {handle: inner, members: [{users: [U0BOB]}], mode: enforce}
  - {handle: outer, members: [{usergroup: inner}], mode: enforce}
  - {handle: astray, members: [{usergroup: nowhere}], mode: enforce}
`))
	policy, more := rules.Compile(config)
	for _, p := range append(problems, more...) {
		t.Fatal(p)
	}
	x.policy, _, problems = policy.Bind(x.w, nil)
	if len(problems) != 1 || !strings.Contains(problems[0].What, "@nowhere") {
		t.Errorf("problems: %v", problems)
	}
	var told []string
	for _, due := range x.handle(t, "due:replan", `{"why":"start"}`).Actions {
		if tell, ok := due.Action.(action.Tell); ok && tell.Topic == action.Operator {
			told = append(told, tell.Detail)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "usergroup nowhere") {
		t.Errorf("administrators are told %q", told)
	}
}
