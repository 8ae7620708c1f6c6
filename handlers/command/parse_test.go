package command_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/handlers/command"
)

func TestParse(t *testing.T) {
	channel := func(name string) command.Target { return command.Target{Written: name, Name: strings.Trim(name, "#")} }
	for _, c := range []struct {
		text string
		want command.Call
	}{
		{"", command.Call{Verb: command.Help}},
		{" \t\u00a0\u200b ", command.Call{Verb: command.Help}},
		{"help", command.Call{Verb: command.Help}},
		{"HELP Join", command.Call{Verb: command.Help, About: command.Join}},
		{"help jion", command.Call{Verb: command.Help, About: command.Join}},
		{"help nonsense", command.Call{Verb: command.Help}},
		{"hello there", command.Call{Verb: command.Help}},
		{"list", command.Call{Verb: command.List}},
		{"status", command.Call{Verb: command.Status}},
		{"join #finance-forecast", command.Call{Verb: command.Join, Channel: channel("#finance-forecast")}},
		{"add finance-forecast", command.Call{Verb: command.Join, Channel: channel("finance-forecast")}},
		{"Join\u00a0#finance-forecast", command.Call{Verb: command.Join, Channel: channel("#finance-forecast")}},
		{"join\u200b #finance\u2060-forecast", command.Call{Verb: command.Join, Channel: channel("#finance-forecast")}},
		{"join “finance-forecast”", command.Call{Verb: command.Join, Channel: channel("finance-forecast")}},
		{`leave "#sales-forecast"`, command.Call{Verb: command.Leave, Channel: channel("#sales-forecast")}},
		{"join #Finance-Forecast.", command.Call{Verb: command.Join, Channel: command.Target{Written: "#Finance-Forecast.", Name: "finance-forecast"}}},
		{"join <#C123ABC45|finance-forecast>", command.Call{Verb: command.Join,
			Channel: command.Target{Written: "<#C123ABC45|finance-forecast>", ID: "C123ABC45", Name: "finance-forecast"}}},
		{"join <#C123ABC45|>", command.Call{Verb: command.Join, Channel: command.Target{Written: "<#C123ABC45|>", ID: "C123ABC45"}}},
		{"join C123ABC45", command.Call{Verb: command.Join, Channel: command.Target{Written: "C123ABC45", ID: "C123ABC45"}}},
		{"join <https://acme.slack.com/archives/C123ABC45/p1700000000|link>", command.Call{Verb: command.Join,
			Channel: command.Target{Written: "<https://acme.slack.com/archives/C123ABC45/p1700000000|link>", ID: "C123ABC45"}}},
		{"why #r&amp;d", command.Call{Verb: command.Why, Channel: command.Target{Written: "#r&d", Name: "r&d"}}},
		{"why @bob #finance", command.Call{Verb: command.Why, Channel: channel("#finance"), Person: command.Target{Written: "@bob", Name: "bob"}}},
		{"why #finance @bob", command.Call{Verb: command.Why, Channel: channel("#finance"), Person: command.Target{Written: "@bob", Name: "bob"}}},
		{"why bob finance", command.Call{Verb: command.Why, Channel: channel("finance"), Person: command.Target{Written: "bob", Name: "bob"}}},
		{"why <@U123ABC45|bob> #finance", command.Call{Verb: command.Why, Channel: channel("#finance"),
			Person: command.Target{Written: "<@U123ABC45|bob>", ID: "U123ABC45", Name: "bob"}}},
		{"explain <mailto:Bob@acme.test|Bob@acme.test> #finance", command.Call{Verb: command.Why, Channel: channel("#finance"),
			Person: command.Target{Written: "<mailto:Bob@acme.test|Bob@acme.test>", Email: "bob@acme.test"}}},
		{"why bob@acme.test #finance", command.Call{Verb: command.Why, Channel: channel("#finance"),
			Person: command.Target{Written: "bob@acme.test", Email: "bob@acme.test"}}},
		{"why «Bob Doe» #finance", command.Call{Verb: command.Why, Channel: channel("#finance"),
			Person: command.Target{Written: "Bob Doe", Name: "bob doe"}}},
	} {
		got, err := command.Parse(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if !same(got, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.text, got, c.want)
		}
	}
}

func same(a, b command.Call) bool {
	return a.Verb == b.Verb && a.Channel == b.Channel && a.Person == b.Person && a.About == b.About &&
		strings.Join(a.Words, " ") == strings.Join(b.Words, " ")
}

func TestListKeepsWords(t *testing.T) {
	got, err := command.Parse(`ls finance "two words" &lt;x&gt;`)
	if want := "finance|two words|<x>"; err != nil || strings.Join(got.Words, "|") != want {
		t.Errorf("got %q, %v; want %q", got.Words, err, want)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, what, typed, instead, usage string }{
		{"jion #finance", "I don't know that command.", "jion", "join #finance", ""},
		{"frobnicate", "I don't know that command.", "frobnicate", "", ""},
		{"#finance", "Tell me what to do with that channel.", "#finance", "join #finance", ""},
		{"join", "Which channel? join needs its name.", "", "", "join #channel"},
		{"join #a #b", "One channel at a time, please.", "", "", "join #channel"},
		{"join @bob", "join is for yourself, so it takes a channel and nobody's name.", "@bob", "", "join #channel"},
		{"add <@U123ABC45|bob> #finance", "join is for yourself, so it takes a channel and nobody's name.", "@bob", "", "join #channel"},
		{"leave #finance bob@acme.test", "leave is for yourself, so it takes a channel and nobody's name.", "bob@acme.test", "", "leave #channel"},
		{"why", "Which channel? why needs its name.", "", "", "why [@person] #channel"},
		{"why @bob", "Which channel? why needs its name.", "", "", "why [@person] #channel"},
		{"why @a @b", "I can't tell what you mean by that.", "@b", "", "why [@person] #channel"},
		{"why a b c", "That is more than I can make sense of.", "", "", "why [@person] #channel"},
		{"status now", "status needs nothing after it.", "", "", "status"},
	} {
		_, err := command.Parse(c.text)
		var m *command.Mistake
		if !errors.As(err, &m) {
			t.Errorf("%q: got %v, want a Mistake", c.text, err)
			continue
		}
		if m.What != c.what || m.Instead != c.instead || (c.typed != "" && m.Typed != c.typed) || (c.usage != "" && m.Spec.Usage() != c.usage) {
			t.Errorf("%q:\n got %q, typed %q, instead %q, usage %q\nwant %q, %q, %q, %q",
				c.text, m.What, m.Typed, m.Instead, m.Spec.Usage(), c.what, c.typed, c.instead, c.usage)
		}
	}
}

func TestGrammarNamesEachWordOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range command.Grammar() {
		for _, w := range append([]string{string(s.Verb)}, s.Aliases...) {
			if seen[w] {
				t.Errorf("%q means two things", w)
			}
			seen[w] = true
			if got, ok := command.Of(strings.ToUpper(w)); !ok || got.Verb != s.Verb {
				t.Errorf("%q is %q", w, got.Verb)
			}
		}
		if s.Example != "" {
			if _, err := command.Parse(string(s.Verb) + " " + s.Example); err != nil {
				t.Errorf("the example of %s: %v", s.Verb, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "join #a", "why @b <#C1|x>", "“", "<", "<#|>", "join <mailto:|>", "'\"`", "list &lt;&amp;", "\xff join \x00", "why <@U1> \u202e#x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		call, err := command.Parse(text)
		var m *command.Mistake
		switch {
		case err != nil && !errors.As(err, &m):
			t.Fatalf("%q: %v is no Mistake", text, err)
		case err != nil && m.What == "":
			t.Fatalf("%q: a mistake without a sentence", text)
		case err == nil && call.Verb == "":
			t.Fatalf("%q: no verb and no mistake", text)
		}
		for _, s := range append(call.Words, call.Channel.Name, call.Person.Name, call.Person.Email) {
			if !utf8.ValidString(s) {
				t.Fatalf("%q: %q is not UTF-8", text, s)
			}
		}
	})
}
