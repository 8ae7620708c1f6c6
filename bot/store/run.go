package store

import (
	"context"
	"database/sql"
	"time"

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
	return s.write(ctx, team, "keep a plan run", func(ctx context.Context, t *tx) error {
		return run(ctx, t, `INSERT INTO runs (team, id, at, state, hash, body) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (team, id) DO UPDATE SET state = excluded.state, hash = excluded.hash, body = excluded.body`,
			team, r.ID, nanos(r.At), r.State, r.Hash, clean(string(r.Body)))
	})
}

// Runs are a workspace's last runs, newest first.
func (s *Store) Runs(ctx context.Context, team workspace.TeamID, limit int) ([]Run, error) {
	runs, err := all(ctx, s.reads, func(rows *sql.Rows) (r Run, err error) {
		var at int64
		var body string
		err = rows.Scan(&r.ID, &at, &r.State, &r.Hash, &body)
		r.At, r.Body = fromNanos(at), []byte(body)
		return r, err
	}, "SELECT id, at, state, hash, body FROM runs WHERE team = $1 ORDER BY at DESC, id DESC LIMIT $2", team, limit)
	return runs, s.fault("list plan runs", err)
}
