package store

import (
	"context"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Commit is all that one event leaves behind.
type Commit struct {
	Closing   *Closing         // the handover it came from, which ends with it; nil: none
	Event     string           // remembered as handled; empty: nothing is
	Happened  time.Time        // by Slack's clock; zero: unknown
	CameIn    bool             // it says that somebody came into a channel
	Actor     workspace.UserID // who caused it, where that is known
	Decisions []rules.Decision
	Actions   []Due
	Mirror    []Part // what was learnt of the workspace
	Graces    []Grace
	Grants    []workspace.Grant
	Bindings  map[string]string // every pinned name of the workspace; nil: as they were
	Notes     []Note
	Records   []Record // further rows for the audit
	Run       *Run     // the plan run that the actions belong to
	Cancel    string   // the run whose waiting actions end here, not carried out
	Pause     *Pausing // stop every change, or let them go on
	Unhold    *Unholding
}

// Unholding lets the actions held under a word go out, or ends them.
type Unholding struct {
	Hold string
	Drop bool
}

// Pausing stops a workspace's changes or lets them go on.
type Pausing struct {
	On      bool
	By, Why string
}

// Due is an action to be stored.
type Due struct {
	Action action.Action
	At     time.Time // when it may start; the zero time and times gone by are now
	Run    string    // the plan run it belongs to, if any
	Asked  bool      // somebody asked for the run: an equal action that waits is its from now on
	Hold   string    // not empty: it waits until an Unholding of this word
}

// Grace is since when a member of a channel has been without eligibility. The
// zero time ends it.
type Grace struct {
	Channel workspace.ChannelID
	User    workspace.UserID
	Since   time.Time
}

// Receipt says what became of one Commit.
type Receipt struct {
	Before bool // its event had been handled before: nothing of it was stored
	Late   bool // nobody waits for its reply any more: what is to be done instead was stored
	Stored int  // actions that were stored; equal ones still waiting and notices told before are not
}

// Actions makes Dues of a handler's.
func Actions(dues []handlers.Due) []Due {
	out := make([]Due, len(dues))
	for i, d := range dues {
		out[i] = Due{Action: d.Action, At: d.At, Hold: d.Hold}
	}
	return out
}

// Commit stores everything of all commits in one transaction, in their order,
// or nothing. A commit whose event was handled before is passed over whole.
func (s *Store) Commit(ctx context.Context, team workspace.TeamID, commits ...Commit) ([]Receipt, error) {
	receipts := make([]Receipt, len(commits))
	err := s.write(ctx, team, "commit events", func(ctx context.Context, t *tx) error {
		for i, c := range commits {
			r, err := t.commitOne(ctx, c)
			if err == nil && c.Closing != nil {
				r, err = t.closing(ctx, c, r)
			}
			if err != nil {
				return err
			}
			receipts[i] = r
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return receipts, nil
}

func (t *tx) commitOne(ctx context.Context, c Commit) (Receipt, error) {
	c.Event = clean(c.Event)
	if c.Event != "" {
		n, err := exec(ctx, t, "INSERT INTO handled (team, event, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.team, c.Event, nanos(t.now))
		if err != nil || n == 0 {
			return Receipt{Before: n == 0}, err
		}
	}
	if err := t.order(ctx, c); err != nil {
		return Receipt{}, err
	}
	t.happened, t.cameIn = c.Happened, c.CameIn
	stored, err := t.enqueue(ctx, c.Event, c.Actions)
	if err != nil {
		return Receipt{}, err
	}
	for _, d := range c.Decisions {
		if err := t.recordDecision(ctx, c, d, stored); err != nil {
			return Receipt{}, err
		}
	}
	for _, r := range c.Records {
		if r.Event == "" {
			r.Event = c.Event
		}
		if err := t.append(ctx, r); err != nil {
			return Receipt{}, err
		}
	}
	return Receipt{Stored: fresh(stored)}, t.keep(ctx, c)
}

// order carries out what a commit says about other actions than its own, before
// those are stored.
func (t *tx) order(ctx context.Context, c Commit) error {
	if c.Cancel != "" {
		if err := t.cancel(ctx, c.Cancel, c.Event); err != nil {
			return err
		}
	}
	if u := c.Unhold; u != nil {
		if err := t.release(ctx, *u); err != nil {
			return err
		}
	}
	switch p := c.Pause; {
	case p == nil:
		return nil
	case p.On:
		_, err := t.pause(ctx, p.By, p.Why)
		return err
	}
	_, err := t.resume(ctx, c.Pause.By)
	return err
}

// keep stores the facts of a commit that are not actions.
func (t *tx) keep(ctx context.Context, c Commit) error {
	for _, p := range c.Mirror {
		if err := t.savePart(ctx, p); err != nil {
			return err
		}
	}
	for _, g := range c.Graces {
		if err := t.keepGrace(ctx, g); err != nil {
			return err
		}
	}
	for _, g := range c.Grants {
		if err := t.keepGrant(ctx, c, g); err != nil {
			return err
		}
	}
	for _, n := range c.Notes {
		if err := t.keepNote(ctx, n); err != nil {
			return err
		}
	}
	if c.Run != nil {
		if err := t.keepRun(ctx, *c.Run); err != nil {
			return err
		}
	}
	return t.keepBindings(ctx, c.Bindings)
}

// HandledFor is how long event ids are remembered: Slack sends an event again
// for a little more than five minutes, and a day leaves room for long outages.
const HandledFor = 24 * time.Hour

// Handled is the set of those ids that were handled before.
func (s *Store) Handled(ctx context.Context, team workspace.TeamID, ids ...string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, id := range ids {
		var n int
		found, err := one(ctx, s.reads, "SELECT 1 FROM handled WHERE team = $1 AND event = $2", args(team, clean(id)), &n)
		if err != nil {
			return nil, s.fault("look for handled events", err)
		}
		if found {
			known[id] = true
		}
	}
	return known, nil
}
