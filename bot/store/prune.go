package store

import (
	"context"
	"time"

	"usher/rules/workspace"
)

// Retention is for how long what is over is kept. Zero fields keep everything,
// except handled events, which HandledFor bounds.
type Retention struct {
	Actions time.Duration // actions since they came to an end, and runs of which none is left
	Replies time.Duration // answers, whose addresses are worth something for half an hour
	Audit   time.Duration // rows of the audit
	Told    time.Duration // notices told once
}

// Prune drops what is older than it has to be kept, and says how many rows. The
// audit is cut at its old end only, and remembers where, so that it still
// verifies.
func (s *Store) Prune(ctx context.Context, team workspace.TeamID, r Retention) (int64, error) {
	var total int64
	err := s.write(ctx, team, "drop what is over", func(ctx context.Context, t *tx) error {
		total = 0
		drop := func(query string, keep time.Duration) error {
			if keep <= 0 {
				return nil
			}
			n, err := exec(ctx, t, query, team, nanos(t.now.Add(-keep)))
			total += n
			return err
		}
		for _, d := range []struct {
			query string
			keep  time.Duration
		}{
			{"DELETE FROM handled WHERE team = $1 AND at < $2", HandledFor},
			{"DELETE FROM actions WHERE team = $1 AND settled > 0 AND settled < $2 AND echo = 0", r.Actions},
			{"DELETE FROM actions WHERE team = $1 AND settled > 0 AND settled < $2 AND echo = 0 AND kind = 'reply'", r.Replies},
			{"DELETE FROM runs WHERE team = $1 AND at < $2 AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.team = runs.team AND a.run = runs.id)", r.Actions},
			{"DELETE FROM told WHERE team = $1 AND at < $2", r.Told},
		} {
			if err := drop(d.query, d.keep); err != nil {
				return err
			}
		}
		if r.Audit <= 0 {
			return nil
		}
		n, err := t.cutAudit(ctx, t.now.Add(-r.Audit))
		total += n
		return err
	})
	return total, err
}

// cutAudit drops the rows before the first one that is young enough.
func (t *tx) cutAudit(ctx context.Context, before time.Time) (int64, error) {
	var seq int64
	var hash string
	found, err := one(ctx, t, `SELECT seq, hash FROM audit WHERE team = $1
		AND seq < COALESCE((SELECT MIN(seq) FROM audit WHERE team = $1 AND at >= $2), (SELECT last_seq + 1 FROM chains WHERE team = $1))
		ORDER BY seq DESC LIMIT 1`, args(t.team, nanos(before)), &seq, &hash)
	if err != nil || !found {
		return 0, err
	}
	if err := run(ctx, t, "UPDATE chains SET first_seq = $2, first_prev = $3 WHERE team = $1", t.team, seq+1, hash); err != nil {
		return 0, err
	}
	return exec(ctx, t, "DELETE FROM audit WHERE team = $1 AND seq <= $2", t.team, seq)
}
