package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const sqliteReaders = 4

// makePrivate makes the file where there is none, for its owner alone: it holds
// people's addresses. SQLite gives its other files the same rights. The rights
// of a file that exists are its owner's affair.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func openSQLite(ctx context.Context, given string, now func() time.Time, own bool) (*Store, error) {
	path, pragmas, err := sqliteFile(given)
	if err != nil {
		return nil, err
	}
	if err := checkFile(path, own); err != nil {
		return nil, err
	}
	s := &Store{engine: SQLite, now: now, path: path}
	if own {
		if s.lock, err = lockPatiently(ctx, path+".lock"); err != nil {
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
		if err := makePrivate(path); err != nil {
			return nil, fmt.Errorf("open %s: %w", path, errors.Join(s.fault("make it", err), s.abandon(nil)))
		}
	}
	db, err := sql.Open("sqlite", sqliteDSN(path, "immediate", pragmas))
	if err == nil {
		db.SetMaxOpenConns(1)
		if own {
			err = checkOwn(ctx, db)
		}
		if own && err == nil {
			err = migrate(ctx, db, goose.DialectSQLite3, SQLite)
		}
	}
	var w *sqliteWriter
	if err == nil {
		w, err = newSQLiteWriter(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(s.fault("read it", err), s.abandon(db)))
	}
	s.writes = w
	s.reads, err = sql.Open("sqlite", sqliteDSN(path, "deferred", append(pragmas, "query_only(1)")))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, s.abandon(db)))
	}
	s.reads.SetMaxOpenConns(sqliteReaders)
	s.reads.SetMaxIdleConns(sqliteReaders)
	if own {
		if s.file, err = os.Stat(path); err == nil {
			err = s.forgetOwners(ctx)
		}
	} else {
		err = s.checkTables(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

// lockPatience is for how long a file that another process holds is asked for
// again: one that was killed holds it for a moment longer.
const lockPatience = time.Second

func lockPatiently(ctx context.Context, path string) (io.Closer, error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	again := time.NewTicker(lockPatience / 20)
	defer again.Stop()
	for {
		lock, err := lockFile(path)
		if !errors.Is(err, ErrInUse) {
			return lock, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, err
		}
	}
}

// abandon closes what a failed opening had opened.
func (s *Store) abandon(db *sql.DB) error {
	var errs []error
	if db != nil {
		errs = append(errs, db.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// sqliteFile is the path in a path or file: URL, and the pragmas of the latter.
func sqliteFile(given string) (path string, pragmas []string, err error) {
	if !strings.HasPrefix(given, "file:") {
		return given, nil, nil
	}
	u, err := url.Parse(given)
	if err != nil {
		return "", nil, fmt.Errorf("open the store: the file: URL does not parse")
	}
	path = u.Path
	if u.Opaque != "" {
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return "", nil, fmt.Errorf("open the store: the file: URL does not parse")
		}
	}
	return path, u.Query()["_pragma"], nil
}

func sqliteDSN(path, begin string, pragmas []string) string {
	usual := []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "cache_size(-16000)"}
	for _, given := range pragmas { // the driver sets them in an order of its own
		name, _, _ := strings.Cut(given, "(")
		usual = slices.DeleteFunc(usual, func(p string) bool { return strings.HasPrefix(p, name+"(") })
	}
	// Not made here: a connection that is opened later would make an empty one
	// where the file was moved away.
	q := url.Values{"mode": {"rw"}, "_txlock": {begin}, "_pragma": append(usual, pragmas...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// checkFile says in words what SQLite would only say in a code.
func checkFile(path string, own bool) error {
	if path == "" {
		return fmt.Errorf("open the store: no path given")
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("open %s: %w: make the directory %s first", path, ErrNoDirectory, dir)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && !own:
		return fmt.Errorf("open %s: %w: start `usher run` with it once", path, ErrEmpty)
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("open %s: %w", path, err)
	case info.IsDir():
		return fmt.Errorf("open %s: %w: it is a directory; name a file in it", path, ErrNotDatabase)
	case info.Size() == 0:
		return nil
	}
	return checkHeader(path)
}

// checkHeader looks before SQLite does, which would overwrite a file that is
// too short to be one of its own.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, denied(err))
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return fmt.Errorf("open %s: %w", path, ErrNotDatabase)
	}
	return nil
}

// checkOwn refuses a database that other programs keep their tables in.
func checkOwn(ctx context.Context, db *sql.DB) error {
	var others, own int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN name = 'goose_db_version' THEN 1 END) FROM sqlite_master WHERE type = 'table'`).Scan(&others, &own)
	if err == nil && others > 0 && own == 0 {
		return ErrNotDatabase
	}
	return err
}
