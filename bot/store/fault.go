package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a memory, each in words that say what to do. Errors of
// this package wrap one of them where it applies.
var (
	ErrFull        = errors.New("the disk is full; make room, nothing was stored and nothing is damaged")
	ErrNotDatabase = errors.New("the file is not a database of Usher's; give another path, it was left as it is")
	ErrDamaged     = errors.New("the database file is damaged; put a copy of it back")
	ErrInUse       = errors.New("another process is using this database; stop it first, or give this one its own file")
	ErrNoDirectory = errors.New("the directory does not exist")
	ErrReadOnly    = errors.New("the database cannot be written; check the owner and the mode of the file and its directory")
	ErrEmpty       = errors.New("nothing was ever stored there")
	ErrBusy        = errors.New("the database is locked by somebody else for too long")
	ErrGone        = errors.New("the database server cannot be reached")
	ErrDenied      = errors.New("the database server refuses this user or database; check the URL")
)

// Passing reports whether waiting may help: the same call may succeed later.
func Passing(err error) bool { return errorsIsAny(err, ErrFull, ErrBusy, ErrGone, ErrReadOnly) }

func errorsIsAny(err error, targets ...error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}

// fault wraps an engine's error with what was being done and what is wrong.
// nil stays nil; the package's own errors keep their words.
func (s *Store) fault(what string, err error) error {
	if err == nil {
		return nil
	}
	if known := sort(err); known != nil {
		return fmt.Errorf("%s: %w", what, known)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// sort is what an engine's error means; nil when it is none of the known ones.
func sort(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sortSQLite(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return sortPostgres(e.Code)
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	if connecting || network || errors.Is(err, driver.ErrBadConn) || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF") {
		if e, ok := errors.AsType[*pgconn.PgError](errors.Unwrap(err)); ok {
			return sortPostgres(e.Code)
		}
		return ErrGone
	}
	return nil
}

func sortSQLite(code int) error {
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_NOTADB:
		return ErrNotDatabase
	case sqlite3.SQLITE_CORRUPT:
		return ErrDamaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return ErrReadOnly
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrBusy
	}
	return nil
}

func sortPostgres(code string) error {
	switch {
	case code == "53100":
		return ErrFull
	case code == "3D000", strings.HasPrefix(code, "28"):
		return ErrDenied
	case code == "25006":
		return ErrReadOnly
	case strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"), code == "25P03":
		return ErrGone
	case strings.HasPrefix(code, "40"), code == "55P03":
		return ErrBusy
	}
	return nil
}
