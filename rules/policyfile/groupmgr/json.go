package groupmgr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// kind is what a JSON value is.
type kind int

const (
	isOther kind = iota // a number, a truth value, null
	isText
	isList
	isObject
)

// value is one JSON value. Numbers and truth values are not kept.
type value struct {
	kind   kind
	text   string
	items  []value
	object object
}

// object keeps its members in the order of the file; of a key given twice the
// last value, as Python does.
type object struct {
	members []member
	twice   []string
}

type member struct {
	key   string
	value value
}

// text is the text under a key, or empty.
func (o object) text(key string) string {
	for _, m := range o.members {
		if m.key == key {
			return m.value.text
		}
	}
	return ""
}

// list is the items of a list; anything else is a list of itself.
func (v value) list() []value {
	if v.kind == isList {
		return v.items
	}
	return []value{v}
}

const maxBytes = 1 << 20

// parse reads an object. Errors say where, and nothing of what is there.
func parse(src []byte) (object, error) {
	if len(src) > maxBytes {
		return object{}, fmt.Errorf("1:1: it is larger than %d bytes", maxBytes)
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	v, err := read(d, 0)
	if err == nil && v.kind != isObject {
		return object{}, errors.New("1:1: it is not an object")
	}
	if err == nil {
		if _, more := d.Token(); more == io.EOF {
			return v.object, nil
		}
		err = errors.New("something follows the configuration")
	}
	at := int(d.InputOffset())
	// The tokens' errors are not where the mistake is.
	if s := new(json.SyntaxError); errors.As(json.Unmarshal(src, new(any)), &s) {
		at = int(s.Offset) - 1
		switch {
		case strings.HasPrefix(s.Error(), "unexpected end"):
			at, err = len(src), errors.New("the file ends before the configuration does: a quote, a bracket or a brace is not closed")
		case strings.HasSuffix(s.Error(), "after top-level value"):
			err = errors.New("something follows the configuration: look for a brace too many")
		default:
			err = errors.New("this is not JSON: look for a missing quote or comma, or one too many")
		}
	}
	at = max(0, min(at, len(src)))
	line := bytes.Count(src[:at], []byte("\n")) + 1
	column := utf8.RuneCount(src[bytes.LastIndexByte(src[:at], '\n')+1:at]) + 1
	return object{}, fmt.Errorf("%d:%d: %w", line, column, err)
}

func read(d *json.Decoder, depth int) (value, error) {
	if depth > 32 {
		return value{}, errors.New("too many objects in one another")
	}
	t, err := d.Token()
	if err != nil {
		return value{}, err
	}
	switch t := t.(type) {
	case string:
		return value{kind: isText, text: t}, nil
	case json.Delim:
		if t == '[' {
			return readList(d, depth)
		}
		return readObject(d, depth)
	}
	return value{}, nil
}

func readList(d *json.Decoder, depth int) (value, error) {
	v := value{kind: isList}
	for d.More() {
		item, err := read(d, depth+1)
		if err != nil {
			return value{}, err
		}
		v.items = append(v.items, item)
	}
	_, err := d.Token()
	return v, err
}

func readObject(d *json.Decoder, depth int) (value, error) {
	v := value{kind: isObject}
	index := map[string]int{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return value{}, err
		}
		key, ok := t.(string)
		if !ok {
			return value{}, errors.New("a key is a text")
		}
		item, err := read(d, depth+1)
		if err != nil {
			return value{}, err
		}
		if at, again := index[key]; again {
			v.object.members[at].value = item
			v.object.twice = append(v.object.twice, key)
			continue
		}
		index[key] = len(v.object.members)
		v.object.members = append(v.object.members, member{key, item})
	}
	_, err := d.Token()
	return v, err
}
