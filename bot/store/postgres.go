package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"usher/rules/workspace"
)

const postgresConns = 16

// standStill is for how long a process may stand still in the middle of a
// transaction. Whoever takes a workspace over needs the lock that it has, and
// the server does not notice that a machine is stopped or gone.
const standStill = 3 * time.Second

func openPostgres(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	s, err := postgres(url, now)
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err == nil {
		err = migrate(ctx, s.reads, goose.DialectPostgres, PostgreSQL, goose.WithSessionLocker(locker))
	}
	if err != nil {
		return nil, errors.Join(s.fault("open the PostgreSQL store", err), s.Close())
	}
	return s, nil
}

func attachPostgres(ctx context.Context, url string, now func() time.Time) (*Store, error) {
	s, err := postgres(url, now)
	if err != nil {
		return nil, err
	}
	if err := s.checkTables(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func postgres(url string, now func() time.Time) (*Store, error) {
	server, err := serverAt(url)
	if err != nil {
		return nil, fmt.Errorf("open the PostgreSQL store: %w", err)
	}
	db := stdlib.OpenDB(*server)
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return &Store{engine: PostgreSQL, now: now, server: server, reads: db, writes: postgresWriter{db}}, nil
}

type postgresWriter struct{ db *sql.DB }

func (w postgresWriter) begin(ctx context.Context, team workspace.TeamID) (session, error) {
	t, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write([]byte("usher team " + team))
	err = run(ctx, t, "SELECT set_config('idle_in_transaction_session_timeout', $1, true), pg_advisory_xact_lock($2)", fmt.Sprint(standStill.Milliseconds()), int64(h.Sum64()))
	if err != nil {
		return nil, errors.Join(err, t.Rollback())
	}
	return postgresSession{t}, nil
}

// close has nothing of its own to close: the pool is the readers'.
func (postgresWriter) close() error { return nil }

type postgresSession struct{ *sql.Tx }

func (s postgresSession) commit() error { return s.Commit() }
func (s postgresSession) rollback()     { _ = s.Rollback() } // the connection is dropped if it cannot
