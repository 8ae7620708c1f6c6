package handlers

import (
	"encoding/json"
	"fmt"

	"usher/rules/action"
)

// Class is what came of an action.
type Class string

// The classes. The zero value is an action that has not come to an end.
const (
	Done    Class = "done"
	Already Class = "already" // it was so before; as good as done
	Never   Class = "never"   // it cannot be done, and trying again would not help
	Blocked Class = "blocked" // it cannot be done until somebody changes something: Sentence says who and what
	Dropped Class = "dropped" // the rules were asked again and it was no longer due
)

// Result is how an action ended.
type Result struct {
	Class    Class             `json:"class,omitempty"`
	Code     string            `json:"code,omitempty"`     // Slack's error code; empty when done
	Sentence string            `json:"sentence,omitempty"` // in words, plain text, for people and operators
	Value    map[string]string `json:"value,omitempty"`    // what Slack gave back: ts, channel, id
}

// OK reports whether things are now as the action wanted them.
func (r Result) OK() bool { return r.Class == Done || r.Class == Already }

// ValueEverywhere is set in the Value of a result that came about for a reason that
// holds in the whole workspace: a scope, a preference, a token.
const ValueEverywhere = "everywhere"

// everywhere reports whether the same would be said of everything else.
func (r Result) everywhere() bool { return r.Value[ValueEverywhere] != "" }

// Settled is an action that came to an end. It enters the workspace's lane as
// "settled:<kind>".
type Settled struct {
	Action action.Action
	Result Result
}

type settledJSON struct {
	Kind   action.Kind     `json:"kind"`
	Action json.RawMessage `json:"action"`
	Result Result          `json:"result"`
}

// Route is the kind under which s enters the lane.
func (s Settled) Route() string { return "settled:" + string(s.Action.Kind()) }

// MarshalJSON keeps the action's kind beside its body.
func (s Settled) MarshalJSON() ([]byte, error) {
	body, err := action.Encode(s.Action)
	if err != nil {
		return nil, err
	}
	return json.Marshal(settledJSON{s.Action.Kind(), body, s.Result})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Settled) UnmarshalJSON(b []byte) error {
	var j settledJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("read a settled action: %w", err)
	}
	a, err := action.Decode(j.Kind, j.Action)
	if err != nil {
		return err
	}
	s.Action, s.Result = a, j.Result
	return nil
}
