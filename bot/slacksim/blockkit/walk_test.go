package blockkit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"usher/bot/slacksim/blockkit"
)

const page = `[
	{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","action_id":"b"}},
	{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"image","alt_text":"x"}},
	{"type":"actions","elements":[{"type":"button"},{"type":"static_select","action_id":"c","option_groups":[{"options":[{"value":"v","text":{"text":"V"}}]}]}]},
	{"type":"input","block_id":"i","element":{"type":"plain_text_input","action_id":"t","max_length":12}},
	{"type":"container","child_blocks":[{"type":"actions","elements":[{"type":"button","action_id":"deep"}]}]},
	{"type":"divider"}]`

func TestElementsOfAPage(t *testing.T) {
	var got []string
	for _, e := range blockkit.Elements(json.RawMessage(page)) {
		got = append(got, fmt.Sprintf("%s %s/%s %s in %s", e.Pointer, e.BlockID, e.ActionID, e.Type, e.BlockType))
	}
	want := []string{
		"/0/accessory s/b button in section",
		"/2/elements/0 / button in actions",
		"/2/elements/1 /c static_select in actions",
		"/3/element i/t plain_text_input in input",
		"/4/child_blocks/0/elements/0 /deep button in actions",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	choice := blockkit.Elements(json.RawMessage(page))[2]
	if o, ok := choice.Option("v"); !ok || o["value"] != "v" {
		t.Errorf("option v: %v", o)
	}
	if _, ok := choice.Option("w"); ok {
		t.Error("option w was found")
	}
}

func TestIdentify(t *testing.T) {
	n := 0
	made := blockkit.Identify(json.RawMessage(page), func() string { n++; return fmt.Sprint("made", n) })
	var blocks []struct {
		BlockID string `json:"block_id"`
	}
	if err := json.Unmarshal(made, &blocks); err != nil {
		t.Fatal(err)
	}
	if blocks[0].BlockID != "s" || blocks[3].BlockID != "i" {
		t.Errorf("ids that were there changed: %+v", blocks)
	}
	seen := map[string]bool{}
	for i, b := range blocks {
		if b.BlockID == "" || seen[b.BlockID] {
			t.Errorf("block %d: id %q", i, b.BlockID)
		}
		seen[b.BlockID] = true
	}
	for _, e := range blockkit.Elements(made) {
		if e.ActionID == "" || e.BlockID == "" {
			t.Errorf("%s has no ids", e.Pointer)
		}
	}
	if got := blockkit.Identify(json.RawMessage("{"), nil); string(got) != "{" {
		t.Errorf("what does not decode came back as %s", got)
	}
}

// Whatever is sent is answered, never a panic, and what is found by walking
// can be found again after ids were made up.
func TestAnythingIsAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(anything(3).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		blockkit.Message(raw)
		blockkit.View(raw)
		blockkit.Options(raw)
		before := blockkit.Elements(raw)
		n := 0
		made := blockkit.Identify(raw, func() string { n++; return fmt.Sprint("made", n) })
		if after := blockkit.Elements(made); len(after) != len(before) {
			t.Fatalf("%d elements before, %d after", len(before), len(after))
		}
	})
}

// anything draws JSON made of Block Kit's own words.
func anything(depth int) *rapid.Generator[any] {
	names := rapid.SampledFrom([]string{"type", "text", "blocks", "elements", "element", "accessory", "options", "initial_option",
		"child_blocks", "block_id", "action_id", "title", "label", "option_groups", "confirm", "value", "fields"})
	words := rapid.SampledFrom([]string{"section", "actions", "input", "button", "static_select", "container", "carousel", "card",
		"modal", "home", "plain_text", "mrkdwn", "image", "", "x"})
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 4
		if depth > 0 {
			kinds = 10
		}
		switch k := rapid.IntRange(0, kinds).Draw(t, "kind"); {
		case k == 0:
			return nil
		case k == 1:
			return rapid.Float64Range(-9, 9).Draw(t, "number")
		case k == 2:
			return rapid.Bool().Draw(t, "bool")
		case k <= 4:
			return words.Draw(t, "string")
		case k <= 6:
			return rapid.SliceOfN(anything(depth-1), 0, 3).Draw(t, "array")
		default:
			return rapid.MapOfN(names, anything(depth-1), 0, 5).Draw(t, "object")
		}
	})
}
