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
)

func notDue(code Code) (bool, Decision) {
	return false, Decision{Reasons: []Reason{{Code: code}}}
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
	case p.cannot(w, s, c) != "" && s.Verb != VerbJoin:
		return notDue(CodeCannotManage)
	}
	return true, Decision{}
}

// stillArchive is whether a channel is still to be archived, or to be warned of it.
func (p *Policy) stillArchive(w *workspace.Snapshot, a action.Archive) (bool, Decision) {
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
	return true, Decision{}
}

// readyArchive says what the policy asks for now.
func (p *Policy) readyArchive(at time.Time, a action.Archive) action.Archive {
	if _, s := p.step(a.Reaction, a.Number, VerbArchive); s != nil {
		a.Active = s.UnlessActive
		if a.Warn {
			a.End = at.Add(s.Warn)
		}
	}
	return a
}
