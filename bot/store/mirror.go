package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"usher/rules/workspace"
)

// Part is one thing known of a workspace, as the directory writes it: a user, a
// channel, the members of one. Kind and ID name it.
type Part struct {
	Kind string
	ID   string
	Body []byte // nil: it is gone
}

// SaveMirror stores parts of a workspace's mirror in one transaction, replacing
// those of the same kind and id.
func (s *Store) SaveMirror(ctx context.Context, team workspace.TeamID, parts ...Part) error {
	if len(parts) == 0 {
		return nil
	}
	return s.write(ctx, team, "save the mirror", func(ctx context.Context, t *tx) error {
		for _, p := range parts {
			if err := t.savePart(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) savePart(ctx context.Context, p Part) error {
	if p.Body == nil {
		return run(ctx, t, "DELETE FROM mirror WHERE team = $1 AND kind = $2 AND id = $3", t.team, p.Kind, p.ID)
	}
	return run(ctx, t, `INSERT INTO mirror (team, kind, id, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (team, kind, id) DO UPDATE SET body = excluded.body`, t.team, p.Kind, p.ID, p.Body)
}

// Mirror walks the stored parts of one kind, sorted by id.
func (s *Store) Mirror(ctx context.Context, team workspace.TeamID, kind string) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		rows, err := s.reads.QueryContext(ctx, "SELECT id, body FROM mirror WHERE team = $1 AND kind = $2 ORDER BY id", team, kind)
		if err != nil {
			yield(Part{}, s.fault("read the mirror", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			p := Part{Kind: kind}
			if err := rows.Scan(&p.ID, &p.Body); err != nil {
				yield(Part{}, s.fault("read the mirror", err))
				return
			}
			if !yield(p, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Part{}, s.fault("read the mirror", err))
		}
	}
}

func (t *tx) keepGrace(ctx context.Context, g Grace) error {
	if g.Since.IsZero() {
		return run(ctx, t, "DELETE FROM graces WHERE team = $1 AND channel = $2 AND member = $3", t.team, g.Channel, g.User)
	}
	return run(ctx, t, `INSERT INTO graces (team, channel, member, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (team, channel, member) DO UPDATE SET since = excluded.since`, t.team, g.Channel, g.User, nanos(g.Since))
}

// SetGraces starts and ends graces outside of any event.
func (s *Store) SetGraces(ctx context.Context, team workspace.TeamID, graces ...Grace) error {
	return s.write(ctx, team, "keep graces", func(ctx context.Context, t *tx) error {
		for _, g := range graces {
			if err := t.keepGrace(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// Graces are every grace that runs in a workspace.
func (s *Store) Graces(ctx context.Context, team workspace.TeamID) ([]Grace, error) {
	graces, err := all(ctx, s.reads, func(rows *sql.Rows) (g Grace, err error) {
		var since int64
		err = rows.Scan(&g.Channel, &g.User, &since)
		g.Since = fromNanos(since)
		return g, err
	}, "SELECT channel, member, since FROM graces WHERE team = $1 ORDER BY channel, member", team)
	return graces, s.fault("read graces", err)
}

func (t *tx) keepGrant(ctx context.Context, c Commit, g workspace.Grant) error {
	b, err := json.Marshal(g)
	if err != nil {
		return err
	}
	err = run(ctx, t, `INSERT INTO grants (team, channel, member, ends, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (team, channel, member) DO UPDATE SET ends = excluded.ends, body = excluded.body`, t.team, g.Channel, g.User, nanos(g.Until), clean(string(b)))
	if err != nil {
		return err
	}
	return t.append(ctx, Record{Kind: RecordGrant, Event: c.Event, Actor: string(g.By), Channel: g.Channel, User: g.User,
		Line: "grant " + string(g.User) + " " + string(g.Channel) + " until " + g.Until.UTC().Format(time.RFC3339), Body: map[string]any{"why": g.Why}})
}

// Grants are every exception of a workspace, ended or not.
func (s *Store) Grants(ctx context.Context, team workspace.TeamID) ([]workspace.Grant, error) {
	grants, err := all(ctx, s.reads, func(rows *sql.Rows) (workspace.Grant, error) {
		var g workspace.Grant
		var body string
		err := rows.Scan(&body)
		if err == nil {
			err = json.Unmarshal([]byte(body), &g)
		}
		if err != nil {
			return g, fmt.Errorf("read a grant: %w", err)
		}
		return g, nil
	}, "SELECT body FROM grants WHERE team = $1 ORDER BY channel, member", team)
	return grants, s.fault("read grants", err)
}
