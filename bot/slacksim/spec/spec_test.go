package spec_test

import (
	"encoding/json"
	"slices"
	"testing"

	"usher/bot/slacksim/spec"
)

func TestMethods(t *testing.T) {
	all := spec.Methods()
	if len(all) < 60 {
		t.Fatalf("%d methods, want the whole file", len(all))
	}
	tiers := []string{"t1", "t2", "t3", "t4", "t5"}
	for name, m := range all {
		if m.Name != name || (m.HTTP != "GET" && m.HTTP != "POST") || !slices.Contains(tiers, m.Tier) {
			t.Errorf("%s: name %q, http %q, tier %q", name, m.Name, m.HTTP, m.Tier)
		}
		for _, r := range m.Required {
			if _, ok := m.Args[r]; !ok {
				t.Errorf("%s: required %s is not among its arguments", name, r)
			}
		}
		if _, ok := m.Success.(map[string]any)["ok"]; !ok {
			t.Errorf("%s: the example answer has no ok", name)
		}
	}
	kick := all["conversations.kick"]
	if !slices.Equal(kick.Scopes.Bot, []string{"groups:write", "channels:manage"}) || !kick.JSONBody {
		t.Errorf("conversations.kick: %+v", kick)
	}
	if all["conversations.members"].JSONBody {
		t.Error("conversations.members takes no JSON body")
	}
	search := all["admin.conversations.search"]
	if limit := search.Args["limit"]; limit.Maximum == nil || *limit.Maximum != 20 || limit.Default != 10.0 {
		t.Errorf("admin.conversations.search limit: %+v", limit)
	}
	if search.Scopes.Bot != nil || len(search.Scopes.User) != 1 {
		t.Errorf("admin.conversations.search scopes: %+v", search.Scopes)
	}
}

func TestMapsBelongToTheCaller(t *testing.T) {
	delete(spec.Methods(), "auth.test")
	delete(spec.Events(), "team_join")
	delete(spec.Limits(), "header.text")
	if spec.Methods()["auth.test"].Name == "" || spec.Events()["team_join"].Type == "" || spec.Limits()["header.text"].MaxLength == 0 {
		t.Fatal("deleting from a returned map changed the next one")
	}
}

func TestEvents(t *testing.T) {
	all := spec.Events()
	if got := all["app_mention"].Scopes; !slices.Equal(got, []string{"app_mentions:read"}) {
		t.Errorf("app_mention scopes %v", got)
	}
	if all["app_home_opened"].Example != nil || all["member_left_channel"].Example == nil {
		t.Error("an undocumented payload has no example, a documented one has")
	}
}

func TestLimits(t *testing.T) {
	all := spec.Limits()
	for path, want := range map[string]spec.Limit{
		"text":                             {MinLength: 1, MaxLength: 3000},
		"section.fields":                   {MaxItems: 10, ItemMaxLength: 2000},
		"view.blocks":                      {MinItems: 1, MaxItems: 100},
		"button.value":                     {MaxLength: 2000},
		"data_visualization.segment.label": {MaxLength: 20},
		"file_input.max_files":             {Min: 1, Max: 10},
	} {
		if all[path] != want {
			t.Errorf("%s: %+v, want %+v", path, all[path], want)
		}
	}
}

func TestMissing(t *testing.T) {
	const example = `{"ok":"bool","n":"number","s":"string","gone":"null","any":{},"list":[],
		"users":[{"id":"string","prefs":{"a/b":"bool"}}]}`
	for _, c := range []struct {
		name, got string
		want      []string
	}{
		{"everything", `{"ok":true,"n":1,"s":"","gone":null,"any":{"x":1},"list":[1],"users":[{"id":"U1","prefs":{"a/b":false},"more":1}]}`, nil},
		{"null field holding a value", `{"ok":true,"n":1,"s":"","gone":"U1","any":{},"list":[],"users":[]}`, nil},
		{"absent", `{"ok":true}`, []string{"/any", "/gone", "/list", "/n", "/s", "/users"}},
		{"other types", `{"ok":"true","n":"1","s":null,"gone":0,"any":[],"list":{},"users":[{"id":1,"prefs":{}},"x"]}`,
			[]string{"/any", "/list", "/n", "/ok", "/s", "/users/0/id", "/users/0/prefs/a~1b", "/users/1"}},
		{"not an object", `[]`, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := spec.Missing(decode(t, example), decode(t, c.got)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := spec.Missing(nil, 3); len(got) != 0 {
		t.Errorf("nil example: %v", got)
	}
}

func decode(t *testing.T, s string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
