package store

import (
	"context"
	"database/sql"
	"time"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// RunState is how far a plan run has come.
type RunState string

// The states of runs.
const (
	RunApplied   RunState = "applied"   // its actions were stored to be carried out
	RunHeld      RunState = "held"      // a brake holds some of them
	RunReleased  RunState = "released"  // somebody let them go out
	RunDiscarded RunState = "discarded" // somebody decided against them
	RunRefused   RunState = "refused"   // it was not what somebody wanted carried out any more
)

// Run is one comparison of a workspace with its policy that led to something.
// Its actions carry its id.
type Run struct {
	ID    string
	At    time.Time
	State RunState
	Hash  string // the plan's
	Body  []byte // what the planner wants to remember; JSON
}

// KeepRun stores a run, replacing the one with its id.
func (s *Store) KeepRun(ctx context.Context, team workspace.TeamID, r Run) error {
	return s.write(ctx, team, "keep a plan run", func(ctx context.Context, t *tx) error { return t.keepRun(ctx, r) })
}

func (t *tx) keepRun(ctx context.Context, r Run) error {
	return run(ctx, t, `INSERT INTO runs (team, id, at, state, hash, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (team, id) DO UPDATE SET state = excluded.state, hash = excluded.hash, body = excluded.body`,
		t.team, r.ID, nanos(r.At), r.State, r.Hash, clean(string(r.Body)))
}

// cancel ends the actions of a run that wait; what is being carried out at this
// moment ends by itself.
func (t *tx) cancel(ctx context.Context, id, event string) error {
	n, err := exec(ctx, t, `UPDATE actions SET settled = $3, class = $4 WHERE team = $1 AND run = $2 AND run <> '' AND settled = 0
		AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.team = actions.team AND h.key = actions.key AND h.action = actions.id AND h.owner <> '')`,
		t.team, id, nanos(t.now), Discarded)
	if err != nil || n == 0 {
		return err
	}
	if err := t.rebuildHeads(ctx); err != nil {
		return err
	}
	return t.append(ctx, Record{Kind: RecordDiscard, Event: event, Line: "discard what waits of run " + id, Body: map[string]any{"run": id, "actions": n}})
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var at int64
	var body string
	err = rows.Scan(&r.ID, &at, &r.State, &r.Hash, &body)
	r.At, r.Body = fromNanos(at), []byte(body)
	return r, err
}

// Run is one run; false when there is none of this id.
func (s *Store) Run(ctx context.Context, team workspace.TeamID, id string) (Run, bool, error) {
	runs, err := all(ctx, s.reads, scanRun, "SELECT id, at, state, hash, body FROM runs WHERE team = $1 AND id = $2", team, id)
	if err != nil || len(runs) == 0 {
		return Run{}, false, s.fault("look for a plan run", err)
	}
	return runs[0], true, nil
}

// Failed reports whether an action that ended so did not come about.
func Failed(c handlers.Class) bool {
	return c == handlers.Never || c == handlers.Blocked || c == GaveUp
}

// Tally is how many actions of one kind a run has that ended in one way.
type Tally struct {
	Kind  action.Kind
	Class handlers.Class // empty: not ended
	Hold  string         // why those wait for a person
	N     int
}

// Tally counts the actions of a run.
func (s *Store) Tally(ctx context.Context, team workspace.TeamID, id string) ([]Tally, error) {
	counts, err := all(ctx, s.reads, func(rows *sql.Rows) (c Tally, err error) {
		err = rows.Scan(&c.Kind, &c.Class, &c.Hold, &c.N)
		return c, err
	}, `SELECT kind, class, CASE WHEN settled > 0 THEN '' ELSE hold END, COUNT(*) FROM actions
		WHERE team = $1 AND run = $2 AND run <> '' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, team, id)
	return counts, s.fault("count the actions of a run", err)
}

// Runs are a workspace's last runs, newest first.
func (s *Store) Runs(ctx context.Context, team workspace.TeamID, limit int) ([]Run, error) {
	runs, err := all(ctx, s.reads, scanRun, "SELECT id, at, state, hash, body FROM runs WHERE team = $1 ORDER BY at DESC, id DESC LIMIT $2", team, limit)
	return runs, s.fault("list plan runs", err)
}
