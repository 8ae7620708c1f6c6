package rules

import (
	"fmt"
	"slices"
)

// Dangers of reactions.
const (
	DangerUnjoined Danger = "unjoined" // a step that Slack refuses because Usher is not in the channel
	DangerInUse    Danger = "in_use"   // channels that people still use are archived
	DangerTooLate  Danger = "too_late" // a step inside a channel that is archived by then
)

// needsIn reports whether Slack lets only members of a channel do what a step does.
func (v Verb) needsIn() bool { return v.inside() && v != VerbJoin }

// reactions finds steps that cannot do what they are there for.
func (l *linter) reactions() {
	for i := range l.p.reactions {
		if r := &l.p.reactions[i]; r.Mode != ModeOff {
			l.unjoined(r)
			l.nobody(r)
			l.archives(r)
		}
	}
}

// only reports whether a reaction answers nothing but some changes.
func (r *Reaction) only(changes ...ChannelChange) bool {
	return !slices.ContainsFunc(r.On, func(on ChannelChange) bool { return !slices.Contains(changes, on) })
}

// unjoined finds steps inside a new public channel that Usher was never told to
// come into.
func (l *linter) unjoined(r *Reaction) {
	if r.only(ChannelArchived) {
		return
	}
	for j := range r.Steps {
		verb := r.Steps[j].Verb
		if verb == VerbJoin {
			return
		}
		if verb.needsIn() {
			l.add(r.at, DangerUnjoined, "reaction "+r.Name,
				fmt.Sprintf("%s comes before join: in a public channel that somebody else created, Slack refuses it", verb), "begin with the step join")
			return
		}
	}
}

// nobody finds an actor where Slack names none.
func (l *linter) nobody(r *Reaction) {
	if !r.only(ChannelRenamed, ChannelConverted) {
		return
	}
	for j := range r.Steps {
		s := &r.Steps[j]
		what := ""
		if slices.ContainsFunc(slices.Concat(s.Text.parts, s.Link.parts), func(p templatePart) bool { return p.field == "Actor" }) {
			what = "reads “somebody”"
		}
		if slices.ContainsFunc(s.invite, func(from source) bool {
			return slices.ContainsFunc(from.people, func(who person) bool { return who.name == actorField })
		}) {
			what = "invites nobody"
		}
		if what != "" {
			l.add(r.at, DangerTemplate, "reaction "+r.Name,
				fmt.Sprintf("%s in %s %s: Slack does not say who renames or converts a channel", actorField, s.Verb, what), "use "+creatorField+", or leave it out")
		}
	}
}

// archives finds steps about archiving that do more, or less, than they may be
// meant to.
func (l *linter) archives(r *Reaction) {
	before := false
	for j := range r.Steps {
		s := &r.Steps[j]
		if s.Verb.inside() && r.only(ChannelArchived) {
			l.add(r.at, DangerTooLate, "reaction "+r.Name, fmt.Sprintf("%s is never done: nothing can be changed in a channel that is archived", s.Verb), "use announce or tell_creator")
			continue
		}
		if s.Verb != VerbArchive {
			continue
		}
		if before {
			l.add(r.at, DangerShadowed, "reaction "+r.Name, "of two steps archive only the last counts", "leave one of them out")
		}
		if before = true; !s.UnlessActive {
			l.add(r.at, DangerInUse, "reaction "+r.Name, "archive looks only at the clock, so channels that people still use are archived too", "add unless_active: true")
		}
	}
}
