package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Element is one interactive element of a message or a view.
type Element struct {
	BlockID   string
	BlockType string // section, actions, input, …
	ActionID  string
	Type      string // button, static_select, plain_text_input, …
	Pointer   string // from the array of blocks: /0/accessory
	Object    map[string]any
	Block     map[string]any
}

// Option finds one of the element's options by value.
func (e Element) Option(value string) (option map[string]any, ok bool) {
	for _, o := range optionsOf(e.Object) {
		if option, ok := o.(map[string]any); ok && option["value"] == value {
			return option, true
		}
	}
	return nil, false
}

// Elements lists the interactive elements in an array of blocks, in reading
// order. Numbers in the objects are json.Number. What does not have the shape
// of blocks has no elements.
func Elements(blocks json.RawMessage) []Element {
	var found []Element
	for i, b := range decodeBlocks(blocks) {
		walk(fmt.Sprintf("/%d", i), b, &found)
	}
	return found
}

// Identify gives a block_id to every block and an action_id to every
// interactive element that has none, as Slack does with what it accepts. newID
// must return an id it has not returned before. Blocks that do not decode come
// back as they are.
func Identify(blocks json.RawMessage, newID func() string) json.RawMessage {
	all := decodeBlocks(blocks)
	if all == nil {
		return blocks
	}
	var each func(b any)
	each = func(b any) {
		object, ok := b.(map[string]any)
		if !ok {
			return
		}
		if id, _ := object["block_id"].(string); id == "" {
			object["block_id"] = newID()
		}
		for _, inner := range inside(object) {
			each(inner.value)
		}
	}
	for i, b := range all {
		each(b)
		var found []Element
		walk(fmt.Sprintf("/%d", i), b, &found)
		for _, e := range found {
			if e.ActionID == "" {
				e.Object["action_id"] = newID()
			}
		}
	}
	text, err := json.Marshal(all)
	if err != nil { // it came from JSON
		return blocks
	}
	return text
}

func decodeBlocks(blocks json.RawMessage) []any {
	d := json.NewDecoder(bytes.NewReader(blocks))
	d.UseNumber()
	var all []any
	if d.Decode(&all) != nil {
		return nil
	}
	return all
}

type place struct {
	pointer string
	value   any
}

// inside lists the blocks a block holds.
func inside(block map[string]any) []place {
	kind, _ := block["type"].(string)
	name := map[string]string{"container": "child_blocks", "carousel": "elements"}[kind]
	list, _ := block[name].([]any)
	var places []place
	for i, v := range list {
		places = append(places, place{fmt.Sprintf("/%s/%d", name, i), v})
	}
	return places
}

// holders say where a block of a type keeps its elements.
var holders = map[string]string{
	"section": "accessory", "input": "element",
	"actions": "elements", "context_actions": "elements", "card": "actions",
}

func walk(at string, b any, found *[]Element) {
	block, ok := b.(map[string]any)
	if !ok {
		return
	}
	for _, inner := range inside(block) {
		walk(at+inner.pointer, inner.value, found)
	}
	in, _ := block["type"].(string)
	name, ok := holders[in]
	if !ok {
		return
	}
	add := func(at string, v any) {
		object, _ := v.(map[string]any)
		kind, _ := object["type"].(string)
		if _, known := elements[kind]; !known || kind == "image" {
			return
		}
		e := Element{Type: kind, BlockType: in, Pointer: at, Object: object, Block: block}
		e.BlockID, _ = block["block_id"].(string)
		e.ActionID, _ = object["action_id"].(string)
		*found = append(*found, e)
	}
	if list, ok := block[name].([]any); ok {
		for i, v := range list {
			add(fmt.Sprintf("%s/%s/%d", at, name, i), v)
		}
		return
	}
	add(at+"/"+name, block[name])
}
