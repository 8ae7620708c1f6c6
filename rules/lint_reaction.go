package rules

import "fmt"

// DangerUnjoined is a step that Slack refuses because Usher is not in the channel.
const DangerUnjoined Danger = "unjoined"

// needsIn reports whether Slack lets only members of a channel do what a step does.
func (v Verb) needsIn() bool { return v.inside() && v != VerbJoin }

// reactions finds steps inside a new public channel that Usher was never told
// to come into.
func (l *linter) reactions() {
	for i := range l.p.reactions {
		r := &l.p.reactions[i]
		for j := range r.Steps {
			verb := r.Steps[j].Verb
			if r.Mode == ModeOff || verb == VerbJoin {
				break
			}
			if verb.needsIn() {
				l.add(r.at, DangerUnjoined, "reaction "+r.Name,
					fmt.Sprintf("%s comes before join: in a public channel that somebody else created, Slack refuses it", verb), "begin with the step join")
				break
			}
		}
	}
}
