package policyfile

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// Limits that no policy comes near. The parser's stack and its time grow with
// what is in one another and in one mapping.
const (
	maxBytes     = 1 << 20 // of one file
	maxDepth     = 64      // of lists and mappings in one another
	maxKeys      = 1000    // of one mapping
	maxDocuments = 100     // of one file, of which one is read
)

// tooMuch finds where a file goes further than any policy does, and says how.
func tooMuch(tokens token.Tokens) (at *token.Token, what string) {
	var (
		open      []flow       // the brackets that are open
		keys      = columns{}  // of the mappings by indentation, by their column
		entries   int          // what begins another level in this line, or in this item of a bracket
		line      int          // the last one looked at
		documents int          // begun
		first     *token.Token // of the key that is being read
	)
	for _, t := range tokens {
		if t.Position.Line != line {
			// A block nests no deeper than its lines indent.
			line, entries = t.Position.Line, t.Position.Column/2
			first = t
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open = append(open, flow{mapping: t.Type == token.MappingStartType})
			entries = 0
		case token.SequenceEndType, token.MappingEndType:
			open = open[:max(0, len(open)-1)]
		case token.CollectEntryType:
			entries = 0
		case token.SequenceEntryType:
			entries++
			keys.leave(t.Position.Column)
			first = t.Next
		case token.MappingKeyType, token.AnchorType, token.TagType:
			entries++
		case token.DocumentHeaderType:
			documents++
			clear(keys)
		case token.MappingValueType:
			entries++
			n := 0
			if len(open) == 0 {
				n = keys.count(first)
			} else if top := &open[len(open)-1]; top.mapping {
				top.keys++
				n = top.keys
			}
			if n > maxKeys {
				return t, fmt.Sprintf("more than %d keys in one mapping", maxKeys)
			}
		}
		switch {
		case len(open) > maxDepth || entries > 4*maxDepth:
			return t, fmt.Sprintf("more than %d lists or mappings in one another", maxDepth)
		case documents > maxDocuments:
			return t, fmt.Sprintf("more than %d documents in one file", maxDocuments)
		}
	}
	return nil, ""
}

// flow is a bracket that is open.
type flow struct {
	mapping bool
	keys    int
}

// columns counts the keys of the block mappings that are open, by their column.
type columns map[int]int

// count takes in a key that begins with a token.
func (c columns) count(first *token.Token) int {
	if first == nil {
		return 0
	}
	column := first.Position.Column
	c.leave(column)
	c[column]++
	return c[column]
}

// leave forgets the mappings that are further in than a column.
func (c columns) leave(column int) {
	for deeper := range c {
		if deeper > column {
			delete(c, deeper)
		}
	}
}
