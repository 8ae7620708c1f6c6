package slacksim

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	yamltoken "github.com/goccy/go-yaml/token"
)

// fill sets a value from a node; what is left out or null stays as it is.
func (r *fileReader) fill(at string, n ast.Node, into reflect.Value) {
	if n = r.plain(n); n == nil {
		return
	}
	if at != "" && r.places[at] == nil {
		r.put(at, n)
	}
	switch into.Kind() {
	case reflect.Struct:
		r.fillStruct(at, n, into)
	case reflect.Map:
		entries, ok := r.entries(at, n)
		if !ok {
			return
		}
		into.Set(reflect.MakeMap(into.Type()))
		for _, e := range entries {
			value := reflect.New(into.Type().Elem()).Elem()
			r.fill(e.at, e.value, value)
			into.SetMapIndex(reflect.ValueOf(e.key), value)
		}
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			r.say(at, "a list is needed, such as [a, b]")
			return
		}
		into.Set(reflect.MakeSlice(into.Type(), len(list.Values), len(list.Values)))
		for i, item := range list.Values {
			r.fill(fmt.Sprintf("%s[%d]", at, i), item, into.Index(i))
		}
	default:
		r.fillScalar(at, n, into)
	}
}

func (r *fileReader) fillStruct(at string, n ast.Node, into reflect.Value) {
	entries, ok := r.entries(at, n)
	if !ok {
		return
	}
	fields := map[string]int{}
	for i := range into.NumField() {
		fields[into.Type().Field(i).Tag.Get("yaml")] = i
	}
	for _, e := range entries {
		if i, known := fields[e.key]; known {
			r.fill(e.at, e.value, into.Field(i))
			continue
		}
		r.say(e.at, "there is no %q here; known: %s", e.key, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	}
}

// maxMerges bounds what merging multiplies.
const maxMerges = 1000

// fileEntry is one key of a mapping.
type fileEntry struct {
	key, at string
	value   ast.Node
}

// entries are the keys of a mapping, those merged into it first.
func (r *fileReader) entries(at string, n ast.Node) ([]fileEntry, bool) {
	var pairs []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		pairs = v.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{v}
	default:
		r.say(at, "keys with values are needed, such as {name: a}")
		return nil, false
	}
	var merged, own []fileEntry
	for _, p := range pairs {
		if p.Key.IsMergeKey() {
			if r.merges++; r.merges > maxMerges {
				r.say(at, "<< is used more than %d times, or within itself: write it out", maxMerges)
				return nil, false
			}
			if from := r.plain(p.Value); from != nil {
				more, _ := r.entries(at, from)
				merged = append(merged, more...)
			}
			continue
		}
		e := fileEntry{key: p.Key.GetToken().Value, value: p.Value}
		e.at = strings.TrimPrefix(at+"."+e.key, ".")
		r.put(e.at, p.Key)
		own = append(own, e)
	}
	return append(merged, own...), true
}

func (r *fileReader) fillScalar(at string, n ast.Node, into reflect.Value) {
	scalar, ok := n.(ast.ScalarNode)
	text := ""
	if ok {
		text = n.GetToken().Value
		switch v := n.(type) {
		case *ast.StringNode:
			text = v.Value
		case *ast.LiteralNode:
			text = v.Value.Value
		}
	}
	switch into.Kind() {
	case reflect.String:
		if !ok {
			text, ok = r.joined(at, n)
		}
		if !ok {
			r.say(at, "a text is needed")
		}
		into.SetString(text)
	case reflect.Bool:
		on, is := n.(*ast.BoolNode)
		if !is {
			r.say(at, "true or false is needed")
			return
		}
		into.SetBool(on.Value)
	default:
		number, err := strconv.ParseInt(text, 0, 64)
		if err != nil || scalar.Type() != ast.IntegerType {
			r.say(at, "a whole number is needed")
		}
		into.SetInt(number)
	}
}

// joined is a text such as channels:read. Within [ ] the parser takes its colon,
// which no space follows, for that of a mapping.
func (r *fileReader) joined(at string, n ast.Node) (string, bool) {
	m, ok := n.(*ast.MappingNode)
	if !ok || len(m.Values) != 1 || m.GetToken().Value != ":" {
		return "", false
	}
	key, plain := m.Values[0].Key.(*ast.StringNode)
	value, scalar := m.Values[0].Value.(ast.ScalarNode)
	if !plain || !scalar || key.GetToken().Type != yamltoken.StringType {
		return "", false
	}
	before, colon, after := key.GetToken(), m.GetToken().Position, value.GetToken()
	if colon.Line != before.Position.Line || colon.Column != before.Position.Column+utf8.RuneCountInString(before.Value) ||
		after.Position.Line != colon.Line || after.Position.Column != colon.Column+1 {
		return "", false
	}
	r.places[at] = before.Position
	return before.Value + ":" + after.Value, true
}
