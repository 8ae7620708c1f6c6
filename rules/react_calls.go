package rules

import "usher/rules/action"

// stepCalls are the methods that a step spends, at their tiers.
var stepCalls = map[Verb][]Calls{
	VerbJoin:        {{Method: "conversations.join", PerMinute: 50}},
	VerbTopic:       {{Method: "conversations.info", PerMinute: 50}, {Method: "conversations.setTopic", PerMinute: 20}},
	VerbPurpose:     {{Method: "conversations.info", PerMinute: 50}, {Method: "conversations.setPurpose", PerMinute: 20}},
	VerbInvite:      {{Method: "conversations.invite", PerMinute: 50}},
	VerbPost:        {{Method: "chat.postMessage", PerMinute: 200}},
	VerbPin:         {{Method: "pins.list", PerMinute: 20}, {Method: "chat.postMessage", PerMinute: 200}},
	VerbBookmark:    {{Method: "bookmarks.list", PerMinute: 50}, {Method: "bookmarks.add", PerMinute: 20}},
	VerbAnnounce:    {{Method: "chat.postMessage", PerMinute: 60}}, // one channel takes about one a second
	VerbTellCreator: {{Method: "chat.postMessage", PerMinute: 200}},
	VerbRename:      {{Method: "chat.postMessage", PerMinute: 200}},
}

// callsOf are the calls that an action makes when nothing is in its way.
func callsOf(a action.Action) []Calls {
	if s, ok := a.(action.Step); ok {
		if s.Pins {
			return []Calls{{Method: "pins.add", PerMinute: 20}}
		}
		return stepCalls[Verb(s.Verb)]
	}
	if _, ok := a.(action.KeepUsergroup); ok {
		return []Calls{{Method: "usergroups.users.list", PerMinute: 20}, {Method: "usergroups.users.update", PerMinute: 20}, {Method: "usergroups.users.list", PerMinute: 20}}
	}
	if m, ok := methods[a.Kind()]; ok {
		return []Calls{m}
	}
	return nil
}

// ForecastOf is what some actions cost at Slack's limits.
func ForecastOf(actions []action.Action) Forecast { return forecast(actions) }
