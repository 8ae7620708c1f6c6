package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Claim is one action that its claimer, and nobody else, carries out now.
type Claim struct {
	ID       ActionID
	Team     workspace.TeamID
	Action   action.Action
	Event    string // the event id that caused it
	Run      string // the plan run it belongs to
	At       time.Time
	Attempts int  // tries that ended without a result so far
	Rescued  bool // a claimer before vanished while carrying it out: it may have happened
	owner    string
}

// Want is what a claimer has room for.
type Want struct {
	Owner string        // names the claimer; the same for as long as it lives
	Lease time.Duration // how long it may go without Renew before others may claim
	Free  map[action.Priority]int
}

// Claim hands out due actions, at most as many of each priority as there is
// room for: of each key only the oldest that is not held, those due longest
// first. What was stored by a newer version and cannot be read ends as given up.
func (s *Store) Claim(ctx context.Context, team workspace.TeamID, w Want) ([]Claim, error) {
	var claims []Claim
	err := s.write(ctx, team, "claim actions", func(ctx context.Context, t *tx) error {
		claims = nil
		for p := action.Interactive; p <= action.Background; p++ {
			if w.Free[p] < 1 {
				continue
			}
			heads, err := all(ctx, t, scanHead, `SELECT key, action, owner FROM heads
				WHERE team = $1 AND priority = $2 AND due <= $3 ORDER BY due, action LIMIT $4`, team, int(p), nanos(t.now), w.Free[p])
			if err != nil {
				return err
			}
			for _, h := range heads {
				c, ok, err := t.claim(ctx, h, w)
				if err != nil {
					return err
				}
				if ok {
					claims = append(claims, c)
				}
			}
		}
		return nil
	})
	return claims, err
}

type head struct {
	key    action.Key
	action ActionID
	owner  string
}

func scanHead(rows *sql.Rows) (h head, err error) {
	err = rows.Scan(&h.key, &h.action, &h.owner)
	return h, err
}

func (t *tx) claim(ctx context.Context, h head, w Want) (Claim, bool, error) {
	err := run(ctx, t, "UPDATE heads SET owner = $3, due = $4 WHERE team = $1 AND key = $2", t.team, h.key, w.Owner, nanos(t.now.Add(w.Lease)))
	if err != nil {
		return Claim{}, false, err
	}
	c := Claim{ID: h.action, Team: t.team, Rescued: h.owner != "", owner: w.Owner}
	var kind action.Kind
	var body string
	var at int64
	_, err = one(ctx, t, "SELECT kind, body, event, run, at, attempts FROM actions WHERE team = $1 AND id = $2",
		args(t.team, h.action), &kind, &body, &c.Event, &c.Run, &at, &c.Attempts)
	if err != nil {
		return Claim{}, false, err
	}
	c.At = fromNanos(at)
	if c.Rescued {
		c.Attempts++
		if err := t.remember(ctx, c.ID, Try{At: t.now, Class: Rescued}, true); err != nil {
			return Claim{}, false, err
		}
	}
	if c.Action, err = action.Decode(kind, []byte(body)); err != nil {
		end := handlers.Result{Class: GaveUp, Code: "unreadable", Sentence: "This action was stored by another version of Usher, and this one cannot read it."}
		return Claim{}, false, t.end(ctx, h.key, Settlement{Claim: c, Result: end})
	}
	return c, true, nil
}

// Renew makes the leases of everything that owner has claimed last until lease
// from now.
func (s *Store) Renew(ctx context.Context, team workspace.TeamID, owner string, lease time.Duration) error {
	return s.write(ctx, team, "renew leases", func(ctx context.Context, t *tx) error {
		return run(ctx, t, "UPDATE heads SET due = $3 WHERE team = $1 AND owner = $2", team, owner, nanos(t.now.Add(lease)))
	})
}

// forgetOwners ends every lease: whoever held one is gone, because this process
// alone has the file.
func (s *Store) forgetOwners(ctx context.Context) error {
	return s.write(ctx, "", "end the leases of the last run", func(ctx context.Context, t *tx) error {
		return run(ctx, t, "UPDATE heads SET due = $1 WHERE owner <> '' AND due > $1", nanos(t.now))
	})
}

// NextDue is when the earliest action of each priority may be claimed; those
// without one are left out.
func (s *Store) NextDue(ctx context.Context, team workspace.TeamID) (map[action.Priority]time.Time, error) {
	rows, err := all(ctx, s.reads, func(rows *sql.Rows) (d struct {
		priority int
		due      sql.NullInt64
	}, err error) {
		err = rows.Scan(&d.priority, &d.due)
		return d, err
	}, `SELECT p.column1, (SELECT MIN(due) FROM heads WHERE team = $1 AND priority = p.column1)
		FROM (VALUES (0), (1), (2), (3), (4), (5), (6)) AS p`, team)
	if err != nil {
		return nil, s.fault("look for due actions", err)
	}
	next := map[action.Priority]time.Time{}
	for _, r := range rows {
		if r.due.Valid {
			next[action.Priority(r.priority)] = fromNanos(r.due.Int64)
		}
	}
	return next, nil
}

// Teams are the workspaces of which anything is known or waiting.
func (s *Store) Teams(ctx context.Context) ([]workspace.TeamID, error) {
	teams, err := all(ctx, s.reads, scalar[workspace.TeamID],
		"SELECT team FROM heads UNION SELECT team FROM chains UNION SELECT team FROM mirror WHERE kind = 'team' UNION SELECT team FROM actions WHERE echo = 1 ORDER BY 1")
	return teams, s.fault("list workspaces", err)
}

func (c Claim) String() string { return fmt.Sprintf("action %d: %s", c.ID, c.Action) }
