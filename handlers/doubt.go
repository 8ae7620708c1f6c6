package handlers

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules"
	"usher/rules/action"
)

// afterReading are the reasons of a plan that follows a reading of the whole
// workspace: what is not known well enough by then could not be read.
var afterReading = []string{"start", "schedule", "gap"}

// doubt tells the administrators, once for as long as it lasts, what keeps
// enforced rules from being followed.
func (r Request) doubt(out *Outcome, doubts []rules.Doubt, why string) {
	out.Doubts = map[string]bool{}
	before := r.memory().Doubted()
	unread := 0
	for _, d := range doubts {
		key, reading := doubtKey(d)
		since, known := before[key]
		if reading && !known && r.dueToRead(d) {
			continue
		}
		if reading {
			unread++
		}
		if key == "" || r.comes(d) || out.Doubts[key] || reading && !known && !slices.Contains(afterReading, why) {
			continue
		}
		out.Doubts[key] = true
		if !known {
			since = r.At
		}
		if key != doubtUnread {
			r.tellDoubt(out, key, since.Unix(), d)
		}
	}
	if since, known := before[doubtUnread]; out.Doubts[doubtUnread] {
		if !known {
			since = r.At
		}
		r.operators(out, fmt.Sprintf("doubt:%s:%d", doubtUnread, since.Unix()), action.Tell{
			Detail: fmt.Sprintf("I could not read all that I have to know (%d of my lists; the log says why). I try again every minute; until then nobody is let in or removed because of what is missing.", unread),
		})
	}
}

// comes reports whether what is not known is a user group that the policy is about
// to make.
func (r Request) comes(d rules.Doubt) bool {
	handle, is := strings.CutPrefix(d.Reason.Source, "usergroup ")
	return is && d.Reason.Detail == "unresolved" && r.Policy.Makes(handle)
}

// dueToRead reports whether what is not known is about to be read: Usher came into a
// channel a moment ago, or somebody's change has to be looked up.
func (r Request) dueToRead(d rules.Doubt) bool {
	a, ok := d.Reads()
	return ok && r.memory().Awaited(a)
}

// doubtUnread is everything that reading should have made known.
const doubtUnread = "unread"

func (r Request) tellDoubt(out *Outcome, key string, since int64, d rules.Doubt) {
	const meanwhile = "nobody is let in or removed because of it."
	text := d.Reason.Words(r.Workspace, "")
	if !strings.HasSuffix(text, meanwhile) {
		text += " Until that is mended " + meanwhile
	}
	if d.Reason.Source != "" {
		text = "The source “" + d.Reason.Source + "” of the rule “" + d.Reason.Cluster + "”: " + text
	}
	r.operators(out, fmt.Sprintf("doubt:%s:%d", key, since), action.Tell{
		Cluster: d.Reason.Cluster, Detail: text,
	})
}

// doubtKey names what is not known; empty where administrators hear of it in
// another way. reading: it should have been read.
func doubtKey(d rules.Doubt) (key string, reading bool) {
	r := d.Reason
	switch r.Code {
	case rules.CodeSourceUnknown, rules.CodeExceptUnknown:
		switch r.Detail {
		case "incomplete":
			return doubtUnread, true
		case "empty", "shrunk": // a brake says so
			return "", false
		}
		return "source:" + r.Source + ":" + r.Detail, false
	case rules.CodeUsersUnknown, rules.CodeRosterUnknown, rules.CodeUserUnknown:
		return doubtUnread, true
	case rules.CodeRuleAside:
		return "aside:" + r.Cluster, false
	}
	return "", false
}
