package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"usher/rules/action"
	"usher/rules/workspace"
)

// RecordReaction is what a reaction made of something that happened.
const RecordReaction RecordKind = "reaction"

// NoteTouched is, by reaction, which channels it touched lately, as JSON.
const NoteTouched NoteKind = "touched"

// Posted is the timestamp of the message that the first half of a step posted,
// stored with it by the same event; empty where it was not posted, or where
// that is not known.
func (s *Store) Posted(ctx context.Context, team workspace.TeamID, step action.Step) (string, error) {
	type ended struct{ body, value string }
	rows, err := all(ctx, s.reads, func(rows *sql.Rows) (e ended, err error) {
		err = rows.Scan(&e.body, &e.value)
		return e, err
	}, "SELECT body, value FROM actions WHERE team = $1 AND event = $2 AND key = $3 AND kind = $4 AND settled > 0",
		team, step.Event, step.Key(), action.KindStep)
	if err != nil {
		return "", s.fault("look for a step's message", err)
	}
	step.Pins = false
	for _, row := range rows {
		a, err := action.Decode(action.KindStep, []byte(row.body))
		if other, ok := a.(action.Step); err != nil || !ok || other.Once() != step.Once() || row.value == "" {
			continue
		}
		var value map[string]string
		if err := json.Unmarshal([]byte(row.value), &value); err != nil {
			return "", fmt.Errorf("read what a step posted: %w", err)
		}
		return value["ts"], nil
	}
	return "", nil
}
