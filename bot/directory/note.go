package directory

import (
	"slices"
	"time"

	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

// Note tells the mirror what was decided at a time: whoever belongs, or is
// nobody's business, is settled and has no grace; whoever was warned, or is within
// a grace, has one from now on, unless it runs already. Dry runs start nothing, and
// whoever came in under a rule that takes out nobody is no newcomer any more.
func (d *Directory) Note(team workspace.TeamID, decisions []rules.Decision, at time.Time) {
	if len(decisions) == 0 {
		return
	}
	d.mirror(team).change(func(e *edit) {
		for _, decision := range decisions {
			e.note(decision, at)
		}
	})
}

// Belong tells the mirror at once who was found to belong, so that what is handled
// right after it, in the same transaction, is decided by that. It is the part of
// Note that may be known before it is committed: found out twice it is the same.
func (d *Directory) Belong(team workspace.TeamID, decisions []rules.Decision) {
	if !slices.ContainsFunc(decisions, func(d rules.Decision) bool { return d.Remember() == rules.Settle }) {
		return
	}
	d.mirror(team).change(func(e *edit) {
		for _, decision := range decisions {
			if decision.Remember() == rules.Settle && e.in(decision.Channel, decision.User) {
				e.settle(decision.Channel, decision.User)
			}
		}
	})
}

func (e *edit) note(d rules.Decision, at time.Time) {
	if !e.in(d.Channel, d.User) {
		return
	}
	switch d.Remember() {
	case rules.Settle, rules.Tolerate:
		e.endGrace(d.Channel, d.User)
		e.settle(d.Channel, d.User)
	case rules.StartGrace:
		if d.Until.IsZero() { // the rule only warns
			e.settle(d.Channel, d.User)
		}
		if _, runs := e.Snapshot().Grace(d.Channel, d.User); runs {
			return
		}
		e.StartGrace(d.Channel, d.User, at)
		e.m.graces[membership{d.Channel, d.User}] = at
	case rules.Forget:
	}
}

func (e *edit) settle(c workspace.ChannelID, u workspace.UserID) {
	s := e.Snapshot()
	if user, _ := s.User(u); s.Members(c).Newcomers.Has(user) {
		e.Settle(c, u)
		e.touch(kindMove, moveID(c, u))
	}
}

// Grant adds an exception that was committed.
func (d *Directory) Grant(team workspace.TeamID, grants ...workspace.Grant) {
	d.mirror(team).change(func(e *edit) {
		for _, g := range grants {
			e.PutGrant(g)
		}
	})
}

// StartGraces adds graces that were committed; the zero time ends one.
func (d *Directory) StartGraces(team workspace.TeamID, graces ...store.Grace) {
	d.mirror(team).change(func(e *edit) {
		for _, g := range graces {
			if g.Since.IsZero() {
				e.EndGrace(g.Channel, g.User)
			} else {
				e.StartGrace(g.Channel, g.User, g.Since)
			}
		}
	})
}
