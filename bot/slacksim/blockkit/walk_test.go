package blockkit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

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
