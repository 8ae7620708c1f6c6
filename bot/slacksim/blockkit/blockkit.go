// Package blockkit decides whether Slack would take a piece of Block Kit:
// the blocks of a message, a modal, a Home tab, the options an external select
// is answered with. It also finds the interactive elements in blocks, and gives
// ids to those that came without.
//
// It owns Block Kit's shapes and rules; its figures come from package spec. It
// must never repair what is wrong, draw anything, or know who sent it.
//
// Decision: shapes are tables of fields over decoded JSON rather than Go
// structs, because what matters most are the things a struct passes over: a
// field that does not exist, a null, a number where a string belongs. Where
// Slack's own documentation is unsure the stricter reading is taken, so that
// what passes here passes there.
package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/bot/slacksim/spec"
)

// Figures that are not in Slack's limits file.
const (
	MaxMessageBlocks = 50
	MaxViewBytes     = 250_000 // a larger view is view_too_large
	maxMarkdown      = 12_000  // all markdown blocks of a message together
)

// Problem is one reason for a refusal.
type Problem struct {
	Pointer string // JSON pointer into the arguments: /blocks/0/text/text
	Message string // must be less than 3001 characters
}

// String is the form in which Slack lists problems in an answer's errors and,
// behind "[ERROR] ", in response_metadata.messages.
func (p Problem) String() string { return p.Message + " [json-pointer:" + p.Pointer + "]" }

// Message says what is wrong with the blocks of a message, nothing for nil.
// Pointers begin with /blocks.
func Message(blocks json.RawMessage) []Problem {
	c := &checker{known: knownBlocks, surface: onMessage}
	v, ok := c.decode("/blocks", blocks)
	if ok && v != nil {
		c.blocks("/blocks", v, spec.Limit{MaxItems: MaxMessageBlocks})
	}
	return c.problems
}

// View says what is wrong with a modal or a Home tab. Pointers begin with
// /view.
func View(view json.RawMessage) []Problem {
	c := &checker{known: knownBlocks}
	if len(view) > MaxViewBytes {
		c.complainf("/view", "must be less than %d bytes", MaxViewBytes+1)
		return c.problems
	}
	v, ok := c.decode("/view", view)
	if !ok {
		return c.problems
	}
	object, ok := v.(map[string]any)
	if !ok {
		c.complainf("/view", "must provide an object")
		return c.problems
	}
	switch object["type"] {
	case "modal":
		c.surface = onModal
		c.object("/view", v, modal)
	case "home":
		c.surface = onHome
		c.object("/view", v, home)
	case nil:
		c.complainf("/view", "missing required field: type")
	default:
		c.complainf("/view/type", "unsupported type: %v", object["type"])
	}
	return c.problems
}

// Options says what is wrong with the answer to a block_suggestion: options or
// option_groups. Pointers begin at its root.
func Options(reply json.RawMessage) []Problem {
	c := &checker{}
	if v, ok := c.decode("", reply); ok {
		c.object("", v, shape{fields: fields{
			"options":       list("select.options", option(plainText)),
			"option_groups": list("select.option_groups", optionGroup),
		}, also: eitherOptions})
	}
	return c.problems
}

type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
	onViews      = onModal | onHome
	onEverything = onMessage | onViews
)

// checker gathers problems on one walk.
type checker struct {
	known     map[string]block // here, since some blocks hold blocks
	surface   surface
	problems  []Problem
	blockIDs  map[string]bool
	actionIDs map[string]bool // of the block at hand
	focused   int             // elements with focus_on_load
	inputs    int             // input blocks
	markdown  int             // characters in markdown blocks
}

func (c *checker) complainf(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{Pointer: at, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) decode(at string, raw json.RawMessage) (any, bool) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, true
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		c.complainf(at, "must provide valid JSON")
		return nil, false
	}
	return v, true
}

// check holds one value to a rule.
type check func(c *checker, at string, v any)

type fields map[string]check

// shape is an object with known fields.
type shape struct {
	fields   fields
	required []string
	open     bool // fields beyond the known ones are let through
	also     func(c *checker, at string, object map[string]any)
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

// object holds a value to a shape; "type" is its caller's business.
func (c *checker) object(at string, v any, s shape) {
	object, ok := v.(map[string]any)
	if !ok {
		c.complainf(at, "must provide an object")
		return
	}
	for _, name := range s.required {
		if _, ok := object[name]; !ok {
			c.complainf(at, "missing required field: %s", name)
		}
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if check := s.fields[name]; check != nil {
			check(c, at+"/"+escape.Replace(name), object[name])
		} else if !s.open && name != "type" {
			c.complainf(at, "invalid additional property: %s", name)
		}
	}
	if s.also != nil {
		s.also(c, at, object)
	}
}

// length holds a string to a limit.
func (c *checker) length(at, text string, l spec.Limit) {
	n := utf8.RuneCountInString(text)
	if n < l.MinLength {
		c.complainf(at, "must be more than %d characters", l.MinLength-1)
	}
	if l.MaxLength > 0 && n > l.MaxLength {
		c.complainf(at, "must be less than %d characters", l.MaxLength+1)
	}
}

// items holds an array to a limit and returns what is in it.
func (c *checker) items(at string, v any, l spec.Limit) []any {
	array, ok := v.([]any)
	if !ok {
		c.complainf(at, "must provide an array")
		return nil
	}
	if len(array) < l.MinItems {
		c.complainf(at, "must have at least %d items", l.MinItems)
	}
	if l.MaxItems > 0 && len(array) > l.MaxItems {
		c.complainf(at, "no more than %d items allowed", l.MaxItems)
	}
	return array
}
