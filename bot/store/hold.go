package store

import (
	"context"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// HoldPause is the word under which a pause holds actions.
const HoldPause = "pause"

// Pause is who stopped a workspace's changes, and since when.
type Pause struct {
	At  time.Time
	By  string
	Why string
}

// Pause stops every change of a workspace: what waits is held, what is stored
// from now on too, until Resume. What is being carried out at this moment ends.
// A second Pause changes nothing; false says so.
func (s *Store) Pause(ctx context.Context, team workspace.TeamID, by, why string) (did bool, err error) {
	err = s.write(ctx, team, "pause", func(ctx context.Context, t *tx) error {
		did, err = t.pause(ctx, by, why)
		return err
	})
	return did, err
}

func (t *tx) pause(ctx context.Context, by, why string) (bool, error) {
	n, err := exec(ctx, t, "INSERT INTO pauses (team, at, actor, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", t.team, nanos(t.now), clean(by), clean(why))
	if err != nil || n == 0 {
		return false, err
	}
	err = run(ctx, t, `UPDATE actions SET hold = 'pause' WHERE team = $1 AND settled = 0 AND hold = '' AND changes = 1
		AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.team = actions.team AND h.key = actions.key AND h.action = actions.id AND h.owner <> '')`, t.team)
	if err != nil {
		return false, err
	}
	if err := t.rebuildHeads(ctx); err != nil {
		return false, err
	}
	return true, t.append(ctx, Record{Kind: RecordPause, Actor: by, Line: "pause every change", Body: map[string]any{"why": why}})
}

// Resume ends a pause: what it held may go out. False says that there was none.
func (s *Store) Resume(ctx context.Context, team workspace.TeamID, by string) (did bool, err error) {
	err = s.write(ctx, team, "resume", func(ctx context.Context, t *tx) error {
		did, err = t.resume(ctx, by)
		return err
	})
	return did, err
}

func (t *tx) resume(ctx context.Context, by string) (bool, error) {
	n, err := exec(ctx, t, "DELETE FROM pauses WHERE team = $1", t.team)
	if err != nil || n == 0 {
		return false, err
	}
	if err := t.unhold(ctx, HoldPause, ""); err != nil {
		return false, err
	}
	return true, t.append(ctx, Record{Kind: RecordResume, Actor: by, Line: "resume changes"})
}

// Paused reports whether a workspace is paused, and by whom.
func (s *Store) Paused(ctx context.Context, team workspace.TeamID) (Pause, bool, error) {
	var p Pause
	var at int64
	found, err := one(ctx, s.reads, "SELECT at, actor, reason FROM pauses WHERE team = $1", args(team), &at, &p.By, &p.Why)
	p.At = fromNanos(at)
	return p, found, s.fault("look for a pause", err)
}

// pauseHold is the word that changes are held under now, "" for none.
func (t *tx) pauseHold(ctx context.Context) (string, error) {
	var n int
	paused, err := one(ctx, t, "SELECT 1 FROM pauses WHERE team = $1", args(t.team), &n)
	if paused {
		return HoldPause, err
	}
	return "", err
}

// HeldChannels are the channels whose actions are held under a word, sorted.
func (s *Store) HeldChannels(ctx context.Context, team workspace.TeamID, hold string) ([]workspace.ChannelID, error) {
	keys, err := all(ctx, s.reads, scalar[action.Key], "SELECT DISTINCT key FROM actions WHERE team = $1 AND hold = $2 AND settled = 0 ORDER BY key", team, hold)
	var channels []workspace.ChannelID
	for _, k := range keys {
		if id, ok := strings.CutPrefix(string(k), string(action.ChannelKey(""))); ok {
			channels = append(channels, workspace.ChannelID(id))
		}
	}
	return channels, s.fault("list held channels", err)
}

// release lets the actions held under a word go out (while the workspace is
// paused they wait for its end), or ends them without carrying them out.
func (t *tx) release(ctx context.Context, u Unholding) error {
	if u.Drop {
		return run(ctx, t, "UPDATE actions SET settled = $3, class = $4 WHERE team = $1 AND hold = $2 AND hold <> '' AND settled = 0", t.team, u.Hold, nanos(t.now), Discarded)
	}
	next, err := t.pauseHold(ctx)
	if err == nil {
		err = t.unhold(ctx, u.Hold, next)
	}
	return err
}

func (t *tx) unhold(ctx context.Context, hold, next string) error {
	keys, err := all(ctx, t, scalar[action.Key], `UPDATE actions SET hold = CASE WHEN changes = 1 THEN $3 ELSE '' END
		WHERE team = $1 AND hold = $2 AND hold <> '' AND settled = 0 RETURNING key`, t.team, hold, next)
	if err != nil || len(keys) == 0 {
		return err
	}
	return t.rebuildHeads(ctx)
}

// rebuildHeads finds the head of every key anew, except those being carried out.
func (t *tx) rebuildHeads(ctx context.Context) error {
	if err := run(ctx, t, "DELETE FROM heads WHERE team = $1 AND owner = ''", t.team); err != nil {
		return err
	}
	return run(ctx, t, `INSERT INTO heads (team, key, action, at, due, priority, owner)
		SELECT team, key, id, at, due, priority, '' FROM (
			SELECT a.*, ROW_NUMBER() OVER (PARTITION BY a.key ORDER BY a.at, a.id) AS place
			FROM actions a WHERE a.team = $1 AND a.settled = 0 AND a.hold = ''
		) AS w WHERE place = 1
		ON CONFLICT (team, key) DO NOTHING`, t.team)
}
