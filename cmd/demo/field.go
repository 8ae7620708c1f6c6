package demo

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How the names of fields begin. A moment is typed as a date and a time and sent
// as Slack has it.
const (
	fieldPrefix  = "v:"
	momentPrefix = "t:"
)

// moment is how a browser writes a date and a time; it is this machine's.
const moment = "2006-01-02T15:04"

// keyboards are the kinds of text inputs, and the keyboard a phone shows for them.
var keyboards = map[string]string{
	"plain_text_input": "text", "email_text_input": "email", "number_input": "decimal", "url_text_input": "url", "rich_text_input": "text",
}

// Typed reports whether the element is a text input.
func (p piece) Typed() bool { return keyboards[p.Element.Type] != "" }

// Keyboard is what a phone shows for a text input.
func (p piece) Keyboard() string { return keyboards[p.Element.Type] }

// Picker is the browser's input for a date or a time; empty for everything else.
func (p piece) Picker() string {
	return map[string]string{"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local"}[p.Element.Type]
}

// Initial is what an input or a picker holds at first.
func (p piece) Initial() string {
	switch e := p.Element; e.Type {
	case "datepicker":
		return e.InitialDate
	case "timepicker":
		return e.InitialTime
	case "datetimepicker":
		if e.InitialMoment == 0 {
			return ""
		}
		return time.Unix(e.InitialMoment, 0).Format(moment)
	default:
		return string(e.InitialValue)
	}
}

// Suggests reports whether the app is asked for options while one types.
func (p piece) Suggests() bool { return p.Element.Chooses() == "external" }

// SuggestWhen is what makes the page ask: typing, and the first look where the
// app wants to be asked before anything is typed.
func (p piece) SuggestWhen() string {
	when := "input changed delay:200ms"
	if least := p.Element.MinQuery; least != nil && *least == 0 {
		when += ", focus once"
	}
	return when
}

// SuggestURL is where those options are asked for.
func (p piece) SuggestURL() string {
	v := url.Values{"action_id": {p.Element.ActionID}, "block_id": {p.Block.ID}}
	for name, value := range map[string]string{"view_id": p.Spot.View, "channel": p.Spot.Channel, "ts": p.Spot.TS} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return p.Spot.Base + "/suggest?" + v.Encode()
}

// Rows is how many lines a select of several shows.
func (p piece) Rows() int {
	n := 0
	for _, g := range p.Offers() {
		n += len(g.Options)
	}
	return min(max(n, 3), 6)
}

// Offers is what a select holds. What an app suggests is not known yet; what it
// chose itself is.
func (p piece) Offers() []optionGroup {
	e := p.Element
	switch kind := e.Chooses(); kind {
	case "static":
		if len(e.Groups) > 0 {
			return e.Groups
		}
		return []optionGroup{{Options: e.Options}}
	case "external":
		chosen := e.InitialOptions
		if e.InitialOption != nil {
			chosen = append(chosen, *e.InitialOption)
		}
		return []optionGroup{{Options: chosen}}
	case "users", "channels", "conversations":
		var include []string
		if e.Filter != nil {
			include = e.Filter.Include
		}
		return p.Spot.offers(kind, include)
	}
	return nil
}

// fields reads what a form holds into {block_id: {action_id: values}}, without
// the empty ones that only say that a field is there.
func fields(form url.Values) map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for name, values := range form {
		rest, ok := strings.CutPrefix(name, fieldPrefix)
		at, isMoment := strings.CutPrefix(name, momentPrefix)
		if isMoment {
			rest = at
		}
		escaped, action, _ := strings.Cut(rest, ":")
		block, err := url.QueryUnescape(escaped)
		if !ok && !isMoment || err != nil {
			continue // no field of this page's
		}
		kept := []string{}
		for _, v := range values {
			if when, err := time.ParseInLocation(moment, v, time.Local); isMoment && err == nil {
				v = strconv.FormatInt(when.Unix(), 10)
			}
			if v != "" {
				kept = append(kept, v)
			}
		}
		if out[block] == nil {
			out[block] = map[string][]string{}
		}
		out[block][action] = kept
	}
	return out
}

// given is a field's value as /sim/act takes it: nothing, one, or several.
func given(values []string) any {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	}
	return values
}
