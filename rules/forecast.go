package rules

import (
	"slices"
	"strings"
	"time"

	"usher/rules/action"
)

// Forecast is what a plan costs at Slack's limits.
type Forecast struct {
	Calls []Calls       // by method
	Takes time.Duration // methods run beside each other, so it is the slowest one's
}

// Calls is how often one method is called, and how often Slack lets it be.
type Calls struct {
	Method    string
	Count     int
	PerMinute int
}

// Total is the number of calls.
func (f Forecast) Total() int {
	n := 0
	for _, c := range f.Calls {
		n += c.Count
	}
	return n
}

// The methods behind the actions of a plan, at their tiers; messages to
// different people are limited for the workspace as a whole.
var methods = map[action.Kind]Calls{
	action.KindRemove: {Method: "conversations.kick", PerMinute: 50},
	action.KindInvite: {Method: "conversations.invite", PerMinute: 50},
	action.KindJoin:   {Method: "conversations.join", PerMinute: 50},
	action.KindTell:   {Method: "chat.postMessage", PerMinute: 200},
}

func forecast(actions []action.Action) Forecast {
	counts := map[string]Calls{}
	for _, a := range actions {
		for _, m := range callsOf(a) {
			m.Count = counts[m.Method].Count + 1
			counts[m.Method] = m
		}
	}
	var f Forecast
	for _, c := range counts {
		f.Calls = append(f.Calls, c)
		f.Takes = max(f.Takes, time.Duration(c.Count)*time.Minute/time.Duration(c.PerMinute))
	}
	slices.SortFunc(f.Calls, func(a, b Calls) int { return strings.Compare(a.Method, b.Method) })
	return f
}
