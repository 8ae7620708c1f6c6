package blockkit

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
)

// element is a shape with what every interactive element has.
func element(own fields, s shape) shape {
	s.fields = fields{
		"action_id": func(c *checker, at string, v any) {
			str("action_id")(c, at, v)
			id, _ := v.(string)
			if id != "" && c.actionIDs[id] {
				c.complainf(at, "action_id %q already exists in this block", id)
			}
			if c.actionIDs != nil {
				c.actionIDs[id] = true
			}
		},
	}
	maps.Copy(s.fields, own)
	return s
}

// with adds common fields to those of an element.
func with(own fields, more ...fields) fields {
	all := maps.Clone(own)
	for _, f := range more {
		maps.Copy(all, f)
	}
	return all
}

var (
	confirmable  = fields{"confirm": confirm}
	placeholding = fields{"placeholder": text(plainText, "select.placeholder")}
	focusable    = fields{"focus_on_load": func(c *checker, at string, v any) {
		boolean(c, at, v)
		if v == true {
			c.focused++
			if c.focused == 2 {
				c.complainf(at, "only one element may have focus_on_load")
			}
		}
	}}
	dispatching = fields{"dispatch_action_config": the(shape{fields: fields{
		"trigger_actions_on": list("", oneOf("on_enter_pressed", "on_character_entered")),
	}})}
	responding = fields{"response_url_enabled": boolean}
	filtering  = fields{
		"default_to_current_conversation": boolean,
		"filter": the(shape{fields: fields{
			"include":                          list("", oneOf("im", "mpim", "private", "public")),
			"exclude_external_shared_channels": boolean,
			"exclude_bot_users":                boolean,
		}}),
	}
	querying = fields{"min_query_length": integer(0, math.MaxInt32)}
	choosing = fields{
		"options":       someOf("select.options", option(plainText)),
		"option_groups": someOf("select.option_groups", optionGroup),
	}
	selecting = with(fields{}, confirmable, placeholding, focusable)
	several   = with(fields{"max_selected_items": integer(1, math.MaxInt32)}, selecting)
	typing    = with(fields{}, dispatching, placeholding, focusable)
	ids       = list("", anyString)
)

// elements are the interactive elements, and the image.
var elements = map[string]shape{
	"button": element(with(fields{
		"text":                text(plainText, "button.text"),
		"value":               str("button.value"),
		"url":                 str("button.url"),
		"style":               oneOf("primary", "danger"),
		"accessibility_label": str("button.accessibility_label"),
	}, confirmable), shape{required: []string{"text"}}),

	"static_select": element(with(fields{"initial_option": option(plainText)}, choosing, selecting),
		shape{also: choices}),
	"multi_static_select": element(with(fields{"initial_options": someOf("", option(plainText))}, choosing, several),
		shape{also: choices}),
	"external_select": element(with(fields{"initial_option": option(plainText)}, querying, selecting), shape{}),
	"multi_external_select": element(with(fields{"initial_options": someOf("", option(plainText))}, querying, several),
		shape{}),
	"users_select":          element(with(fields{"initial_user": anyString}, selecting), shape{}),
	"multi_users_select":    element(with(fields{"initial_users": ids}, several), shape{}),
	"channels_select":       element(with(fields{"initial_channel": anyString}, responding, selecting), shape{}),
	"multi_channels_select": element(with(fields{"initial_channels": ids}, several), shape{}),
	"conversations_select": element(with(fields{"initial_conversation": anyString}, responding, filtering, selecting),
		shape{}),
	"multi_conversations_select": element(with(fields{"initial_conversations": ids}, filtering, several), shape{}),

	"overflow": element(with(fields{"options": list("overflow.options", overflowOption)}, confirmable),
		shape{required: []string{"options"}}),
	"checkboxes": element(with(fields{
		"options":         list("checkboxes.options", option(eitherText)),
		"initial_options": list("checkboxes.options", option(eitherText)),
	}, confirmable, focusable), shape{required: []string{"options"}, also: initialAmong}),
	"radio_buttons": element(with(fields{
		"options":        list("radio_buttons.options", option(eitherText)),
		"initial_option": option(eitherText),
	}, confirmable, focusable), shape{required: []string{"options"}, also: initialAmong}),

	"datepicker": element(with(fields{"initial_date": moment("2006-01-02", "YYYY-MM-DD")}, selecting), shape{}),
	"timepicker": element(with(fields{"initial_time": moment("15:04", "HH:mm"), "timezone": anyString}, selecting),
		shape{}),
	"datetimepicker": element(with(fields{"initial_date_time": integer(1_000_000_000, 9_999_999_999)},
		confirmable, focusable), shape{}),

	"plain_text_input": element(with(fields{
		"initial_value": anyString,
		"multiline":     boolean,
		"min_length":    integer(0, int64(limit("plain_text_input.max_length").Max)),
		"max_length":    integer(1, int64(limit("plain_text_input.max_length").Max)),
	}, typing), shape{also: minBelowMax}),
	"email_text_input": element(with(fields{"initial_value": anyString}, typing), shape{}),
	"url_text_input":   element(with(fields{"initial_value": anyString}, typing), shape{}),
	"number_input": element(with(fields{
		"is_decimal_allowed": boolean,
		"initial_value":      anyString,
		"min_value":          anyString,
		"max_value":          anyString,
	}, typing), shape{required: []string{"is_decimal_allowed"}}),
	"rich_text_input": element(with(fields{
		"initial_value": the(shape{open: true}),
		"min_lines":     integer(1, math.MaxInt32),
		"max_lines":     integer(1, math.MaxInt32),
	}, typing), shape{}),
	"file_input": element(fields{
		"filetypes": ids,
		"max_files": integer(int64(limit("file_input.max_files").Min), int64(limit("file_input.max_files").Max)),
	}, shape{}),

	"workflow_button": element(with(fields{
		"text":                text(plainText, "button.text"),
		"workflow":            the(shape{fields: fields{"trigger": the(shape{open: true, required: []string{"url"}})}, required: []string{"trigger"}}),
		"style":               oneOf("primary", "danger"),
		"accessibility_label": str("button.accessibility_label"),
	}, confirmable), shape{required: []string{"text", "workflow"}}),
	"feedback_buttons": element(fields{"positive_button": feedback, "negative_button": feedback},
		shape{required: []string{"positive_button", "negative_button"}}),
	"icon_button": element(with(fields{
		"icon":                anyString,
		"text":                text(plainText, "button.text"),
		"value":               str("button.value"),
		"accessibility_label": str("button.accessibility_label"),
		"visible_to_user_ids": list("icon_button.visible_to_user_ids", anyString),
	}, confirmable), shape{required: []string{"icon", "text"}}),

	"image": image,
}

var feedback = the(shape{
	fields: fields{
		"text":                text(plainText, "feedback_button.text"),
		"value":               str("feedback_button.value"),
		"accessibility_label": str("feedback_button.accessibility_label"),
	},
	required: []string{"text", "value"},
})

// eitherOptions: options or groups of them, not both, not neither.
func eitherOptions(c *checker, at string, object map[string]any) {
	_, plain := object["options"]
	_, groups := object["option_groups"]
	switch {
	case plain && groups:
		c.complainf(at, "only one of `options` and `option_groups` is allowed")
	case !plain && !groups:
		c.complainf(at, "must define either `options` or `option_groups`")
	}
}

// choices are the rules of a static select.
func choices(c *checker, at string, object map[string]any) {
	eitherOptions(c, at, object)
	initialAmong(c, at, object)
}

// initialAmong: what is chosen at first is one of the options, exactly.
func initialAmong(c *checker, at string, object map[string]any) {
	all := optionsOf(object)
	among := func(at string, chosen any) {
		for _, o := range all {
			if reflect.DeepEqual(o, chosen) {
				return
			}
		}
		c.complainf(at, "must be one of the options")
	}
	if chosen, ok := object["initial_option"]; ok {
		among(at+"/initial_option", chosen)
	}
	if chosen, ok := object["initial_options"].([]any); ok {
		for _, o := range chosen {
			among(at+"/initial_options", o)
		}
	}
}

// optionsOf lists the options of an element, those of its groups included.
func optionsOf(object map[string]any) []any {
	all, _ := object["options"].([]any)
	groups, _ := object["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		in, _ := group["options"].([]any)
		all = append(slices.Clip(all), in...)
	}
	return all
}

func minBelowMax(c *checker, at string, object map[string]any) {
	least, _ := object["min_length"].(json.Number)
	most, _ := object["max_length"].(json.Number)
	low, errLow := least.Int64()
	high, errHigh := most.Int64()
	if errLow == nil && errHigh == nil && low > high {
		c.complainf(at+"/min_length", "must not be greater than max_length")
	}
}
