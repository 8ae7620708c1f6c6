package rules

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// Template is a text with fields of a channel's change in it. The zero value
// is the empty text.
type Template struct{ parts []templatePart }

type templatePart struct{ text, field string } // one of them; field: Channel, Match.number

// templateFields are the fields besides .Match and its groups.
var templateFields = []string{"Channel", "Creator", "Actor", "Cluster"}

// Fill puts values in the place of fields, named as in Channel or Match.number;
// what is not given is left out. The values are put in as they are: escaping
// is the caller's.
func (t Template) Fill(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.text)
		if p.field != "" {
			b.WriteString(values[p.field])
		}
	}
	return b.String()
}

// template reads a text; groups are the named groups that .Match has.
func (c *compiler) template(w Word, groups []string) Template {
	hint := "use {{.Channel}}, {{.Creator}}, {{.Actor}}, {{.Cluster}} or {{.Match.name}} with a named group of the patterns, (?P<name>…)"
	trees, err := parse.Parse("text", w.Text, "{{", "}}")
	if err != nil {
		_, what, _ := strings.Cut(err.Error(), "text:1: ")
		if what == "" {
			what = "a field is not written well"
		}
		c.bad(w.At, hint, "the template cannot be read: %s", what)
		return Template{}
	}
	var t Template
	if len(trees) > 1 {
		c.bad(w.At, hint, "a template inside the template is more than a field")
	}
	tree := trees["text"]
	if tree == nil || tree.Root == nil {
		return t
	}
	for _, node := range tree.Root.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			t.parts = append(t.parts, templatePart{text: string(n.Text)})
		case *parse.ActionNode:
			field, what := templateField(n, groups)
			if what != "" {
				c.bad(w.At, hint, "%s", what)
				continue
			}
			t.parts = append(t.parts, templatePart{field: field})
		default:
			c.bad(w.At, hint, "%s is more than a field", node)
		}
	}
	return t
}

func templateField(n *parse.ActionNode, groups []string) (field, what string) {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return "", fmt.Sprintf("%s is more than a field", n)
	}
	f, ok := n.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok {
		return "", fmt.Sprintf("%s is not a field", n)
	}
	switch {
	case len(f.Ident) == 1 && slices.Contains(templateFields, f.Ident[0]):
	case len(f.Ident) == 2 && f.Ident[0] == "Match":
		// Where the patterns have no groups at all the field stays empty, and Lint says so.
		if len(groups) > 0 && !slices.Contains(groups, f.Ident[1]) {
			return "", fmt.Sprintf("no pattern has a group called %s", f.Ident[1])
		}
	default:
		return "", fmt.Sprintf("there is no field %s", f)
	}
	return strings.Join(f.Ident, "."), ""
}
