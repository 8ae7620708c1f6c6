package store

import (
	"context"
	"database/sql"

	"usher/rules/action"
)

// merge takes what waits of the same kind, key and hold into a, the oldest
// first, and ends it; what is being carried out stays. The result has the place
// of the oldest.
func (t *tx) merge(ctx context.Context, a action.Merger, n *newAction) error {
	waiting, err := all(ctx, t, func(rows *sql.Rows) (w struct {
		id   ActionID
		body string
		at   int64
	}, err error) {
		err = rows.Scan(&w.id, &w.body, &w.at)
		return w, err
	}, `SELECT id, body, at FROM actions WHERE team = $1 AND key = $2 AND kind = $3 AND hold = $4 AND settled = 0
		AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.team = actions.team AND h.key = actions.key AND h.action = actions.id AND h.owner <> '')
		ORDER BY id DESC`, t.team, a.Key(), a.Kind(), n.hold)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		older, err := action.Decode(a.Kind(), []byte(w.body))
		if err != nil {
			continue // it ends as unreadable when its turn comes
		}
		both, ok := a.After(older)
		if !ok {
			continue
		}
		next, isMerger := both.(action.Merger)
		if !isMerger {
			continue
		}
		body, err := action.Encode(next)
		if err != nil {
			return err
		}
		if err := run(ctx, t, "UPDATE actions SET settled = $3, class = $4 WHERE team = $1 AND id = $2", t.team, w.id, nanos(t.now), Superseded); err != nil {
			return err
		}
		a, n.body, n.same = next, string(body), sameness(next, body)
		if w.at < n.at {
			n.at, n.due = w.at, w.at
		}
	}
	return nil
}
