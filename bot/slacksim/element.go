package slacksim

import (
	"encoding/json"
	"strconv"

	"usher/bot/slacksim/blockkit"
)

// element is one thing in blocks that a person can use, with where it is.
type element struct{ blockkit.Element }

// elements finds everything a person can use, in the order it is drawn.
func elements(blocks json.RawMessage) []element {
	var out []element
	for _, e := range blockkit.Elements(blocks) {
		out = append(out, element{e})
	}
	return out
}

func (e element) input() bool { return e.BlockType == "input" }

// dispatches says whether using the element tells the app at once.
func (e element) dispatches() bool {
	on, _ := e.Block["dispatch_action"].(bool)
	return !e.input() || on
}

// optional says whether a submission may leave it empty.
func (e element) optional() bool {
	on, _ := e.Block["optional"].(bool)
	return !e.input() || on
}

// bound is a whole number among the element's properties.
func (e element) bound(name string) (int, bool) {
	n, ok := e.Object[name].(json.Number)
	if !ok {
		return 0, false
	}
	v, err := n.Int64()
	return int(v), err == nil
}

// identified gives ids to the blocks and elements that came without.
func (s *slack) identified(blocks json.RawMessage) json.RawMessage {
	if emptyJSON(blocks) {
		return nil
	}
	return blockkit.Identify(blocks, func() string { return "a" + strconv.FormatInt(s.next()+1e6, 36) })
}

// checkMessageBlocks refuses blocks as chat.postMessage does.
func checkMessageBlocks(raw json.RawMessage) *failure {
	return refusal("invalid_blocks", blockkit.Message(raw))
}

// refusal lists what is wrong the way Slack does.
func refusal(code string, problems []blockkit.Problem) *failure {
	if len(problems) == 0 {
		return nil
	}
	errors, messages := []string{}, []string{}
	for _, p := range problems {
		errors = append(errors, p.String())
		messages = append(messages, "[ERROR] "+p.String())
	}
	return &failure{code, answer{"errors": errors, "response_metadata": answer{"messages": messages}}}
}

// checkView refuses a view as views.* do. The kind is home or modal.
func checkView(raw json.RawMessage, kind string) *failure {
	var head struct {
		Type string `json:"type"`
	}
	switch {
	case raw == nil:
		return invalid("must be a valid view object [json-pointer:/view]")
	case len(raw) > blockkit.MaxViewBytes:
		return fail("view_too_large")
	case json.Unmarshal(raw, &head) != nil:
		return invalid("must be an object [json-pointer:/view]")
	case head.Type != kind:
		return invalid("must be of type " + kind + " [json-pointer:/view/type]")
	}
	f := refusal("invalid_arguments", blockkit.View(raw))
	if f != nil {
		delete(f.more, "errors")
	}
	return f
}
