package store

import (
	"context"
	"time"

	"usher/rules/action"
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

// TakenOut is how often it was decided to remove somebody from a channel as they
// came in, since a time.
func (s *Store) TakenOut(ctx context.Context, team workspace.TeamID, seat workspace.Seat, since time.Time) (n int, err error) {
	_, err = one(ctx, s.reads, `SELECT COUNT(*) FROM audit WHERE team = $1 AND member = $2 AND channel = $3 AND kind = 'decision'
		AND verdict = 'remove' AND at >= $4 AND body LIKE '%"cause":"joined"%' AND body NOT LIKE '%"dry_run":true%'`,
		args(team, seat.User, seat.Channel, nanos(since)), &n)
	return n, s.fault("count removals", err)
}

// Awaited reports whether an action like a waits, or is being carried out for the
// first time: it was not tried without success yet.
func (s *Store) Awaited(ctx context.Context, team workspace.TeamID, a action.Action) (bool, error) {
	var n int
	waits, err := one(ctx, s.reads, "SELECT 1 FROM actions WHERE team = $1 AND key = $2 AND kind = $3 AND settled = 0 AND attempts = 0 LIMIT 1",
		args(team, a.Key(), a.Kind()), &n)
	return waits, s.fault("look for a waiting action", err)
}
