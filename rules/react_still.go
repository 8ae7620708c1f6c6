package rules

import (
	"slices"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Why a step that was stored is no longer due.
const (
	CodeReactionGone Code = "reaction_gone" // the reaction, or this step of it, is not in the policy any more
	CodeNotMatching  Code = "not_matching"  // the channel is not called so any more
	CodeRenamedSince Code = "renamed_since" // it has another name that the reaction answers by itself
	CodeNotYet       Code = "not_yet"       // the policy asks for a longer silence, or for a warning, by now
	CodeImpossible   Code = "impossible"    // it cannot be done; Detail is why, in plain text
)

func notDue(code Code) (bool, Decision) {
	return false, Decision{Reasons: []Reason{{Code: code}}}
}

// undue are the codes in a sentence each.
var undue = map[Code]string{
	CodeReactionGone:   "The reaction, or this step of it, is not in the policy any more.",
	CodeNotMatching:    "The reaction is not about a channel of this name.",
	CodeRenamedSince:   "The channel has been renamed since, and the reaction answers that by itself.",
	CodeNotYet:         "The policy asks for a longer silence, or for a warning, by now.",
	CodeArchived:       "The channel is archived.",
	CodeGeneral:        "It is the workspace's general channel.",
	CodeInside:         "Usher is in the channel already.",
	CodeChannelUnknown: "The channel is gone, or Usher cannot see it.",
}

// Undue is why Still found what a reaction does not to be due, in a sentence;
// empty where it has none.
func Undue(d Decision) string {
	if len(d.Reasons) == 0 || d.Channel != "" {
		return ""
	}
	last := d.Reasons[len(d.Reasons)-1]
	if last.Code == CodeImpossible {
		return last.Detail
	}
	return undue[last.Code]
}

// stillStep judges a step by what its channel is called now. Where the reaction
// also waits for renaming, whatever is due under the new name is caused by that.
func (p *Policy) stillStep(w *workspace.Snapshot, a action.Step) (bool, Decision) {
	r, s := p.step(a.Reaction, a.Number, Verb(a.Verb))
	c, known := w.Channel(a.Channel)
	switch {
	case s == nil:
		return notDue(CodeReactionGone)
	case !known:
		return notDue(CodeChannelUnknown)
	case !r.claims.has(c):
		return notDue(CodeNotMatching)
	case c.Name != a.Name && a.Change != string(ChannelRun) && slices.Contains(r.On, ChannelRenamed):
		return notDue(CodeRenamedSince)
	case s.Verb.inside() && c.Archived:
		return notDue(CodeArchived)
	case s.Verb == VerbJoin && c.Private && c.BotIn: // Slack takes no such call for a private channel
		return notDue(CodeInside)
	case s.Verb == VerbJoin:
		return true, Decision{}
	}
	if why := p.cannot(w, r, s, c, a.Actor); why != "" && !a.Pins {
		return false, Decision{Reasons: []Reason{{Code: CodeImpossible, Detail: why}}}
	}
	return true, Decision{}
}

// stillArchive is whether a channel is still to be archived, or to be warned of it.
func (p *Policy) stillArchive(w *workspace.Snapshot, at time.Time, a action.Archive) (bool, Decision) {
	r, s := p.step(a.Reaction, a.Number, VerbArchive)
	c, known := w.Channel(a.Channel)
	switch {
	case s == nil:
		return notDue(CodeReactionGone)
	case !known:
		return notDue(CodeChannelUnknown)
	case c.Archived:
		return notDue(CodeArchived)
	case c.General:
		return notDue(CodeGeneral)
	case !r.claims.has(c):
		return notDue(CodeNotMatching)
	}
	if _, instead := p.Instead(a, at); instead {
		return notDue(CodeNotYet)
	}
	return true, Decision{}
}

// Instead is what takes the place of an Archive that is due at a time, where the
// policy has changed since it was stored: a longer silence is waited for, and
// nothing is archived without the warning that the policy wants by now. False:
// it is due.
func (p *Policy) Instead(a action.Archive, at time.Time) (action.Archive, bool) {
	_, s := p.step(a.Reaction, a.Number, VerbArchive)
	if s == nil {
		return action.Archive{}, false
	}
	next := s.fades(a.Channel, a.Reaction, a.Event, a.Number, a.Since)
	switch {
	case next.At.After(at):
		return next, true
	case next.Warn != a.Warn && !a.Warned:
		next.At = at
		return next, true
	}
	return action.Archive{}, false
}

// readyArchive says what the policy asks for now.
func (p *Policy) readyArchive(w *workspace.Snapshot, at time.Time, a action.Archive) action.Archive {
	if _, s := p.step(a.Reaction, a.Number, VerbArchive); s != nil {
		a.Active, a.Self = s.UnlessActive, w.Team().Bot
		if a.Warn {
			a.End = at.Add(s.Warn)
		}
	}
	return a
}
