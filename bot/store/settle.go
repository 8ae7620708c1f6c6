package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Classes of results that only the store and the queue give.
const (
	GaveUp     handlers.Class = "gave_up"    // tried too often; a person may have it tried again
	Superseded handlers.Class = "superseded" // a newer one of its kind and key took its place
	Discarded  handlers.Class = "discarded"  // a person decided against it
	Again      handlers.Class = "again"      // in a history: to be tried later
	Rescued    handlers.Class = "rescued"    // in a history: its claimer vanished
)

// ErrLost says that a claim had run out and somebody else carries the action
// out, or has.
var ErrLost = errors.New("the claim on this action has run out")

// Try is one line of an action's history.
type Try struct {
	At       time.Time      `json:"at"`
	Class    handlers.Class `json:"class"`
	Code     string         `json:"code,omitempty"`
	Sentence string         `json:"sentence,omitempty"`
}

// tries is how many lines a history keeps.
const tries = 12

// Settlement is the end of a claimed action and what follows from it.
type Settlement struct {
	Claim     Claim
	Result    handlers.Result
	Follow    []Due            // stored in the same transaction
	Decisions []rules.Decision // made when the rules were asked again; recorded in the same transaction
	Echo      bool             // to be listed by Echoes until Heard
	Stuck     action.Key       // Blocked: what stays blocked; empty: the action's own key
}

// Settle stores how a claimed action ended, in one transaction with what
// follows from it, and lets the next of its key come forward.
func (s *Store) Settle(ctx context.Context, st Settlement) error {
	return s.write(ctx, st.Claim.Team, "settle an action", func(ctx context.Context, t *tx) error {
		if err := t.letGo(ctx, st.Claim, t.now); err != nil {
			return err
		}
		if err := t.end(ctx, st.Claim.Action.Key(), st); err != nil {
			return err
		}
		stored, err := t.enqueue(ctx, st.Claim.Event, st.Follow)
		if err != nil {
			return err
		}
		for _, d := range st.Decisions {
			if err := t.recordDecision(ctx, Commit{Event: st.Claim.Event}, d, stored); err != nil {
				return err
			}
		}
		return nil
	})
}

// letGo gives a claim up; ErrLost where it is not the claimer's any more.
func (t *tx) letGo(ctx context.Context, c Claim, due time.Time) error {
	n, err := exec(ctx, t, "UPDATE heads SET owner = '', due = $5 WHERE team = $1 AND key = $2 AND action = $3 AND owner = $4",
		t.team, c.Action.Key(), c.ID, c.owner, nanos(due))
	if err == nil && n == 0 {
		return ErrLost
	}
	return err
}

func (t *tx) end(ctx context.Context, key action.Key, st Settlement) error {
	c, r, value := st.Claim, st.Result, ""
	if len(r.Value) > 0 {
		b, err := json.Marshal(r.Value)
		if err != nil {
			return err
		}
		value = string(b)
	}
	r.Code, r.Sentence = clean(r.Code), clean(r.Sentence)
	err := run(ctx, t, `UPDATE actions SET settled = $3, class = $4, code = $5, sentence = $6, value = $7, echo = $8 WHERE team = $1 AND id = $2`,
		t.team, c.ID, nanos(t.now), r.Class, r.Code, r.Sentence, clean(value), number(st.Echo))
	if err != nil {
		return err
	}
	if err := run(ctx, t, "UPDATE heads SET owner = '' WHERE team = $1 AND key = $2 AND action = $3", t.team, key, c.ID); err != nil {
		return err
	}
	if err := t.refreshHead(ctx, key); err != nil {
		return err
	}
	if c.Action == nil {
		return nil
	}
	if err := t.noteTrouble(ctx, st); err != nil {
		return err
	}
	return t.recordAction(ctx, c, r)
}

// Postponement is a claimed action that did not come to an end.
type Postponement struct {
	Claim   Claim
	Until   time.Time // the zero time is now
	Attempt bool      // it was tried; false: it only waited (a limit, a shutdown)
	Why     Try       // its At is filled in; the zero Try leaves no line in the history
}

// Postpone gives a claim back, to be claimed again when its time has come. It
// stays the head of its key, unless its workspace was paused meanwhile: then it
// is held.
func (s *Store) Postpone(ctx context.Context, p Postponement) error {
	c := p.Claim
	return s.write(ctx, c.Team, "postpone an action", func(ctx context.Context, t *tx) error {
		until := p.Until
		if until.Before(t.now) {
			until = t.now
		}
		if err := t.letGo(ctx, c, until); err != nil {
			return err
		}
		if err := run(ctx, t, "UPDATE actions SET due = $3, attempts = $4 WHERE team = $1 AND id = $2", c.Team, c.ID, nanos(until), c.Attempts+number(p.Attempt)); err != nil {
			return err
		}
		if p.Why.Class != "" {
			p.Why.At = t.now
			if err := t.remember(ctx, c.ID, p.Why, false); err != nil {
				return err
			}
		}
		if !Changes(c.Action) {
			return nil
		}
		hold, err := t.pauseHold(ctx)
		if err != nil || hold == "" {
			return err
		}
		if err := run(ctx, t, "UPDATE actions SET hold = $3 WHERE team = $1 AND id = $2", c.Team, c.ID, hold); err != nil {
			return err
		}
		return t.refreshHead(ctx, c.Action.Key())
	})
}

// remember adds a line to an action's history, and an attempt where count.
func (t *tx) remember(ctx context.Context, id ActionID, line Try, count bool) error {
	var kept string
	if _, err := one(ctx, t, "SELECT history FROM actions WHERE team = $1 AND id = $2", args(t.team, id), &kept); err != nil {
		return err
	}
	lines := history(kept)
	lines = append(lines, line)
	if len(lines) > tries {
		lines = lines[len(lines)-tries:]
	}
	b, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	return run(ctx, t, "UPDATE actions SET history = $3, attempts = attempts + $4 WHERE team = $1 AND id = $2", t.team, id, clean(string(b)), number(count))
}

// history reads what remember wrote; what it cannot read it starts anew.
func history(kept string) []Try {
	var lines []Try
	if json.Unmarshal([]byte(kept), &lines) != nil {
		return nil
	}
	return lines
}

// Heard says that the lane has committed what follows from an action's end.
func (s *Store) Heard(ctx context.Context, team workspace.TeamID, id ActionID) error {
	return s.write(ctx, team, "close a settled action", func(ctx context.Context, t *tx) error {
		return run(ctx, t, "UPDATE actions SET echo = 0 WHERE team = $1 AND id = $2", team, id)
	})
}
