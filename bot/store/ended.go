package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Stored is an action as it is kept, for looking.
type Stored struct {
	ID       ActionID
	Action   action.Action // nil where this version cannot read it
	Kind     action.Kind
	Key      action.Key
	Event    string
	Run      string
	At, Due  time.Time
	Attempts int
	Hold     string
	Running  bool
	Settled  time.Time // zero: not yet
	Result   handlers.Result
	History  []Try
}

const storedColumns = `a.id, a.kind, a.key, a.body, a.event, a.run, a.at, a.due, a.attempts, a.hold,
	CASE WHEN EXISTS (SELECT 1 FROM heads h WHERE h.team = a.team AND h.key = a.key AND h.action = a.id AND h.owner <> '') THEN 1 ELSE 0 END,
	a.settled, a.class, a.code, a.sentence, a.value, a.history`

func scanStored(rows *sql.Rows) (Stored, error) {
	var s Stored
	var body, value, lines string
	var at, due, settled int64
	var running int
	err := rows.Scan(&s.ID, &s.Kind, &s.Key, &body, &s.Event, &s.Run, &at, &due, &s.Attempts, &s.Hold, &running,
		&settled, &s.Result.Class, &s.Result.Code, &s.Result.Sentence, &value, &lines)
	if err != nil {
		return s, err
	}
	s.At, s.Due, s.Settled, s.Running, s.History = fromNanos(at), fromNanos(due), fromNanos(settled), running == 1, history(lines)
	if value != "" {
		if err := json.Unmarshal([]byte(value), &s.Result.Value); err != nil {
			return s, err
		}
	}
	// An action of another version is shown without its body rather than not at all.
	if a, err := action.Decode(s.Kind, []byte(body)); err == nil {
		s.Action = a
	}
	return s, nil
}

func (s *Store) stored(ctx context.Context, what, where string, a ...any) ([]Stored, error) {
	rows, err := all(ctx, s.reads, scanStored, "SELECT "+storedColumns+" FROM actions a WHERE "+where, a...)
	return rows, s.fault(what, err)
}

// Waiting are the actions that have not come to an end, in the order of their
// times, at most limit; held ones are among them.
func (s *Store) Waiting(ctx context.Context, team workspace.TeamID, limit int) ([]Stored, error) {
	return s.stored(ctx, "list waiting actions", "a.team = $1 AND a.settled = 0 ORDER BY a.due, a.id LIMIT $2", team, limit)
}

// WaitingCount is how many changes have not come to an end.
func (s *Store) WaitingCount(ctx context.Context, team workspace.TeamID) (n int, err error) {
	_, err = one(ctx, s.reads, "SELECT COUNT(*) FROM actions WHERE team = $1 AND settled = 0 AND changes = 1", args(team), &n)
	return n, s.fault("count waiting actions", err)
}

// Ended are the last actions that came to an end, newest first, at most limit;
// of one class where it is not empty.
func (s *Store) Ended(ctx context.Context, team workspace.TeamID, class handlers.Class, limit int) ([]Stored, error) {
	if class == "" {
		return s.stored(ctx, "list ended actions", "a.team = $1 AND a.settled > 0 ORDER BY a.id DESC LIMIT $2", team, limit)
	}
	return s.stored(ctx, "list ended actions", "a.team = $1 AND a.settled > 0 AND a.class = $2 ORDER BY a.id DESC LIMIT $3", team, class, limit)
}

// Echoes are the ended actions whose end the lane has not heard of, oldest first.
func (s *Store) Echoes(ctx context.Context, team workspace.TeamID, limit int) ([]Stored, error) {
	return s.stored(ctx, "list settled actions", "a.team = $1 AND a.echo = 1 ORDER BY a.id LIMIT $2", team, limit)
}

// OfRun are the actions of a plan run in the order they were stored.
func (s *Store) OfRun(ctx context.Context, team workspace.TeamID, run string) ([]Stored, error) {
	return s.stored(ctx, "list the actions of a run", "a.team = $1 AND a.run = $2 AND a.run <> '' ORDER BY a.id", team, run)
}

// OfEvent are the actions that an event had stored, in the order they were.
func (s *Store) OfEvent(ctx context.Context, team workspace.TeamID, event string) ([]Stored, error) {
	return s.stored(ctx, "list the actions of an event", "a.team = $1 AND a.event = $2 AND a.event <> '' ORDER BY a.id", team, event)
}

// Ending is an action, or the one into which it was merged, as far as there is one.
func (s *Store) Ending(ctx context.Context, team workspace.TeamID, id ActionID) (Stored, error) {
	found, err := s.stored(ctx, "look for an action", "a.team = $1 AND a.id = $2", team, id)
	for err == nil && len(found) == 1 && found[0].Result.Class == Superseded {
		was := found[0]
		found, err = s.stored(ctx, "look for an action", "a.team = $1 AND a.key = $2 AND a.kind = $3 AND a.id > $4 ORDER BY a.id LIMIT 1", team, was.Key, was.Kind, was.ID)
		if err == nil && len(found) == 0 {
			return was, nil
		}
	}
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("look for an action: there is none of the id %d any more", id)
	}
	if err != nil {
		return Stored{ID: id}, err
	}
	return found[0], nil
}

// Revive has an action that was given up tried again, and reports whether there
// was such a one.
func (s *Store) Revive(ctx context.Context, team workspace.TeamID, id ActionID, by string) (bool, error) {
	found := false
	err := s.write(ctx, team, "revive an action", func(ctx context.Context, t *tx) error {
		var key action.Key
		var changes int
		hold, err := t.pauseHold(ctx)
		if err != nil {
			return err
		}
		found, err = one(ctx, t, `UPDATE actions SET settled = 0, class = '', code = '', sentence = '', value = '', echo = 0, attempts = 0, at = $3, due = $3
			WHERE team = $1 AND id = $2 AND class = 'gave_up' RETURNING key, changes`, args(team, id, nanos(t.now)), &key, &changes)
		if err != nil || !found {
			return err
		}
		if changes == 1 && hold != "" {
			if err := run(ctx, t, "UPDATE actions SET hold = $3 WHERE team = $1 AND id = $2", team, id, hold); err != nil {
				return err
			}
		}
		if err := t.refreshHead(ctx, key); err != nil {
			return err
		}
		return t.append(ctx, Record{Kind: RecordRevived, Actor: by, Action: id, Line: "have an action tried again"})
	})
	return found, err
}
