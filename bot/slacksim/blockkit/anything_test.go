package blockkit_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"usher/bot/slacksim/blockkit"
)

// Whatever is sent is answered, never a panic, and every problem points
// somewhere and says something.
func TestAnythingIsAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(anything(3).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		before := blockkit.Elements(raw)
		n := 0
		made := blockkit.Identify(raw, func() string { n++; return fmt.Sprint("made", n) })
		if after := blockkit.Elements(made); len(after) != len(before) {
			t.Fatalf("%d elements before ids were made up, %d after", len(before), len(after))
		}
		for _, problems := range [][]blockkit.Problem{blockkit.Message(raw), blockkit.View(raw), blockkit.Options(raw)} {
			for _, p := range problems {
				if p.Message == "" || p.Pointer != "" && p.Pointer[0] != '/' {
					t.Fatalf("%+v", p)
				}
			}
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
