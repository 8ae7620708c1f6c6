package policyfile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// syntaxError is where a text stops being YAML, or goes beyond a limit.
type syntaxError struct {
	line, column int
	what         string
	limit        bool
}

func (e *syntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.line, e.column, e.what) }

// parseYAML reads one document. That there is another goes to say; a syntaxError
// means that nothing could be read. In part of a file an alias may
// stand for something outside it, and is passed over.
func parseYAML(src string, partial bool, say func(line, column int, what, hint string)) (root *node, failed *syntaxError) {
	defer func() {
		// The parser is not ours, and what it is given is not either.
		if r := recover(); r != nil {
			root, failed = nil, &syntaxError{line: 1, column: 1, what: "this is not YAML that can be read"}
		}
	}()
	tokens := lexer.Tokenize(src)
	if t, what := tooMuch(tokens); t != nil {
		line, column := position(t)
		return nil, &syntaxError{line: line, column: column, what: what, limit: true}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		// An error's own text draws the place, which takes long in long lines.
		if e, ok := errors.AsType[yaml.Error](err); ok {
			line, column := position(e.GetToken())
			return nil, &syntaxError{line: line, column: column, what: e.GetMessage()}
		}
		return nil, &syntaxError{line: 1, column: 1, what: err.Error()}
	}
	b := &treeBuilder{partial: partial, anchors: map[string]*node{}}
	root = &node{kind: nothing, line: 1, column: 1}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.GetToken() == nil || doc.Body.GetToken().Type == token.DirectiveType {
			continue
		}
		if root.kind != nothing {
			line, column := position(doc.Start)
			say(line, column, "a second document begins here and is not read", "one file holds one policy; take the --- out")
			break
		}
		root = b.node(doc.Body)
	}
	return root, nil
}

// document is one file's tree, as far as it can be read. Whatever is not YAML is
// said, and the parts around it are read all the same.
func document(src string, say func(line, column int, what, hint string)) *node {
	if len(src) > maxBytes {
		say(1, 1, fmt.Sprintf("is larger than %d bytes", maxBytes), splitIt)
		return &node{line: 1, column: 1}
	}
	src = strings.TrimPrefix(src, "\ufeff")
	if at := strings.IndexFunc(strings.ToValidUTF8(src, "\x00"), func(c rune) bool { return c == 0 }); at >= 0 {
		line := strings.Count(src[:at], "\n")
		column := utf8.RuneCountInString(src[strings.LastIndexByte(src[:at], '\n')+1:at]) + 1
		say(line+1, column, "this is not text that can be read", "save the file as UTF-8")
		return &node{line: 1, column: 1}
	}
	r := &recovery{say: say}
	var kept []func()
	keep := func(line, column int, what, hint string) {
		kept = append(kept, func() { say(line, column, what, hint) })
	}
	root, failed := parseYAML(src, false, keep)
	if failed != nil {
		kept = nil
		r.src, r.shift = quoteBare(src)
		r.say = r.shift.back(say)
		if root, failed = parseYAML(r.src, false, r.shift.back(keep)); failed == nil {
			r.shift.apply(root)
		}
	}
	if failed != nil {
		return r.sections(failed)
	}
	for _, f := range kept {
		f()
	}
	return root
}
