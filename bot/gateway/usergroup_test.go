package gateway_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"usher/bot/gateway"
	"usher/rules/workspace"
)

func to[T any](v T) *T { return &v }

func TestAUsergroupFromItsMakingToItsEnd(t *testing.T) {
	w := start(t, acme)
	ctx := w.ctx()
	made, err := w.CreateUsergroup(ctx, team, gateway.UsergroupChange{
		Name: to("On call"), Handle: to("oncall"), Description: to("Who answers"),
		Channels: to([]workspace.ChannelID{w.channel("random")}), AdditionalChannels: to([]workspace.ChannelID{w.channel("finance-department")}), Section: to(true),
	})
	if err != nil || made.ID == "" || made.Handle != "oncall" || !made.Section || len(made.Channels) != 1 || len(made.AdditionalChannels) != 1 || made.AdditionalUnknown || made.SectionUnknown {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := w.SetUsergroupUsers(ctx, team, made.ID, []workspace.UserID{w.user("bob"), w.user("carol")}); err != nil {
		t.Fatal(err)
	}
	// What the typed client cannot say: no section, no channels.
	if _, err := w.UpdateUsergroup(ctx, team, made.ID, gateway.UsergroupChange{Section: to(false), Channels: to([]workspace.ChannelID{})}); err != nil {
		t.Fatal(err)
	}
	g := w.state().Usergroups[string(made.ID)]
	if len(g.Users) != 2 || len(g.Channels) != 0 || g.EnableSection || g.Name != "On call" || g.Description != "Who answers" {
		t.Errorf("it is %+v", g)
	}
	if _, err := w.DisableUsergroup(ctx, team, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DisableUsergroup(ctx, team, made.ID); code(err) != "already_disabled" {
		t.Errorf("disabled twice: %v", err)
	}
	if g, err := w.EnableUsergroup(ctx, team, made.ID); err != nil || g.Disabled {
		t.Errorf("enabled: %+v, %v", g, err)
	}
}

func TestUsergroupErrorsComeWithASentence(t *testing.T) {
	w := start(t, acme)
	groups, err := w.Usergroups(w.ctx(), team)
	if err != nil {
		t.Fatal(err)
	}
	for want, do := range map[string]func() error{
		"handle_already_exists": func() error {
			_, err := w.CreateUsergroup(w.ctx(), team, gateway.UsergroupChange{Name: to("Other"), Handle: to("finance")})
			return err
		},
		"no_users_provided": func() error {
			_, err := w.SetUsergroupUsers(w.ctx(), team, groups[0].ID, nil)
			return err
		},
		"no_such_subteam": func() error {
			_, err := w.SetUsergroupUsers(w.ctx(), team, "SNONE", []workspace.UserID{w.user("bob")})
			return err
		},
	} {
		err := do()
		if code(err) != want || gateway.Sentence(err) == "" {
			t.Errorf("%v, want %s; the sentence is %q", err, want, gateway.Sentence(err))
		}
	}
}

// What an answer leaves out is not known, and not empty: a rule would write it
// again and again.
func TestWhatAnAnswerLeavesOutIsNotKnown(t *testing.T) {
	for text, want := range map[string]workspace.Usergroup{
		`{"id":"S1","prefs":{"channels":[],"groups":[]}}`:                                {ID: "S1", AdditionalUnknown: true, SectionUnknown: true},
		`{"id":"S1","is_section":true,"prefs":{"additional_channels":["C1"]}}`:           {ID: "S1", AdditionalChannels: []workspace.ChannelID{"C1"}, Section: true},
		`{"id":"S1","enable_section":false,"prefs":{"channels":["C1"],"groups":["C2"]}}`: {ID: "S1", Channels: []workspace.ChannelID{"C1", "C2"}, AdditionalUnknown: true},
	} {
		var g gateway.UsergroupJSON
		if err := json.Unmarshal([]byte(text), &g); err != nil {
			t.Fatal(err)
		}
		if got := g.Usergroup(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v", text, got)
		}
	}
}
