package policyfile_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// TestRoundTrip writes random policies and reads them back.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyConfig(t)
		src := policyfile.Write(want)
		got, problems := policyfile.Parse("p.yaml", src)
		if len(problems) > 0 {
			t.Fatalf("%s\n%s", lines(problems), src)
		}
		unplace(reflect.ValueOf(&got).Elem())
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v\n%s", got, want, src)
		}
		if again := policyfile.Write(got); string(again) != string(src) {
			t.Fatalf("written again it is\n%s\nand was\n%s", again, src)
		}
	})
}

// unplace takes every place out of a config.
func unplace(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[rules.Place]() {
			v.SetZero()
			return
		}
		for _, field := range v.Fields() {
			unplace(field)
		}
	case reflect.Slice:
		for i := range v.Len() {
			unplace(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			unplace(v.Elem())
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[rules.Places]() {
			v.SetZero()
			return
		}
		for _, k := range v.MapKeys() {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.MapIndex(k))
			unplace(e)
			v.SetMapIndex(k, e)
		}
	}
}

// texts are what people type, with everything YAML might take for something else.
var texts = rapid.OneOf(
	rapid.StringMatching(`[a-z][a-z0-9-]{0,12}`),
	rapid.SampledFrom([]string{"null", "~", "true", "Off", "12", "1.5e3", "0x1F", "-", "- a", "#help", "a: b", "a #b", "'", `"`, "it's", "[a-z]+", "inc-[0-9]{2,4}-.*", "{{.Creator}}", "*a", "&a", "!b", "%", "@x", "`", "a,b", "a\nb\n", " lead", "trail ", "\t", "é…\u2028\ufeff", "<<", "=", ".inf", "2026-11-22", "?", "? a", ":", "a:", "---", "...", "\\d", "a\\b'c", "😀", "\x00", "\u0085"}),
	rapid.StringN(1, 20, 60).Filter(func(s string) bool { return s != "" }),
)

var visible = texts.Filter(func(s string) bool { return strings.TrimSpace(s) != "" })

func maybe[V any](t *rapid.T, g *rapid.Generator[V], name string) V {
	var zero V
	if rapid.Bool().Draw(t, "has "+name) {
		return g.Draw(t, name)
	}
	return zero
}

func some[V any](t *rapid.T, name string, draw func() V) []V {
	var out []V
	for range rapid.IntRange(0, 3).Draw(t, "number of "+name) {
		out = append(out, draw())
	}
	return out
}

func word(t *rapid.T, name string, values ...string) rules.Word {
	g := visible
	if values != nil {
		g = rapid.SampledFrom(values)
	}
	return rules.Word{Text: maybe(t, g, name)}
}

func anySources(t *rapid.T, name string, person bool) []rules.Source {
	return some(t, name, func() rules.Source {
		s := visible.Draw(t, "source")
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return rules.Source{Usergroup: s}
		case 1:
			return rules.Source{IDPGroup: s}
		case 2:
			return rules.Source{Users: []string{s}}
		case 3:
			return rules.Source{Users: rapid.SliceOfN(visible, 1, 3).Draw(t, "users")}
		}
		switch {
		case person:
			return rules.Source{Usergroup: s}
		case rapid.Bool().Draw(t, "channel"):
			return rules.Source{Channel: s}
		}
		return rules.Source{Where: s}
	})
}

func anyPatterns(t *rapid.T, name string) []rules.Pattern {
	return some(t, name, func() rules.Pattern { return rules.Pattern{Text: texts.Draw(t, name)} })
}

func anyWords(t *rapid.T, name string, values ...string) []rules.Word {
	return some(t, name, func() rules.Word {
		if values != nil {
			return rules.Word{Text: rapid.SampledFrom(values).Draw(t, name)}
		}
		return rules.Word{Text: texts.Draw(t, name)}
	})
}

func anyStep(t *rapid.T) rules.StepConfig {
	arg := func() rules.Word { return rules.Word{Text: visible.Draw(t, "arg")} }
	switch verb := rapid.SampledFrom([]string{"join", "topic", "purpose", "post", "pin", "tell_creator", "invite", "bookmark", "announce", "archive"}).Draw(t, "verb"); verb {
	case "join":
		return rules.StepConfig{Verb: verb}
	case "invite":
		sources := anySources(t, "invited", false)
		if sources == nil {
			sources = []rules.Source{{Usergroup: "x"}}
		}
		return rules.StepConfig{Verb: verb, Sources: sources}
	case "bookmark":
		return rules.StepConfig{Verb: verb, Args: map[string]rules.Word{"title": arg(), "link": arg()}}
	case "announce":
		return rules.StepConfig{Verb: verb, Args: map[string]rules.Word{"to": arg(), "text": arg()}}
	case "archive":
		return rules.StepConfig{Verb: verb, Args: map[string]rules.Word{"after": {Text: "14d"}, "unless_active": {Text: "true"}}}
	default:
		return rules.StepConfig{Verb: verb, Args: map[string]rules.Word{"": arg()}}
	}
}

// names gives each rule a name of its own.
func names(t *rapid.T) func() string {
	seen := map[string]bool{}
	return func() string {
		s := texts.Draw(t, "name")
		for seen[s] {
			s += "x"
		}
		seen[s] = true
		return s
	}
}

func anyConfig(t *rapid.T) rules.Config {
	cluster, handle, reaction := names(t), names(t), names(t)
	c := rules.Config{
		Workspace: workspace.TeamID(maybe(t, texts, "workspace")),
		Contact:   maybe(t, texts, "contact"),
		Admins:    anySources(t, "admins", true),
		Brakes:    rules.BrakesConfig{Removals: word(t, "removals", "0", "25"), Share: word(t, "share"), SourceShrink: word(t, "shrink"), Reactions: word(t, "reactions", "100"), Flapping: word(t, "flapping", "3"), FourEyes: rapid.Bool().Draw(t, "four_eyes")},
		Protect:   rules.ProtectConfig{People: anyWords(t, "protected")},
	}
	if rapid.Bool().Draw(t, "kinds") {
		c.Protect.Kinds = append([]rules.Word{}, anyWords(t, "kinds", "bots", "owners", "admins", "guests", "external")...)
	}
	c.Clusters = some(t, "clusters", func() rules.ClusterConfig {
		return rules.ClusterConfig{
			Name: cluster(), Description: maybe(t, texts, "description"),
			Members: anySources(t, "members", false), Except: anySources(t, "except", false),
			Channels: anyPatterns(t, "channels"), ButNot: anyPatterns(t, "but_not"),
			Join: word(t, "join", "self", "request", "everyone", "closed"), Others: word(t, "others", "allow", "report", "warn", "remove"),
			Grace: word(t, "grace"), Owners: anySources(t, "owners", true), GrantFor: word(t, "default"), GrantMax: word(t, "max"),
			Native: rapid.Bool().Draw(t, "native"), Mode: word(t, "mode", "off", "report", "enforce"),
		}
	})
	c.Usergroups = some(t, "usergroups", func() rules.UsergroupConfig {
		return rules.UsergroupConfig{
			Handle: handle(), Name: maybe(t, texts, "name"), Description: maybe(t, texts, "description"),
			Channels: anyWords(t, "channels"), AdditionalChannels: anyWords(t, "additional"), Section: rapid.Bool().Draw(t, "section"),
			Members: anySources(t, "members", false), Except: anySources(t, "except", false),
			ByHand: word(t, "by_hand", "keep", "revert"), WhenEmpty: word(t, "when_empty", "disable", "keep", "placeholder"),
			Placeholder: maybe(t, texts, "placeholder"), Coupled: rapid.Bool().Draw(t, "coupled"),
			Join: word(t, "join", "self", "request", "closed"), Owners: anySources(t, "owners", true), Mode: word(t, "mode", "off", "report", "enforce"),
		}
	})
	c.Reactions = some(t, "reactions", func() rules.ReactionConfig {
		return rules.ReactionConfig{
			Name: reaction(), On: anyWords(t, "on", "created", "renamed", "archived", "unarchived", "converted"),
			Channels: anyPatterns(t, "channels"), ButNot: anyPatterns(t, "but_not"),
			Do: some(t, "do", func() rules.StepConfig { return anyStep(t) }), Mode: word(t, "mode", "off", "report", "enforce"),
		}
	})
	if rapid.Bool().Draw(t, "invites") {
		c.Invites = &rules.InvitesConfig{
			Join: word(t, "join", "request", "admins"), Approvers: anySources(t, "approvers", true),
			Domains: anyWords(t, "domains"), GuestExpiry: word(t, "expiry"), Via: word(t, "via", "admin", "scim", "legacy"),
		}
	}
	return c
}
