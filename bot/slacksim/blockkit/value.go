package blockkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim/spec"
)

var limits = spec.Limits()

// limit is a figure of the limits file. A name that is not there is a mistake
// in a table of this package, found by the first test that loads it.
func limit(path string) spec.Limit {
	l, ok := limits[path]
	if !ok {
		panic("no limit " + path) //nolint:forbidigo // see above: the program does not start
	}
	return l
}

// str is a string within a limit of the file.
func str(path string) check { return length(limit(path)) }

// length is a string within a limit.
func length(l spec.Limit) check {
	return func(c *checker, at string, v any) {
		if text, ok := v.(string); ok {
			c.length(at, text, l)
		} else {
			c.complainf(at, "must provide a string")
		}
	}
}

// anyString is a string of any length.
func anyString(c *checker, at string, v any) {
	if _, ok := v.(string); !ok {
		c.complainf(at, "must provide a string")
	}
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.complainf(at, "must provide a boolean")
	}
}

// integer is a whole number within bounds.
func integer(least, most int64) check {
	return func(c *checker, at string, v any) {
		number, _ := v.(json.Number)
		n, err := number.Int64()
		switch {
		case err != nil:
			c.complainf(at, "must provide an integer")
		case n < least:
			c.complainf(at, "must be greater than %d", least-1)
		case n > most:
			c.complainf(at, "must be less than %d", most+1)
		}
	}
}

func oneOf(values ...string) check {
	return func(c *checker, at string, v any) {
		if text, ok := v.(string); !ok || !slices.Contains(values, text) {
			c.complainf(at, "must be one of %s", strings.Join(values, ", "))
		}
	}
}

// list is an array within a limit, "" for any number, of values of one kind.
func list(path string, each check) check {
	var l spec.Limit
	if path != "" {
		l = limit(path)
	}
	return listWithin(l, each)
}

// someOf is a list that is not empty.
func someOf(path string, each check) check {
	var l spec.Limit
	if path != "" {
		l = limit(path)
	}
	l.MinItems = max(l.MinItems, 1)
	return listWithin(l, each)
}

func listWithin(l spec.Limit, each check) check {
	return func(c *checker, at string, v any) {
		for i, item := range c.items(at, v, l) {
			each(c, fmt.Sprintf("%s/%d", at, i), item)
		}
	}
}

// the is an object of a shape.
func the(s shape) check {
	return func(c *checker, at string, v any) { c.object(at, v, s) }
}

// kind is an object whose type names one of several shapes.
func kind(shapes map[string]shape) check {
	return func(c *checker, at string, v any) {
		object, ok := v.(map[string]any)
		if !ok {
			c.complainf(at, "must provide an object")
			return
		}
		name, ok := object["type"].(string)
		if !ok {
			c.complainf(at, "missing required field: type")
			return
		}
		s, ok := shapes[name]
		if !ok {
			c.complainf(at+"/type", "unsupported type: %s", name)
			return
		}
		c.object(at, v, s)
	}
}

// only picks some of several shapes.
func only(shapes map[string]shape, names ...string) map[string]shape {
	some := maps.Clone(shapes)
	maps.DeleteFunc(some, func(name string, _ shape) bool { return !slices.Contains(names, name) })
	return some
}

// moment is a string in a form of package time.
func moment(layout, example string) check {
	return func(c *checker, at string, v any) {
		text, _ := v.(string)
		if _, err := time.Parse(layout, text); err != nil {
			c.complainf(at, "must be in the form %s", example)
		}
	}
}

// Text objects, by what may be in them.
const (
	plainText = 1 << iota
	mrkdwn
	eitherText = plainText | mrkdwn
)

// text is a text object of a kind and within a limit.
func text(kinds int, path string) check {
	l := limit(path)
	return textWithin(kinds, l)
}

func textWithin(kinds int, l spec.Limit) check {
	l.MinLength = max(l.MinLength, limit("text").MinLength)
	words := length(l)
	shapes := map[string]shape{}
	if kinds&plainText != 0 {
		shapes["plain_text"] = shape{fields: fields{"text": words, "emoji": boolean}, required: []string{"text"}}
	}
	if kinds&mrkdwn != 0 {
		shapes["mrkdwn"] = shape{fields: fields{"text": words, "verbatim": boolean}, required: []string{"text"}}
	}
	return kind(shapes)
}

// option is a choice whose text is of a kind.
func option(kinds int) check { return the(optionShape(kinds)) }

func optionShape(kinds int) shape {
	value := limit("option.value")
	value.MinLength = 1
	return shape{
		fields: fields{
			"text":        text(kinds, "option.text"),
			"value":       length(value),
			"description": text(kinds, "option.description"),
		},
		required: []string{"text", "value"},
	}
}

// overflowOption may carry a URL, which no other option may.
func overflowOption(c *checker, at string, v any) {
	s := optionShape(plainText)
	s.fields["url"] = str("option.url")
	c.object(at, v, s)
}

func optionGroup(c *checker, at string, v any) {
	c.object(at, v, shape{
		fields:   fields{"label": text(plainText, "option_group.label"), "options": list("option_group.options", option(plainText))},
		required: []string{"label", "options"},
	})
}

var confirm = the(shape{
	fields: fields{
		"title":   text(plainText, "confirmation.title"),
		"text":    text(eitherText, "confirmation.text"),
		"confirm": text(plainText, "confirmation.confirm"),
		"deny":    text(plainText, "confirmation.deny"),
		"style":   oneOf("primary", "danger"),
	},
	required: []string{"text"},
})
