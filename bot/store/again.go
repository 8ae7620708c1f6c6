package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"usher/rules/workspace"
)

// fresh is how many of some actions were not stored before.
func fresh(stored []storedAction) (n int) {
	for _, s := range stored {
		if !s.old {
			n++
		}
	}
	return n
}

// join has a waiting action that is asked for again belong to the run that asks
// for it, unless it belongs to another: only a run that somebody asked for, and
// waits for, takes it over.
func (t *tx) join(ctx context.Context, id ActionID, d Due) error {
	if d.Run == "" {
		return nil
	}
	return run(ctx, t, "UPDATE actions SET run = $3 WHERE team = $1 AND id = $2 AND (run = '' OR $4 = 1)", t.team, id, d.Run, number(d.Asked))
}

// TakenOut is how often somebody was removed from a channel since a time.
func (s *Store) TakenOut(ctx context.Context, team workspace.TeamID, seat workspace.Seat, since time.Time) (int, error) {
	rows, err := all(ctx, s.reads, func(rows *sql.Rows) (line string, err error) { err = rows.Scan(&line); return line, err },
		"SELECT line FROM audit WHERE team = $1 AND member = $2 AND channel = $3 AND kind = 'action' AND verdict = 'done' AND at >= $4",
		team, seat.User, seat.Channel, nanos(since))
	n := 0
	for _, line := range rows {
		if strings.HasPrefix(line, "remove ") {
			n++
		}
	}
	return n, s.fault("count removals", err)
}
