package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

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
	ErrDisk        = errors.New("the disk cannot be read or written; it is failing, or not there")
	ErrNewer       = errors.New("a newer Usher has written this database; run that version again, or a later one")
	ErrMoved       = errors.New("the database file was moved or deleted while it was in use, and what is stored now is lost at the end; stop Usher, put the file back if there is a copy, and start again")
	ErrReplaced    = errors.New("another file has taken the place of the database that was in use; start again to go on with that one")
	ErrReadOnly    = errors.New("the database cannot be written; check the owner and the mode of the file and its directory")
	ErrEmpty       = errors.New("nothing was ever stored there")
	ErrBusy        = errors.New("the database is locked by somebody else for too long")
	ErrGone        = errors.New("the database server cannot be reached")
	ErrDenied      = errors.New("the database server refuses this user or database; check the URL")
	ErrRights      = errors.New("the database user may not do that; let it create tables in the schema they are to be in")
	ErrStandby     = errors.New("the database server only reads, as a standby does; name the one that writes")
)

// Passing reports whether waiting may help: the same call may succeed later.
func Passing(err error) bool {
	return errorsIsAny(err, ErrFull, ErrDisk, ErrBusy, ErrGone, ErrReadOnly, ErrStandby)
}

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
	known := sort(err)
	if known == nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if why := because(err); why != "" {
		return fmt.Errorf("%s: %w (%s)", what, known, why)
	}
	return fmt.Errorf("%s: %w", what, known)
}

// because is what a database server, or the way to it, said itself: one line
// without a URL in it.
func because(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Message
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil && !e.Timeout() {
		return e.Err.Error()
	}
	if _, connecting := errors.AsType[*pgconn.ConnectError](err); connecting && strings.Contains(err.Error(), noTLS) {
		return noTLS
	}
	return ""
}

// noTLS is how the driver says that a server has no TLS where the URL wants it.
const noTLS = "server refused TLS connection"

// sort is what an engine's error means; nil when it is none of the known ones.
func sort(err error) error {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	if errors.Is(err, context.Canceled) && !connecting || errors.Is(err, context.DeadlineExceeded) && !connecting {
		return nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sortSQLite(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return sortPostgres(e.Code)
	}
	_, network := errors.AsType[net.Error](err)
	if connecting || network || errors.Is(err, driver.ErrBadConn) || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF") {
		return ErrGone
	}
	return nil
}

// denied is why a file cannot be opened or made.
func denied(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return ErrFull
	}
	return fmt.Errorf("%w (%w)", ErrReadOnly, err)
}

func sortSQLite(code int) error {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE { // the file that is shared in memory did not get its room
		return ErrFull
	}
	switch code & 0xff {
	case sqlite3.SQLITE_IOERR:
		return ErrDisk
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
	case code == "42501":
		return ErrRights
	case code == "25006":
		return ErrStandby
	case strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"), code == "25P03":
		return ErrGone
	case strings.HasPrefix(code, "40"), code == "55P03":
		return ErrBusy
	}
	return nil
}
