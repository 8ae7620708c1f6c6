package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"usher/rules/workspace"
)

// tx is one transaction about one workspace.
type tx struct {
	session
	team  workspace.TeamID
	now   time.Time
	chain *chain // the audit's end, once something was appended

	happened time.Time // when what is being committed happened, by Slack's clock
	cameIn   bool      // it says that somebody came into a channel
}

// write runs do in one transaction that no other of the same team runs beside.
// what says in words what it is for.
func (s *Store) write(ctx context.Context, team workspace.TeamID, what string, do func(context.Context, *tx) error) error {
	if s.leases == nil || team == "" {
		return s.unfenced(ctx, team, what, do)
	}
	return s.unfenced(ctx, team, what, func(ctx context.Context, t *tx) error {
		if err := s.leases.check(ctx, t); err != nil {
			return err
		}
		return do(ctx, t)
	})
}

// unfenced is write for whoever takes a workspace over.
func (s *Store) unfenced(ctx context.Context, team workspace.TeamID, what string, do func(context.Context, *tx) error) (err error) {
	defer func() { s.outage.note(s.now(), err) }()
	se, err := s.writes.begin(ctx, team)
	if err != nil {
		return s.fault(what, err)
	}
	t := &tx{session: se, team: team, now: s.now()}
	if err = do(ctx, t); err == nil {
		err = t.closeChain(ctx)
	}
	if err != nil {
		se.rollback()
		return s.fault(what, err)
	}
	return s.fault(what, se.commit())
}

func exec(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	r, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// run is exec for statements whose count does not matter.
func run(ctx context.Context, q querier, query string, args ...any) error {
	_, err := q.ExecContext(ctx, query, args...)
	return err
}

// one reads at most one row; false when there is none.
func one(ctx context.Context, q querier, query string, args []any, into ...any) (bool, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	found := rows.Next()
	if found {
		err = rows.Scan(into...)
	}
	return found, errors.Join(err, rows.Err(), rows.Close())
}

// all reads every row with scan.
func all[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func scalar[T any](rows *sql.Rows) (v T, err error) { err = rows.Scan(&v); return v, err }

func args(a ...any) []any { return a }

// nanos is a time as a column keeps it; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
