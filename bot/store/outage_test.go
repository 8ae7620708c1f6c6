package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/bot/store"
)

// While somebody else holds the file nothing can be stored, and that is said
// until something is.
func TestWhatCannotBeStoredIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	m := must(store.Open(t.Context(), "file:"+path+"?_pragma=busy_timeout(1)", time.Now))(t)
	defer m.Close()
	if _, err := m.Commit(ctx, team, decided("Ev0", "U0")); err != nil {
		t.Fatal(err)
	}
	if err := m.Ping(ctx); err != nil || m.Failures() != 0 {
		t.Fatalf("before: %v, %d failures", err, m.Failures())
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	run := func(query string) {
		t.Helper()
		if _, err := other.ExecContext(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	run("BEGIN IMMEDIATE")
	for range 2 {
		if _, err := m.Commit(ctx, team, decided("Ev1", "U1")); !errors.Is(err, store.ErrBusy) {
			t.Fatalf("while it is held: %v", err)
		}
	}
	err = m.Ping(ctx)
	if !errors.Is(err, store.ErrBusy) || !strings.Contains(err.Error(), "nothing was stored since ") || m.Failures() != 2 {
		t.Errorf("while it is held: %v, %d failures", err, m.Failures())
	}
	run("ROLLBACK")
	if _, err := m.Commit(ctx, team, decided("Ev1", "U1")); err != nil {
		t.Fatal(err)
	}
	if err := m.Ping(ctx); err != nil || m.Failures() != 2 {
		t.Errorf("after: %v, %d failures", err, m.Failures())
	}
}

func TestAFileThatIsNotInItsPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.db")
	m := must(store.Open(t.Context(), path, time.Now))(t)
	defer m.Close()
	if err := m.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, filepath.Join(dir, "elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	if err := m.Ping(ctx); !errors.Is(err, store.ErrMoved) || !strings.Contains(err.Error(), path) {
		t.Errorf("moved: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := m.InPlace(); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("replaced: %v", err)
	}
	if err := os.Rename(filepath.Join(dir, "elsewhere.db"), path); err != nil {
		t.Fatal(err)
	}
	if err := m.Ping(ctx); err != nil {
		t.Errorf("put back: %v", err)
	}
}

// A program that was killed holds its file for a moment longer.
func TestAFileIsWaitedForALittle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	first := must(store.Open(t.Context(), path, time.Now))(t)
	opened := make(chan error, 1)
	go func() {
		second, err := store.Open(t.Context(), path, time.Now)
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	began := time.Now()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if err := <-opened; err != nil && took < time.Second/2 { // else it was held for longer than a moment
		t.Error(err)
	}
}

func TestADatabaseOfANewerUsher(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		driver := map[string]string{store.SQLite: "sqlite", store.PostgreSQL: "pgx"}[m.Engine()]
		db, err := sql.Open(driver, m.url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		insert := func(version int) {
			t.Helper()
			if _, err := db.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", version, true); err != nil {
				t.Fatal(err)
			}
		}
		insert(9000)
		if m.Engine() == store.SQLite { // one at a time
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.Open(t.Context(), m.url, time.Now); !errors.Is(err, store.ErrNewer) {
			t.Errorf("opened: %v", err)
		}
		if _, err := store.Attach(t.Context(), m.url, time.Now); !errors.Is(err, store.ErrNewer) {
			t.Errorf("attached: %v", err)
		}
		if _, err := db.ExecContext(ctx, "DELETE FROM goose_db_version WHERE version_id = 9000"); err != nil {
			t.Fatal(err)
		}
		if m.Engine() == store.SQLite {
			if m.Store, err = store.Open(t.Context(), m.url, m.clock.now); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Looking makes no file where the database was moved away.
func TestLookingMakesNoFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "usher.db")
	m := must(store.Open(t.Context(), path, time.Now))(t)
	defer m.Close()
	if err := os.Rename(path, filepath.Join(dir, "elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	beside, stop := context.WithCancel(t.Context())
	defer stop()
	var looking sync.WaitGroup
	for range 8 { // more than there are connections
		looking.Go(func() { _, _ = m.Teams(beside) })
	}
	looking.Wait()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is one: %v", err)
	}
}
