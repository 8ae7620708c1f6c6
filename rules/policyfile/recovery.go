package policyfile

import (
	"regexp"
	"strings"
)

// recovery reads a file that is not YAML as a whole: each section for itself,
// and in a section that cannot be read each of its list's items, so that one
// slip hides nothing else.
type recovery struct {
	src   string
	shift shifts
	say   func(line, column int, what, hint string)
}

// maxParts bounds how often pieces of one file are parsed again.
const maxParts = 400

// splitIt says what to do about a file that is too large.
const splitIt = "split it: the *.yaml files of a directory are read as one policy"

const syntaxHint = "texts with : # [ ] { } or , in them, or * & ! % in front, go in quotes, and what belongs together is indented alike"

var topKey = regexp.MustCompile(`^["']?([A-Za-z_][A-Za-z0-9_-]*)["']?\s*:(\s|$)`)

// part is some lines of the file.
type part struct {
	line int // of the first, from 1
	text string
}

// split cuts p in front of each line that begins answers true for; what comes
// before the first of them is the head.
func (p part) split(begins func(string) bool) (head part, parts []part) {
	line, start, end := p.line, 0, 0
	current := part{line: p.line}
	for l := range strings.Lines(p.text) {
		if begins(l) {
			current.text = p.text[start:end]
			if len(parts) == 0 && head.line == 0 {
				head = current
			} else {
				parts = append(parts, current)
			}
			current, start = part{line: line}, end
		}
		end += len(l)
		line++
	}
	current.text = p.text[start:]
	if head.line == 0 {
		return current, nil
	}
	return head, append(parts, current)
}

// parse reads lines that stand by themselves and puts their places right.
func (r *recovery) parse(p part) (*node, *syntaxError) {
	offset := p.line - 1
	var kept []func()
	root, failed := parseYAML(p.text, true, func(line, column int, what, hint string) {
		kept = append(kept, func() { r.say(line+offset, column, what, hint) })
	})
	if failed != nil {
		failed.line += offset
		return nil, failed
	}
	for _, f := range kept {
		f()
	}
	moveLines(root, offset)
	r.shift.apply(root)
	return root, nil
}

func moveLines(root *node, by int) {
	root.walk(func(n *node) {
		n.line += by
		for i := range n.slips {
			n.slips[i].line += by
		}
		for i := range n.entries {
			if e := &n.entries[i]; !e.merged {
				e.line += by
			}
		}
	})
}

func (r *recovery) complain(e *syntaxError) {
	if e.limit {
		r.say(e.line, e.column, e.what, splitIt)
		return
	}
	if strings.Contains(e.what, "\t") {
		r.say(e.line, e.column, "this is not YAML: a tab stands where only spaces may", "indent with spaces")
		return
	}
	r.say(e.line, e.column, "this is not YAML: "+e.what, syntaxHint)
}

// sections reads the file key by key.
func (r *recovery) sections(whole *syntaxError) *node {
	_, parts := part{line: 1, text: r.src}.split(topKey.MatchString)
	if len(parts) < 2 || len(parts) > maxParts {
		if len(parts) != 1 {
			r.complain(whole)
			return &node{line: 1, column: 1}
		}
	}
	root := &node{kind: mapping, line: 1, column: 1}
	said := false
	for _, p := range parts {
		n, failed := r.parse(p)
		if failed != nil {
			said = true
			n = r.items(p, failed)
		}
		if n.kind != mapping {
			continue
		}
		for _, e := range n.entries {
			root.put(e)
		}
	}
	if !said {
		r.complain(whole)
	}
	return root
}

// items reads the list of one section item by item. An item that cannot be read
// stays in its place as a broken one.
func (r *recovery) items(p part, whole *syntaxError) *node {
	key := topKey.FindStringSubmatch(p.text)[1]
	value := &node{line: p.line, column: 1}
	section := &node{kind: mapping, line: p.line, column: 1, entries: []entry{{key: key, line: p.line, column: 1, value: value}}}
	indent := -1
	head, parts := p.split(func(l string) bool {
		trimmed := strings.TrimLeft(l, " ")
		if !strings.HasPrefix(trimmed, "- ") && strings.TrimSpace(trimmed) != "-" {
			return false
		}
		if indent < 0 {
			indent = len(l) - len(trimmed)
		}
		return len(l)-len(trimmed) == indent
	})
	if _, failed := r.parse(head); failed != nil || len(parts) == 0 || len(parts) > maxParts {
		r.complain(whole)
		return section
	}
	value.kind = list
	said := false
	for _, item := range parts {
		n, failed := r.parse(item)
		switch {
		case failed != nil:
			r.complain(failed)
			said = true
			value.items = append(value.items, &node{line: item.line, column: indent + 1})
		case n.kind == list:
			value.items = append(value.items, n.items...)
		default:
			value.items = append(value.items, n)
		}
	}
	if !said {
		r.complain(whole)
		value.kind, value.items = broken, nil
	}
	return section
}
