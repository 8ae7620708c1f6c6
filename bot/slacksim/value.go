package slacksim

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// shape says where an element keeps its value, and under which property the
// app may preset it.
type shape struct {
	field, initial string
	many           bool
	of             string // option, user, channel or text
}

var shapes = map[string]shape{
	"plain_text_input":           {"value", "initial_value", false, "text"},
	"email_text_input":           {"value", "initial_value", false, "text"},
	"url_text_input":             {"value", "initial_value", false, "text"},
	"number_input":               {"value", "initial_value", false, "text"},
	"rich_text_input":            {"rich_text_value", "initial_value", false, "rich"},
	"datepicker":                 {"selected_date", "initial_date", false, "text"},
	"timepicker":                 {"selected_time", "initial_time", false, "text"},
	"datetimepicker":             {"selected_date_time", "initial_date_time", false, "number"},
	"static_select":              {"selected_option", "initial_option", false, "option"},
	"external_select":            {"selected_option", "initial_option", false, "option"},
	"radio_buttons":              {"selected_option", "initial_option", false, "option"},
	"users_select":               {"selected_user", "initial_user", false, "user"},
	"conversations_select":       {"selected_conversation", "initial_conversation", false, "channel"},
	"channels_select":            {"selected_channel", "initial_channel", false, "channel"},
	"checkboxes":                 {"selected_options", "initial_options", true, "option"},
	"multi_static_select":        {"selected_options", "initial_options", true, "option"},
	"multi_external_select":      {"selected_options", "initial_options", true, "option"},
	"multi_users_select":         {"selected_users", "initial_users", true, "user"},
	"multi_conversations_select": {"selected_conversations", "initial_conversations", true, "channel"},
	"multi_channels_select":      {"selected_channels", "initial_channels", true, "channel"},
}

// initial is the state of an element nobody has touched; nil for one without
// state.
func (w *workspace) initial(e element) any {
	sh, ok := shapes[e.Type]
	if !ok {
		return nil
	}
	value := e.Object[sh.initial]
	if value == nil && sh.many {
		value = []any{}
	}
	return answer{"type": e.Type, sh.field: value}
}

// enter turns what a person typed or chose into the element's state. The
// string is what the client would say against it.
func (w *workspace) enter(me *user, e element, typed any) (answer, string) {
	sh, ok := shapes[e.Type]
	if !ok {
		return nil, "a " + e.Type + " takes no value"
	}
	if !sh.many {
		if empty(typed) {
			return answer{"type": e.Type, sh.field: nil}, ""
		}
		v, problem := w.enterOne(me, e, sh, typed)
		return answer{"type": e.Type, sh.field: v}, problem
	}
	list, ok := typed.([]any)
	if !ok {
		list = []any{typed}
		if empty(typed) {
			list = nil
		}
	}
	chosen := []any{}
	for _, one := range list {
		v, problem := w.enterOne(me, e, sh, one)
		if problem != "" {
			return nil, problem
		}
		chosen = append(chosen, v)
	}
	if most, ok := e.bound("max_selected_items"); ok && len(chosen) > most {
		return nil, fmt.Sprintf("Choose at most %d.", most)
	}
	return answer{"type": e.Type, sh.field: chosen}, ""
}

// words is what a person types for a value of an act; a number of a JSON body
// in full.
func words(typed any) string {
	if n, ok := typed.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(typed)
}

func empty(v any) bool { return v == nil || v == "" }

func (w *workspace) enterOne(me *user, e element, sh shape, typed any) (any, string) {
	text := strings.TrimSpace(words(typed))
	switch sh.of {
	case "option":
		return choose(e, text, w.offered[me.id+" "+e.ActionID])
	case "user":
		if u := w.user(text); u != nil && !u.deleted {
			return u.id, ""
		}
		return nil, "Nobody is called " + text + "."
	case "channel":
		public := e.Type == "channels_select" || e.Type == "multi_channels_select"
		if c := w.channel(text); c != nil && w.visible(c, me) && !c.archived && !(public && c.private) {
			return c.id, ""
		}
		if u := w.user(text); u != nil && !public {
			return u.id, ""
		}
		return nil, "No channel is called " + text + "."
	case "number":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, "Please enter a valid date and time."
		}
		return n, ""
	case "rich":
		if s, ok := typed.(string); ok {
			return answer{"type": "rich_text", "elements": []answer{{"type": "rich_text_section", "elements": []answer{{"type": "text", "text": s}}}}}, ""
		}
		return typed, ""
	}
	return checkText(e, words(typed))
}

// checkText holds typed text to what the client checks before it submits.
func checkText(e element, text string) (any, string) {
	length := len([]rune(text))
	if least, ok := e.bound("min_length"); ok && length < least {
		return nil, fmt.Sprintf("Please enter at least %d characters.", least)
	}
	most, ok := e.bound("max_length")
	if !ok {
		most = 3000
	}
	switch {
	case length > most:
		return nil, fmt.Sprintf("Please enter no more than %d characters.", most)
	case e.Type == "email_text_input" && !strings.Contains(text, "@"):
		return nil, "Please enter a valid email address."
	case e.Type == "url_text_input" && linkProblem(text) != nil:
		return nil, "Please enter a valid URL."
	}
	switch e.Type {
	case "number_input":
		return checkNumber(e, text)
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, "Please enter a valid date."
		}
	case "timepicker":
		if _, err := time.Parse("15:04", text); err != nil {
			return nil, "Please enter a valid time."
		}
	}
	return text, ""
}

func checkNumber(e element, text string) (any, string) {
	n, err := strconv.ParseFloat(text, 64)
	decimal, _ := e.Object["is_decimal_allowed"].(bool)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || !decimal && n != math.Trunc(n) {
		return nil, "Please enter a valid number."
	}
	bound := func(name string) (float64, bool) {
		words, _ := e.Object[name].(string)
		most, err := strconv.ParseFloat(words, 64)
		return most, err == nil
	}
	if least, ok := bound("min_value"); ok && n < least {
		return nil, fmt.Sprintf("Please enter a number of at least %v.", least)
	}
	if most, ok := bound("max_value"); ok && n > most {
		return nil, fmt.Sprintf("Please enter a number of at most %v.", most)
	}
	return text, ""
}

// choose finds an option by its value among the element's and those an app
// offered for it.
func choose(e element, value string, offered []any) (any, string) {
	if option, ok := e.Option(value); ok {
		return option, ""
	}
	for _, o := range offered {
		if option, _ := o.(map[string]any); option["value"] == value {
			return option, ""
		}
	}
	if e.Object["options"] == nil && e.Object["option_groups"] == nil {
		return nil, "Nothing offered has the value " + strconv.Quote(value) + ": ask with suggest first."
	}
	return nil, "There is no option with the value " + strconv.Quote(value) + "."
}

// blank says whether an element's state holds nothing.
func blank(e element, state any) bool {
	raw, err := json.Marshal(state)
	if err != nil {
		return true
	}
	var v map[string]any
	if json.Unmarshal(raw, &v) != nil {
		return true
	}
	switch value := v[shapes[e.Type].field].(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	}
	return false
}
