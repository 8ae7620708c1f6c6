package policyfile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"usher/rules"
)

// Write is the policy as YAML that Parse reads back to an equal Config, places
// aside. Equal configs give equal bytes.
func Write(c rules.Config) []byte {
	w := &writer{}
	w.line(0, "version", fmt.Sprint(Version))
	w.text(0, "workspace", string(c.Workspace))
	w.sources(0, "admins", c.Admins)
	w.text(0, "contact", c.Contact)
	w.flow(0, "brakes", pair("removals", c.Brakes.Removals), pair("share", c.Brakes.Share), pair("source_shrink", c.Brakes.SourceShrink), pair("reactions", c.Brakes.Reactions),
		pair("flapping", c.Brakes.Flapping), when("four_eyes", c.Brakes.FourEyes))
	w.protect(c.Protect)
	if len(c.Clusters) > 0 {
		w.raw("\nclusters:\n")
	}
	for _, c := range c.Clusters {
		w.cluster(c)
	}
	if len(c.Usergroups) > 0 {
		w.raw("\nusergroups:\n")
	}
	for _, g := range c.Usergroups {
		w.usergroup(g)
	}
	if len(c.Reactions) > 0 {
		w.raw("\nreactions:\n")
	}
	for _, r := range c.Reactions {
		w.reaction(r)
	}
	if i := c.Invites; i != nil {
		w.raw("\n")
		before := w.out.Len()
		w.raw("invites:\n")
		head := w.out.Len()
		w.word(2, "join", i.Join)
		w.sources(2, "approvers", i.Approvers)
		w.words(2, "domains", i.Domains)
		w.word(2, "guest_expiry", i.GuestExpiry)
		w.word(2, "via", i.Via)
		if w.out.Len() == head {
			rest := w.out.String()[:before]
			w.out.Reset()
			w.raw(rest + "invites: {}\n")
		}
	}
	return []byte(w.out.String())
}

// writer puts keys under one another. A rule's first key carries the dash.
type writer struct {
	out  strings.Builder
	dash bool
}

func (w *writer) raw(s string) { w.out.WriteString(s) }

func (w *writer) indent(n int) {
	if w.dash {
		w.raw(strings.Repeat(" ", n-2) + "- ")
		w.dash = false
		return
	}
	w.raw(strings.Repeat(" ", n))
}

func (w *writer) line(indent int, key, value string) {
	w.indent(indent)
	w.raw(key + ": " + value + "\n")
}

func (w *writer) text(indent int, key, value string) {
	if value != "" {
		w.line(indent, key, quote(value))
	}
}

func (w *writer) word(indent int, key string, word rules.Word) {
	if word.Text != "" {
		w.line(indent, key, quoteWord(word.Text))
	}
}

func (w *writer) flag(indent int, key string, value bool) {
	if value {
		w.line(indent, key, "true")
	}
}

func (w *writer) list(indent int, key string, values []string) {
	if len(values) > 0 {
		w.line(indent, key, inline(values))
	}
}

func (w *writer) words(indent int, key string, words []rules.Word) {
	w.list(indent, key, plain(words))
}

func plain(words []rules.Word) []string {
	values := make([]string, len(words))
	for i, word := range words {
		values[i] = word.Text
	}
	return values
}

func (w *writer) patterns(indent int, key string, patterns []rules.Pattern) {
	values := make([]string, len(patterns))
	for i, p := range patterns {
		values[i] = p.Text
	}
	w.list(indent, key, values)
}

type keyValue struct{ key, value string }

func pair(key string, word rules.Word) keyValue {
	if word.Text == "" {
		return keyValue{}
	}
	return keyValue{key, quoteWord(word.Text)}
}

// when is a key that stands only where it is true.
func when(key string, value bool) keyValue {
	if !value {
		return keyValue{}
	}
	return keyValue{key, "true"}
}

func (w *writer) flow(indent int, key string, pairs ...keyValue) {
	var parts []string
	for _, p := range pairs {
		if p.key != "" {
			parts = append(parts, p.key+": "+p.value)
		}
	}
	if len(parts) > 0 {
		w.line(indent, key, "{"+strings.Join(parts, ", ")+"}")
	}
}

// sources are written one a line, except where one short list says it all.
func (w *writer) sources(indent int, key string, sources []rules.Source) {
	if len(sources) == 0 {
		return
	}
	if len(sources) == 1 {
		w.line(indent, key, "[{"+source(sources[0])+"}]")
		return
	}
	w.indent(indent)
	w.raw(key + ":\n")
	for _, s := range sources {
		w.raw(strings.Repeat(" ", indent+2) + "- " + source(s) + "\n")
	}
}

func source(s rules.Source) string {
	switch {
	case s.Channel != "":
		return "channel: " + quote(s.Channel)
	case s.Usergroup != "":
		return "usergroup: " + quote(s.Usergroup)
	case s.IDPGroup != "":
		return "idp_group: " + quote(s.IDPGroup)
	case s.Where != "":
		return "where: " + quote(s.Where)
	case len(s.Users) == 1:
		return "user: " + quote(s.Users[0])
	}
	return "users: " + inline(s.Users)
}

func (w *writer) protect(p rules.ProtectConfig) {
	kinds, people := plain(p.Kinds), plain(p.People)
	switch {
	case p.Kinds == nil && len(p.People) == 0:
	case len(p.People) == 0:
		w.line(0, "protect", inline(kinds))
	case p.Kinds == nil:
		w.line(0, "protect", "{people: "+inline(people)+"}")
	default:
		w.line(0, "protect", "{kinds: "+inline(kinds)+", people: "+inline(people)+"}")
	}
}

func inline(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// bare texts mean the same in every YAML without quotes.
var (
	bareText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./@+*()|^$-]*( [A-Za-z0-9_./@+*()|^$-]+)*$`)
	bareWord = regexp.MustCompile(`^[0-9]{1,9}(%|[a-z]{1,2})?$`)
)

// quote writes a text.
func quote(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return `"` + s + `"`
	}
	if bareText.MatchString(s) {
		return s
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' && !(r >= 0xa1 && r <= 0x2027) || r == '\'' }) {
		return "'" + s + "'"
	}
	b, err := json.Marshal(s)
	if err != nil {
		return "''" // a string always marshals
	}
	return string(b)
}

// quoteWord writes what may be read as any single value.
func quoteWord(s string) string {
	if bareWord.MatchString(s) || s == "true" || s == "false" || s == "off" {
		return s
	}
	return quote(s)
}
