package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules"
)

// sources reads a list of places where people come from. shape is sourceDoc{},
// or personDoc{} where people with rights are named and a channel or a
// condition, which others can get themselves into, will not do.
func (r *reader) sources(into *[]rules.Source, shape any) field {
	like := "a list of sources: [{usergroup: finance-leads}, {user: alice@acme.test}]"
	return r.each(like, func(n *node, path string) {
		if s, ok := r.source(n, path, shape); ok {
			*into = append(*into, s)
		}
	})
}

// noRights are sources that people can get themselves into.
var noRights = map[string]string{
	"channel": "a channel: whoever gets in there would have them",
	"where":   "a condition: whoever makes it hold would have them",
}

func (r *reader) source(n *node, path string, shape any) (rules.Source, bool) {
	s := rules.Source{At: r.place(n.line, n.column, path)}
	kinds := keys(shape)
	if n.kind == text {
		r.say(n.line, n.column, path, fmt.Sprintf("%q does not say what it is", clip(n.text)),
			fmt.Sprintf("write {%s: %s}; kinds: %s", guess(n.text, kinds), clip(n.text), strings.Join(kinds, ", ")))
		return s, false
	}
	var user string
	var users []string
	read := map[string]field{
		"channel":   r.string(&s.Channel),
		"usergroup": r.string(&s.Usergroup),
		"idp_group": r.string(&s.IDPGroup),
		"user":      r.string(&user),
		"users":     r.strings(&users),
		"where":     r.string(&s.Where),
	}
	var given []string
	for _, e := range n.entries {
		if _, known := read[e.key]; known {
			given = append(given, e.key)
		}
	}
	for key := range read {
		if !slices.Contains(kinds, key) {
			delete(read, key)
		}
	}
	for _, e := range n.entries {
		if why, never := noRights[e.key]; never && !slices.Contains(kinds, e.key) {
			r.say(e.line, e.column, path+"."+e.key, "rights cannot come from "+why, "allowed: "+strings.Join(kinds, ", "))
			return s, false
		}
	}
	before := len(r.problems)
	if !r.fields(n, path, "a source: {usergroup: finance-leads}", shape, read) || len(r.problems) > before {
		return s, false
	}
	switch {
	case len(given) > 1:
		r.say(n.line, n.column, path, "one source names "+strings.Join(given, " and "), "make each a source of its own in the list")
		return s, false
	case len(given) == 0:
		r.say(n.line, n.column, path, "this source names nobody", "one of: "+strings.Join(kinds, ", "))
		return s, false
	case given[0] == "user":
		users = []string{user}
	}
	s.Users = users
	value := n.entry(given[0])
	switch {
	case value.kind == broken:
		return s, false
	case value.kind == text && strings.TrimSpace(value.text) == "", value.kind == list && len(users) == 0:
		r.say(value.line, value.column, path+"."+given[0], "this source names nobody", "name somebody, or leave the source out")
		return s, false
	}
	return s, true
}

func guess(s string, kinds []string) string {
	switch {
	case strings.Contains(s, "@") || strings.HasPrefix(s, "U"):
		return "user"
	case slices.Contains(kinds, "channel"):
		return "channel"
	}
	return "usergroup"
}

// protect reads who is never removed: a list of kinds, in which {people: […]}
// adds to them, or a mapping with both.
func (r *reader) protect(into *rules.ProtectConfig) field {
	kinds := allowed(protectMapDoc{}, "kinds")
	const like = "a list: [bots, owners, {people: [U123]}]"
	whole := map[string]field{
		"people": r.words(&into.People, nil),
		"kinds": func(n *node, path string) {
			into.Kinds = []rules.Word{}
			r.words(&into.Kinds, kinds)(n, path)
		},
	}
	return func(n *node, path string) {
		if n.kind == mapping {
			r.fields(n, path, like, protectMapDoc{}, whole)
			return
		}
		if !r.is(n, path, list, like) {
			return
		}
		if len(n.items) == 0 {
			into.Kinds = []rules.Word{}
		}
		for i, item := range n.items {
			at := fmt.Sprintf("%s[%d]", path, i)
			if item.kind != mapping {
				if w, ok := r.oneWord(item, at, kinds); ok {
					into.Kinds = append(into.Kinds, w)
				}
				continue
			}
			var more []rules.Word
			r.fields(item, at, like, peopleDoc{}, map[string]field{"people": r.words(&more, nil)})
			into.People = append(into.People, more...)
		}
	}
}
