package slacksim

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
)

// fileReader fills a File from YAML and remembers where everything stands, so
// that every problem, of shape or of sense, is told at once and with its place.
type fileReader struct {
	name     string
	places   map[string]*yamltoken.Position // by path: workspaces[0].users[1].name
	anchors  map[string]ast.Node
	problems []fileProblem
	merges   int
}

func parseFile(name string, raw []byte) (*File, error) {
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%s: this is not text in UTF-8", name)
	}
	source, err := parser.ParseBytes(bytes.TrimPrefix(raw, []byte("\ufeff")), 0)
	if err != nil {
		return nil, unreadable(name, err)
	}
	r := &fileReader{name: name, places: map[string]*yamltoken.Position{}, anchors: map[string]ast.Node{}}
	f := &File{Seed: 1}
	for i, doc := range source.Docs {
		switch {
		case i == 0:
			ast.Walk(r, doc)
			r.fill("", doc.Body, reflect.ValueOf(f).Elem())
		case doc.Body != nil:
			at := fmt.Sprintf("document %d", i+1)
			r.put(at, doc.Body)
			r.say(at, "one file is one document")
		}
	}
	for _, p := range f.check() {
		if !r.known(p.at) {
			r.problems = append(r.problems, p)
		}
	}
	return f, r.error()
}

// unreadable is a text that is no YAML at all.
func unreadable(name string, err error) error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) {
		return fmt.Errorf("%s: %w", name, err)
	}
	at := syntax.GetToken().Position
	return fmt.Errorf("%s:%d:%d: this is not YAML: %s", name, at.Line, at.Column, syntax.GetMessage())
}

// known says whether something around the path was complained of already: what
// follows from that is not a problem of its own.
func (r *fileReader) known(at string) bool {
	return slices.ContainsFunc(r.problems, func(p fileProblem) bool {
		rest, below := strings.CutPrefix(at, p.at)
		return below && (p.at == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// error lists the problems in the order of the file, nil when there are none.
func (r *fileReader) error() error {
	type placed struct {
		line, column int
		err          error
	}
	all := make([]placed, 0, len(r.problems))
	for _, p := range r.problems {
		at := r.place(p.at)
		all = append(all, placed{at.Line, at.Column, fmt.Errorf("%s:%d:%d: %w", r.name, at.Line, at.Column, p)})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return 1_000_000*(a.line-b.line) + a.column - b.column })
	var list []error
	for _, p := range all {
		list = append(list, p.err)
	}
	return errors.Join(list...)
}

// place is where the path stands, or what it is inside of.
func (r *fileReader) place(at string) *yamltoken.Position {
	for {
		if found := r.places[at]; found != nil {
			return found
		}
		if at == "" {
			return &yamltoken.Position{Line: 1, Column: 1}
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
}

func (r *fileReader) put(at string, n ast.Node) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		r.places[at] = t.Position
	}
}

func (r *fileReader) say(at, format string, args ...any) {
	r.problems = append(r.problems, fileProblem{at, fmt.Sprintf(format, args...)})
}

// Visit gathers the anchors.
func (r *fileReader) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok {
		r.anchors[a.Name.GetToken().Value] = a.Value
	}
	return r
}

// plain is the node behind anchors and aliases, nil for nothing.
func (r *fileReader) plain(n ast.Node) ast.Node {
	for range 100 { // an alias may stand for an alias, but not for ever
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.TagNode:
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.GetToken().Value]
		case *ast.NullNode:
			return nil
		default:
			return n
		}
	}
	return nil
}
