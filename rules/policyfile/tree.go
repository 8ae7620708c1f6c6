package policyfile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// kind is what a node of the file is.
type kind int

// The zero value was reported already and is passed over in silence.
const (
	broken kind = iota
	nothing
	text
	number
	boolean
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"something broken", "nothing", "a text", "a number", "true or false", "a list", "a mapping"}[k]
}

// node is one value of the file and where it stands. Aliases share nodes.
type node struct {
	kind         kind
	text         string // of text, number and boolean, as written
	line, column int
	items        []*node
	entries      []entry
	weight       int // nodes below it, those of aliases counted each time
	slips        []slip
	told         bool // its slips were reported
}

// slip is something wrong with a node that leaves the rest of the file
// readable. Whoever reads the node reports it, and knows the path to it.
type slip struct {
	line, column int
	key          string // of the node; empty: the node itself
	what, hint   string
}

func (n *node) slip(line, column int, key, what, hint string) {
	n.slips = append(n.slips, slip{line, column, key, what, hint})
}

// walk visits each node below and including n once.
func (n *node) walk(visit func(*node)) {
	seen := map[*node]bool{}
	var walk func(*node)
	walk = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		visit(n)
		for _, i := range n.items {
			walk(i)
		}
		for _, e := range n.entries {
			walk(e.value)
		}
	}
	walk(n)
}

// entry is one key with its value.
type entry struct {
	key          string
	line, column int
	merged       bool // came through <<
	value        *node
}

// entry finds a key of a mapping.
func (n *node) entry(key string) *node {
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// maxWeight is how many values a file may come to once its aliases are followed.
const maxWeight = 1_000_000

// treeBuilder turns the parser's tree into nodes.
type treeBuilder struct {
	partial bool // anchors may be missing
	anchors map[string]*node
}

func position(t *token.Token) (line, column int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	return t.Position.Line, t.Position.Column
}

func (b *treeBuilder) node(in ast.Node) *node {
	n := b.convert(in)
	n.weight = 1
	for _, i := range n.items {
		n.weight += i.weight
	}
	for _, e := range n.entries {
		n.weight += e.value.weight
	}
	if n.weight > maxWeight {
		whole := &node{line: n.line, column: n.column, weight: 1}
		whole.slip(n.line, n.column, "", "comes to more values than a policy can have", "aliases of aliases multiply; write it out")
		return whole
	}
	return n
}

func (b *treeBuilder) convert(in ast.Node) *node {
	if in == nil {
		return &node{kind: nothing, line: 1, column: 1}
	}
	n := &node{}
	n.line, n.column = position(in.GetToken())
	switch v := in.(type) {
	case *ast.MappingNode:
		b.mapping(n, v.Values)
	case *ast.MappingValueNode:
		b.mapping(n, []*ast.MappingValueNode{v})
	case *ast.SequenceNode:
		n.kind = list
		for _, item := range v.Values {
			n.items = append(n.items, b.node(item))
		}
	case *ast.StringNode:
		n.kind, n.text = text, v.Value
	case *ast.LiteralNode:
		n.kind, n.text = text, v.Value.Value
	case *ast.BoolNode:
		n.kind, n.text = boolean, fmt.Sprint(v.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.kind, n.text = number, in.GetToken().Value
	case *ast.NullNode:
		n.kind = nothing
	case *ast.AnchorNode:
		value := b.node(v.Value)
		b.anchors[v.Name.GetToken().Value] = value
		return value
	case *ast.AliasNode:
		name := v.Value.GetToken().Value
		if known, ok := b.anchors[name]; ok {
			return known
		}
		if b.partial {
			return n
		}
		n.slip(n.line, n.column, "", fmt.Sprintf("*%s stands for nothing", name), fmt.Sprintf("mark what is meant with &%s above it", name))
	case *ast.TagNode:
		n.slip(n.line, n.column, "", fmt.Sprintf("a tag (%s) has no meaning here", v.Start.Value), "leave it out; put a text in quotes")
	default:
		n.slip(n.line, n.column, "", fmt.Sprintf("%s cannot be used here", strings.ToLower(in.Type().String())), "")
	}
	return n
}

func (b *treeBuilder) mapping(n *node, values []*ast.MappingValueNode) {
	n.kind = mapping
	for i, v := range values {
		keyToken := v.Key.GetToken()
		line, column := position(keyToken)
		if i == 0 && n.line >= line { // the parser says where the first ':' is
			if n.line > line || n.column > column {
				n.line, n.column = line, column
			}
		}
		value := b.node(v.Value)
		if v.Key.IsMergeKey() {
			b.merge(n, value, line, column)
			continue
		}
		var key string
		switch k := v.Key.(type) {
		case *ast.StringNode:
			key = k.Value
		case ast.ScalarNode:
			key = keyToken.Value
		default:
			n.slip(line, column, "", "this is no key", "a key is a word")
			continue
		}
		n.put(entry{key: key, line: line, column: column, value: value})
	}
}

// put adds a key; said twice it is reported, unless it came through << before.
func (n *node) put(e entry) {
	for i, old := range n.entries {
		if old.key != e.key {
			continue
		}
		switch {
		case e.merged:
		case old.merged:
			n.entries[i] = e
		default:
			n.slip(e.line, e.column, e.key, fmt.Sprintf("%q is given twice", e.key), fmt.Sprintf("it is there already, in line %d; keep one", old.line))
		}
		return
	}
	n.entries = append(n.entries, e)
}

// merge brings in what << names: keys that are written out win.
func (b *treeBuilder) merge(n, from *node, line, column int) {
	sources := []*node{from}
	if from.kind == list {
		sources = from.items
	}
	for _, s := range sources {
		switch s.kind {
		case mapping:
			for _, e := range s.entries {
				e.merged = true
				n.put(e)
			}
		case broken:
			n.slips = append(n.slips, s.slips...)
		default:
			n.slip(line, column, "", fmt.Sprintf("<< brings in a mapping, not %s", s.kind), "")
		}
	}
}
