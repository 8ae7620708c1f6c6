package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Missing compares an answer with a documented example and returns the JSON
// pointers, sorted, of fields that are absent or of another type. Fields the
// example does not name are never a fault: Slack adds some all the time.
//
// The example's leaves name types: "string", "bool", "number" and "null".
// "null" asks for the field and accepts any value in it, null included. An
// empty array or object in the example accepts any array or object; an array
// with an element holds every element of the answer's array to it, so an empty
// array in the answer matches. A nil example matches everything. Both values
// are as encoding/json decodes them into any.
func Missing(example, got any) []string {
	out := missing("", example, got, nil)
	slices.Sort(out)
	return out
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func missing(at string, example, got any, out []string) []string {
	switch want := example.(type) {
	case nil:
		return out
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return append(out, at)
		}
		for name, field := range want {
			pointer := at + "/" + pointerEscape.Replace(name)
			if value, ok := object[name]; ok {
				out = missing(pointer, field, value, out)
			} else {
				out = append(out, pointer)
			}
		}
		return out
	case []any:
		array, ok := got.([]any)
		if !ok {
			return append(out, at)
		}
		if len(want) == 0 {
			return out
		}
		for i, value := range array {
			out = missing(fmt.Sprintf("%s/%d", at, i), want[0], value, out)
		}
		return out
	}
	if !sameType(example, got) {
		out = append(out, at)
	}
	return out
}

func sameType(name, got any) bool {
	switch name {
	case "null":
		return true
	case "string":
		_, ok := got.(string)
		return ok
	case "bool":
		_, ok := got.(bool)
		return ok
	case "number":
		_, ok := got.(float64)
		return ok
	}
	return false
}
