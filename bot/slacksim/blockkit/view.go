package blockkit

import (
	"fmt"

	"usher/bot/slacksim/spec"
)

// view is what a modal and a Home tab share.
func view() fields {
	return fields{
		"blocks":           func(c *checker, at string, v any) { c.blocks(at, v, limit("view.blocks")) },
		"private_metadata": str("view.private_metadata"),
		"callback_id":      str("view.callback_id"),
		"external_id":      length(spec.Limit{MaxLength: 255}),
		"title":            text(plainText, "view.title"),
		"submit":           text(plainText, "view.submit"),
		"close":            text(plainText, "view.close"),
		"clear_on_close":   boolean,
		"notify_on_close":  boolean,
		"submit_disabled":  boolean,
	}
}

var (
	home  = shape{fields: view(), required: []string{"blocks"}}
	modal = shape{
		fields:   view(),
		required: []string{"title", "blocks"},
		also: func(c *checker, at string, object map[string]any) {
			if _, ok := object["submit"]; c.inputs > 0 && !ok {
				c.complainf(at, "missing required field: submit (%s)", inputCount(c.inputs))
			}
		},
	}
)

func inputCount(n int) string {
	if n == 1 {
		return "there is 1 input block"
	}
	return fmt.Sprintf("there are %d input blocks", n)
}
