package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"usher/rules/workspace"
)

// Store is the durable memory of every workspace. It is safe for concurrent
// use. Its times come from the clock it was opened with.
type Store struct {
	engine string
	now    func() time.Time
	reads  *sql.DB
	writes writer
	lock   io.Closer
	path   string          // SQLite
	file   os.FileInfo     // SQLite: what was opened there; nil: not this process's
	server *pgx.ConnConfig // PostgreSQL: for connections beside the pool
	leases *Leases         // nil: this process alone writes
	outage outage
}

// writer begins transactions that may write.
type writer interface {
	begin(ctx context.Context, team workspace.TeamID) (session, error)
	close() error
}

// session is one transaction on one connection.
type session interface {
	querier
	commit() error
	rollback()
}

type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Engines a store can run on.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Open opens the memory that is kept at url, makes or migrates its tables, and
// claims it for this process where it is a file: a second Open of the same file
// is refused with ErrInUse. url is the path of an SQLite file (or a file: URL,
// whose query may hold further pragmas), or a postgres:// URL. now is the only
// clock the store reads.
func Open(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	if isPostgres(url) {
		return openPostgres(ctx, url, now)
	}
	return openSQLite(ctx, url, now, true)
}

// Attach opens a memory beside the process that owns it, for looking and for
// small writes such as a pause. It makes and migrates nothing; a memory that
// does not exist is an error.
func Attach(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	if isPostgres(url) {
		return attachPostgres(ctx, url, now)
	}
	return openSQLite(ctx, url, now, false)
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Engine is SQLite or PostgreSQL.
func (s *Store) Engine() string { return s.engine }

// Close lets go of the memory. What was committed stays.
func (s *Store) Close() error {
	err := s.writes.close()
	if e := s.reads.Close(); err == nil {
		err = e
	}
	if s.lock != nil {
		if e := s.lock.Close(); err == nil {
			err = e
		}
	}
	if err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// Ping reports whether the memory can be read, whether the last write succeeded,
// and whether its file is where it was.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.InPlace(); err != nil {
		return err
	}
	if err := s.fault("reach the store", s.reads.PingContext(ctx)); err != nil {
		return err
	}
	return s.out()
}

// Touch finds out whether a server takes a write, and changes nothing.
func (s *Store) Touch(ctx context.Context) error {
	return s.unfenced(ctx, "", "reach the store", func(ctx context.Context, t *tx) error {
		_, err := one(ctx, t, "SELECT 1", nil, new(int))
		return err
	})
}
