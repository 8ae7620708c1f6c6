package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

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
	host   string
	teams  []string // that it could own
}

// Leases begins to fence the store for holder, a name that no other process has
// had. A lease lasts for term unless it is renewed. To be called once, before
// anything is written.
func (s *Store) Leases(holder string, term time.Duration) (*Leases, error) {
	l := &Leases{store: s, holder: holder, term: term, epochs: map[workspace.TeamID]int64{}, teams: []string{}}
	if s.engine == PostgreSQL {
		db := stdlib.OpenDB(*s.server)
		db.SetMaxOpenConns(2)
		l.beat = db
	}
	s.leases = l
	return l, nil
}

// Acquire takes a workspace nobody owns (any more); false: somebody else does, or
// it is left for a moment to a replica that owns fewer. What a claimer before had
// claimed may be claimed again at once, as Rescued.
func (l *Leases) Acquire(ctx context.Context, team workspace.TeamID) (bool, error) {
	if l.beat == nil {
		l.hold(team, 1)
		return true, nil
	}
	var free bool
	known, err := one(ctx, l.beat, live+`SELECT holder = $2 OR until < clock_timestamp() - $3 * INTERVAL '1 microsecond'
		OR until < clock_timestamp() AND NOT EXISTS (SELECT 1 FROM live WHERE name <> $2 AND team = ANY (teams)
			AND owned < (SELECT COUNT(*) FROM leases m WHERE m.holder = $2 AND m.until > clock_timestamp()))
		FROM leases WHERE team = $1`, args(team, l.holder, l.courtesy().Microseconds()), &free)
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
// still held, and that this replica is there.
func (l *Leases) Renew(ctx context.Context) (map[workspace.TeamID]bool, error) {
	l.mu.Lock()
	teams := make([]string, 0, len(l.epochs))
	for team := range l.epochs {
		teams = append(teams, string(team))
	}
	host, able := l.host, l.teams
	l.mu.Unlock()
	if l.beat != nil {
		var err error
		teams, err = all(ctx, l.beat, scalar[string], here+`UPDATE leases SET until = clock_timestamp() + $2 * INTERVAL '1 microsecond'
			WHERE holder = $1 AND team = ANY ($3) RETURNING team`, l.holder, l.term.Microseconds(), teams, host, able)
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
	err := run(ctx, l.beat, "UPDATE leases SET holder = '', until = clock_timestamp() WHERE holder = $1", l.holder)
	if err == nil {
		err = run(ctx, l.beat, "DELETE FROM replicas WHERE name = $1", l.holder)
	}
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
