package dispatch

import (
	"encoding/json"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
)

// rechecks ask the rules again at the moment a grace is over, which nothing else
// would do before the next comparison of the whole workspace. A grace that runs
// has its question already, unless that came too early, or a policy may have
// given it another length.
func rechecks(r handlers.Request, e *entry, decisions []rules.Decision) []store.Due {
	var all []store.Due
	again := asksAgain(e)
	for _, d := range decisions {
		if d.Verdict != rules.Warn || d.DryRun || !d.Until.After(r.At) {
			continue
		}
		if _, runs := r.Workspace.Grace(d.Channel, d.User); !runs || again {
			all = append(all, store.Due{Action: action.Recheck{Channel: d.Channel, User: d.User}, At: d.Until})
		}
	}
	return all
}

// asksAgain reports whether graces that run have to be given their question
// again: it was just asked, or the policy may be another than when it was stored.
func asksAgain(e *entry) bool {
	switch e.kind {
	case "due:recheck":
		return true
	case "due:replan":
		var a action.Replan
		return json.Unmarshal(e.body, &a) == nil && (a.Why == "policy" || a.Why == "start")
	}
	return false
}
