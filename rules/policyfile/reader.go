package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules"
)

// reader walks one file's tree and collects what is wrong with it.
type reader struct {
	file     string
	part     bool   // the file is one of a directory: another may say the version
	rule     string // the rule being read; empty: the file as a whole
	problems []rules.Problem
	failed   bool                   // something was wrong in the rule being read
	names    map[string]rules.Place // of the rules seen so far
	places   rules.Places
}

func (r *reader) place(line, column int, path string) rules.Place {
	return rules.Place{File: r.file, Line: line, Column: column, Path: path}
}

func (r *reader) say(line, column int, path, what, hint string) {
	r.failed = true
	r.problems = append(r.problems, rules.Problem{
		At: r.place(line, column, path), Rule: r.rule, What: what, Hint: hint, Fatal: r.rule == "",
	})
}

// is reports whether n is of the kind wanted, and says so when it is not.
func (r *reader) is(n *node, path string, want kind, like string) bool {
	r.slips(n, path)
	if n.kind == want {
		return true
	}
	switch n.kind {
	case broken:
		r.failed = true
	case nothing:
		r.say(n.line, n.column, path, "has no value", "write "+like+", or leave the key out; texts that begin with # go in quotes")
	default:
		what := n.kind.String()
		if n.kind == number || n.kind == boolean || n.kind == text {
			what = fmt.Sprintf("%s (%s)", what, clip(n.text))
		}
		r.say(n.line, n.column, path, fmt.Sprintf("wants %s, not %s", want, what), "write "+like)
	}
	return false
}

// slips reports what is wrong with a node as it stands in the file. An alias
// brings it into every rule that uses it.
func (r *reader) slips(n *node, path string) {
	for _, s := range n.slips {
		r.failed = true
		if n.told {
			continue
		}
		at := path
		if s.key != "" {
			at += "." + clip(s.key)
		}
		r.say(s.line, s.column, at, s.what, s.hint)
	}
	n.told = true
}

// clip shortens a text for a message and keeps it in one line.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:39]) + "…"
	}
	return s
}

// field reads the value of one key.
type field func(n *node, path string)

// fields hands each key of a mapping to its reader and reports keys that are none.
func (r *reader) fields(n *node, path, like string, shape any, read map[string]field) bool {
	if !r.is(n, path, mapping, like) {
		return false
	}
	for _, e := range n.entries {
		if f, ok := read[e.key]; ok {
			r.places.Note(r.place(e.value.line, e.value.column, path+"."+e.key))
			f(e.value, path+"."+e.key)
			continue
		}
		r.say(e.line, e.column, path+"."+clip(e.key), fmt.Sprintf("unknown key %q", clip(e.key)), hint(e.key, keys(shape)))
	}
	return true
}

// string reads a text.
func (r *reader) string(into *string) field {
	return func(n *node, path string) {
		like := "a text"
		if n.kind == number || n.kind == boolean {
			like = fmt.Sprintf("it in quotes: \"%s\"", n.text)
		}
		if r.is(n, path, text, like) {
			*into = n.text
		}
	}
}

// bool reads true or false.
func (r *reader) bool(into *bool) field {
	return func(n *node, path string) {
		if r.is(n, path, boolean, "true or false") {
			*into = n.text == "true"
		}
	}
}

// What some values look like.
const (
	aLength = "a length of time such as 24h or 30d"
	aShare  = "a share such as 20%"
)

// count reads a number.
func (r *reader) count(into *rules.Word) field { return r.value(into, number, "a whole number") }

// value reads a single value as it is written, for rules.Compile to understand.
// A text may look like a number or a truth value to YAML: 24, off.
func (r *reader) value(into *rules.Word, want kind, like string) field {
	return func(n *node, path string) {
		switch loose := want == text && (n.kind == number || n.kind == boolean); {
		case !loose && !r.is(n, path, want, like):
		case n.kind == text && strings.TrimSpace(n.text) == "":
			r.say(n.line, n.column, path, "is empty", "write "+like+", or leave the key out")
		default:
			*into = rules.Word{At: r.place(n.line, n.column, path), Text: n.text}
		}
	}
}

// choice reads one of the words that a key of shape allows.
func (r *reader) choice(into *rules.Word, shape any, key string) field {
	words := allowed(shape, key)
	return func(n *node, path string) {
		r.value(into, text, strings.Join(words, ", "))(n, path)
		r.checkChoice(*into, words)
	}
}

func (r *reader) checkChoice(w rules.Word, words []string) {
	if w.At.Line != 0 && !slices.Contains(words, w.Text) {
		r.say(w.At.Line, w.At.Column, w.At.Path, fmt.Sprintf("unknown value %q", clip(w.Text)), hint(w.Text, words))
	}
}

// each reads a list.
func (r *reader) each(like string, read field) field {
	return func(n *node, path string) {
		if !r.is(n, path, list, like) {
			return
		}
		for i, item := range n.items {
			at := fmt.Sprintf("%s[%d]", path, i)
			r.places.Note(r.place(item.line, item.column, at))
			read(item, at)
		}
	}
}

// strings reads a list of texts.
func (r *reader) strings(into *[]string) field {
	*into = nil
	return r.each("a list: [a, b]", func(n *node, path string) {
		var s string
		before := len(r.problems)
		if r.string(&s)(n, path); len(r.problems) == before && n.kind == text {
			*into = append(*into, s)
		}
	})
}

// words reads a list of texts with their places.
func (r *reader) words(into *[]rules.Word, choices []string) field {
	return r.each("a list: [a, b]", func(n *node, path string) {
		if w, ok := r.oneWord(n, path, choices); ok {
			*into = append(*into, w)
		}
	})
}

// oneWord reads a text with its place; choices nil: any.
func (r *reader) oneWord(n *node, path string, choices []string) (rules.Word, bool) {
	var s string
	if r.string(&s)(n, path); n.kind != text {
		return rules.Word{}, false
	}
	w := rules.Word{At: r.place(n.line, n.column, path), Text: s}
	if choices != nil {
		r.checkChoice(w, choices)
	}
	return w, true
}

// patterns reads a list of patterns.
func (r *reader) patterns(into *[]rules.Pattern) field {
	return r.each("a list of patterns: [finance-.*]", func(n *node, path string) {
		var s string
		if r.string(&s)(n, path); n.kind == text {
			*into = append(*into, rules.Pattern{At: r.place(n.line, n.column, path), Text: s})
		}
	})
}
