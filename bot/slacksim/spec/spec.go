// Package spec holds Slack's documented interface as data: Web API methods,
// Events API events and Block Kit's limits, as names, types and figures.
//
// It owns the embedded files and typed access to them. It must never hold
// behaviour of Slack (that is the local Slack's business) nor facts about what
// the bot happens to send.
//
// Decision: the facts are embedded files rather than Go code, because they
// come from Slack's documentation and not from us. The local Slack and its
// conformance tests read the same data, so neither can drift from it
// unnoticed, and the module builds without anything beside it.
package spec

import (
	_ "embed" // the data files below
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
)

var (
	//go:embed methods.json
	methodsJSON []byte
	//go:embed events.json
	eventsJSON []byte
	//go:embed block_kit_limits.json
	limitsJSON []byte
)

// Method is one Web API method as documented.
type Method struct {
	Name     string         // conversations.kick
	HTTP     string         // GET or POST, as documented; Slack takes either
	Tier     string         // t1 to t5; t5 stands for a special limit
	JSONBody bool           // whether a JSON body is accepted besides a form
	Required []string       // argument names; token is among them
	Args     map[string]Arg // every documented argument, required ones included
	Scopes   Scopes         // any one of a list is enough; empty: no scope needed
	Errors   []string       // the documented ones; Slack has more
	Success  any            // the example answer: see Missing for its notation
}

// Arg is one argument of a method. Everything is optional; an argument with
// neither type nor schema is documented by its name only.
type Arg struct {
	Type    string   // string boolean integer number array, or ""
	Subtype string   // auth channel user timestamp …, or ""
	Schema  string   // workspace_id subteam_id modal …, or ""
	Enum    []string // the values allowed, or nil
	Default any      // nil when there is none
	Minimum *float64 // nil when unbounded
	Maximum *float64 // nil when unbounded
}

// Scopes are the scopes of which a token of that kind needs one. A nil list
// beside a filled one means the method does not take tokens of that kind; two
// nil lists mean no scope is documented.
type Scopes struct {
	Bot  []string
	User []string
}

// Event is one Events API event as documented.
type Event struct {
	Type    string   // member_joined_channel
	Scopes  []string // any one is enough; empty: none needed
	Example any      // nil when no payload is documented: see Missing
}

// Limit bounds one field. Zero means unbounded. Lengths count characters.
type Limit struct {
	MinLength     int
	MaxLength     int
	MinItems      int
	MaxItems      int
	ItemMaxLength int
	Min           float64
	Max           float64
}

// Methods returns every documented method by name. The map is the caller's;
// what it points at is shared and must not be changed.
func Methods() map[string]Method { return maps.Clone(methods()) }

// Events returns every documented event by type, under the same terms as
// Methods.
func Events() map[string]Event { return maps.Clone(events()) }

// Limits returns Block Kit's limits by dotted path: "section.text",
// "button.value", "view.blocks". The map is the caller's.
func Limits() map[string]Limit { return maps.Clone(limits()) }

var methods = sync.OnceValue(func() map[string]Method {
	var file map[string]struct {
		HTTP     string `json:"http"`
		Tier     string
		JSONBody *bool `json:"json_body"`
		Required []string
		Args     map[string]Arg
		Scopes   Scopes
		Errors   []string
		Success  any
	}
	load("methods.json", methodsJSON, &file)
	all := make(map[string]Method, len(file))
	for name, m := range file {
		all[name] = Method{
			Name: name, HTTP: m.HTTP, Tier: m.Tier,
			JSONBody: m.JSONBody != nil && *m.JSONBody,
			Required: m.Required, Args: m.Args, Scopes: m.Scopes,
			Errors: m.Errors, Success: m.Success,
		}
	}
	return all
})

var events = sync.OnceValue(func() map[string]Event {
	var file map[string]struct {
		Scopes  []string
		Example any
	}
	load("events.json", eventsJSON, &file)
	all := make(map[string]Event, len(file))
	for name, e := range file {
		if e.Example == "null" {
			e.Example = nil
		}
		for i, s := range e.Scopes {
			if !strings.Contains(s, ":") { // the documentation has app_mentions.read
				e.Scopes[i] = strings.Replace(s, ".", ":", 1)
			}
		}
		all[name] = Event{Type: name, Scopes: e.Scopes, Example: e.Example}
	}
	return all
})

var limits = sync.OnceValue(func() map[string]Limit {
	var file map[string]any
	load("block_kit_limits.json", limitsJSON, &file)
	all := map[string]Limit{}
	flatten("", file, all)
	return all
})

// flatten turns nested objects into dotted paths; an object that holds
// figures is a limit, whether or not it also holds further objects.
func flatten(path string, in map[string]any, out map[string]Limit) {
	var l Limit
	for name, v := range in {
		switch v := v.(type) {
		case map[string]any:
			flatten(strings.TrimPrefix(path+"."+name, "."), v, out)
		case float64:
			l.set(name, v)
		}
	}
	if l != (Limit{}) {
		out[path] = l
	}
}

func (l *Limit) set(name string, v float64) {
	switch name {
	case "min_length":
		l.MinLength = int(v)
	case "max_length":
		l.MaxLength = int(v)
	case "min_items":
		l.MinItems = int(v)
	case "max_items":
		l.MaxItems = int(v)
	case "item_max_length":
		l.ItemMaxLength = int(v)
	case "min":
		l.Min = v
	case "max":
		l.Max = v
	}
}

// load decodes an embedded file. The files are part of the build, so one that
// does not decode is a broken build and not bad input.
func load(name string, raw []byte, into any) {
	if err := json.Unmarshal(raw, into); err != nil {
		panic(fmt.Sprintf("decode embedded %s: %v", name, err)) //nolint:forbidigo // see above
	}
}
