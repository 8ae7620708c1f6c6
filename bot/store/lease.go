package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"usher/rules/workspace"
)

// ErrNotOwner says that nothing was stored because another process owns the
// workspace, or nobody does.
var ErrNotOwner = errors.New("this process does not own the workspace; another one writes it")

// Leases are what one replica owns. From the moment they exist, whatever their
// store is asked to write about a workspace is refused with ErrNotOwner inside
// the transaction itself, unless the lease is held in it: one that was lost
// without being noticed spoils nothing. On SQLite, whose file belongs to one
// process, every lease is had for the asking and never lost.
//
// They are safe for concurrent use.
type Leases struct {
	store  *Store
	holder string
	term   time.Duration
	beat   *sql.DB // its own connection: a heartbeat waits for nobody

	mu     sync.Mutex
	epochs map[workspace.TeamID]int64
}

// Leases begins to fence the store for holder, a name that no other process has
// had. A lease lasts for term unless it is renewed. To be called once, before
// anything is written.
func (s *Store) Leases(holder string, term time.Duration) (*Leases, error) {
	l := &Leases{store: s, holder: holder, term: term, epochs: map[workspace.TeamID]int64{}}
	if s.engine == PostgreSQL {
		db, err := sql.Open("pgx", s.url)
		if err != nil {
			return nil, s.fault("open a connection for leases", err)
		}
		db.SetMaxOpenConns(2)
		l.beat = db
	}
	s.leases = l
	return l, nil
}

// Acquire takes a workspace nobody owns (any more); false: somebody else does.
// What a claimer before had claimed may be claimed again at once, as Rescued.
func (l *Leases) Acquire(ctx context.Context, team workspace.TeamID) (bool, error) {
	if l.beat == nil {
		l.hold(team, 1)
		return true, nil
	}
	var free bool
	known, err := one(ctx, l.beat, "SELECT until < clock_timestamp() OR holder = $2 FROM leases WHERE team = $1", args(team, l.holder), &free)
	if err != nil || known && !free {
		return false, l.store.fault("look who owns "+string(team), err)
	}
	var epoch int64
	err = l.store.unfenced(ctx, team, "take over "+string(team), func(ctx context.Context, t *tx) error {
		found, err := one(ctx, t, `INSERT INTO leases (team, holder, epoch, until) VALUES ($1, $2, 1, clock_timestamp() + $3 * INTERVAL '1 microsecond')
			ON CONFLICT (team) DO UPDATE SET holder = excluded.holder, epoch = leases.epoch + 1, until = excluded.until
			WHERE leases.until < clock_timestamp() OR leases.holder = excluded.holder RETURNING epoch`, args(team, l.holder, l.term.Microseconds()), &epoch)
		if err != nil || !found {
			return err
		}
		return run(ctx, t, "UPDATE heads SET owner = 'gone', due = $2 WHERE team = $1 AND owner <> ''", team, nanos(t.now))
	})
	if err != nil || epoch == 0 {
		return false, err
	}
	l.hold(team, epoch)
	return true, nil
}

func (l *Leases) hold(team workspace.TeamID, epoch int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epochs[team] = epoch
}

// Renew prolongs every lease by the term from now and says which of them are
// still held.
func (l *Leases) Renew(ctx context.Context) (map[workspace.TeamID]bool, error) {
	l.mu.Lock()
	teams := make([]string, 0, len(l.epochs))
	for team := range l.epochs {
		teams = append(teams, string(team))
	}
	l.mu.Unlock()
	if l.beat != nil && len(teams) > 0 {
		var err error
		teams, err = all(ctx, l.beat, scalar[string], `UPDATE leases SET until = clock_timestamp() + $2 * INTERVAL '1 microsecond'
			WHERE holder = $1 AND team = ANY($3) RETURNING team`, l.holder, l.term.Microseconds(), teams)
		if err != nil {
			return nil, l.store.fault("renew the leases", err)
		}
	}
	held := make(map[workspace.TeamID]bool, len(teams))
	for _, team := range teams {
		held[workspace.TeamID(team)] = true
	}
	return held, nil
}

// Lose stops writing for a workspace, whoever owns it.
func (l *Leases) Lose(team workspace.TeamID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.epochs, team)
}

// Release gives up every lease, to be had by others at once.
func (l *Leases) Release(ctx context.Context) error {
	l.mu.Lock()
	clear(l.epochs)
	l.mu.Unlock()
	if l.beat == nil {
		return nil
	}
	err := run(ctx, l.beat, "UPDATE leases SET until = '-infinity' WHERE holder = $1", l.holder)
	if err == nil {
		err = notify(ctx, l.beat, HeardLease, "")
	}
	return l.store.fault("give up the leases", err)
}

// Close ends the connection for leases.
func (l *Leases) Close() error {
	if l.beat == nil {
		return nil
	}
	return l.beat.Close()
}

// check is the fence: it holds only in a transaction that has the team's lock,
// which taking a lease needs too.
func (l *Leases) check(ctx context.Context, t *tx) error {
	l.mu.Lock()
	epoch, held := l.epochs[t.team]
	l.mu.Unlock()
	if !held {
		return ErrNotOwner
	}
	if l.beat == nil {
		return nil
	}
	var now int64
	if _, err := one(ctx, t, "SELECT epoch FROM leases WHERE team = $1 AND holder = $2", args(t.team, l.holder), &now); err != nil {
		return err
	}
	if now != epoch {
		return fmt.Errorf("%w (epoch %d is over)", ErrNotOwner, epoch)
	}
	return nil
}
