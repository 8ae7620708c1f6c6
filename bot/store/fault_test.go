package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/rules/workspace"
)

func TestAnUnusableFileIsSaidToBeSo(t *testing.T) {
	write := func(path string, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	content := []byte(strings.Repeat("this is a text and no database\n", 400))
	write(text, content)
	short := filepath.Join(dir, "short.db")
	write(short, []byte("x"))
	for name, c := range map[string]struct {
		path string
		want error
	}{
		"a text file":      {text, store.ErrNotDatabase},
		"a short file":     {short, store.ErrNotDatabase},
		"a directory":      {dir, store.ErrNotDatabase},
		"no directory":     {filepath.Join(dir, "none", "usher.db"), store.ErrNoDirectory},
		"a file as folder": {filepath.Join(text, "usher.db"), store.ErrNoDirectory},
	} {
		_, err := store.Open(t.Context(), c.path, time.Now)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err == nil {
		_, err = db.ExecContext(ctx, "CREATE TABLE theirs (id INTEGER)")
	}
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := store.Open(t.Context(), foreign, time.Now); !errors.Is(err, store.ErrNotDatabase) {
		t.Errorf("another program's database: %v", err)
	}
	if after, err := os.ReadFile(text); err != nil || !bytes.Equal(after, content) {
		t.Errorf("the file was changed: %v", err)
	}
	if _, err := store.Open(t.Context(), "", time.Now); err == nil {
		t.Error("opened nothing")
	}
}

func TestOneFileHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my data %41?#.db")
	if _, err := store.Attach(t.Context(), path, time.Now); !errors.Is(err, store.ErrEmpty) {
		t.Fatalf("attached to nothing: %v", err)
	}
	first := must(store.Open(t.Context(), path, time.Now))(t)
	if _, err := store.Open(t.Context(), path, time.Now); !errors.Is(err, store.ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("it is not at its path: %v", err)
	}
	beside := must(store.Attach(t.Context(), path, time.Now))(t)
	if !must(beside.Pause(ctx, team, "cli", ""))(t) {
		t.Fatal("not paused")
	}
	if _, paused, err := first.Paused(ctx, team); err != nil || !paused {
		t.Fatalf("the owner does not see the pause: %v", err)
	}
	if err := beside.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := must(store.Open(t.Context(), path, time.Now))(t).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.db")
	m := must(store.Open(t.Context(), "file:"+path+"?_pragma=max_page_count(120)", time.Now))(t)
	n := 0
	var err error
	for ; err == nil && n < 10_000; n++ {
		_, err = m.Commit(ctx, team, decided(fmt.Sprint("Ev", n), workspace.UserID(fmt.Sprint("U", n))))
	}
	if !errors.Is(err, store.ErrFull) || !store.Passing(err) {
		t.Fatalf("after %d commits: %v", n, err)
	}
	if rows, err := m.Verify(ctx, team); err != nil || rows != int64(n-1) {
		t.Fatalf("%d rows of %d commits: %v", rows, n-1, err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m = must(store.Open(t.Context(), path, time.Now))(t) // room was made
	defer m.Close()
	if _, err := m.Commit(ctx, team, decided(fmt.Sprint("Ev", n-1), "U")); err != nil {
		t.Fatal(err)
	}
	if rows, err := m.Verify(ctx, team); err != nil || rows != int64(n) {
		t.Fatalf("%d rows of %d commits: %v", rows, n, err)
	}
}

func TestAServerThatGoesAwayIsPassing(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Own(t)
	m := must(store.Open(t.Context(), cluster.URL(), time.Now))(t)
	defer m.Close()
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	_, err := m.Commit(ctx, team, decided("Ev1", "U1"))
	if !errors.Is(err, store.ErrGone) || !store.Passing(err) {
		t.Fatalf("without a server: %v", err)
	}
	if err := m.Ping(ctx); !errors.Is(err, store.ErrGone) {
		t.Fatalf("without a server: %v", err)
	}
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Commit(ctx, team, decided("Ev1", "U1")); err != nil {
		t.Fatalf("with it back: %v", err)
	}
}

func TestAURLThatIsWrongKeepsItsPassword(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://usher:hunter2@127.0.0.1:1/usher?connect_timeout=1":                  "cannot be reached (connect: connection refused)",
		"postgres://usher:hunter2@127.0.0.1:port/usher":                                 "the URL does not parse",
		"postgres://usher:hunter2@[::1/usher":                                           "the URL does not parse",
		"postgres://usher:hunt/er2@127.0.0.1:1/usher":                                   "the URL does not parse",
		"postgres://usher:hunter2@127.0.0.1/usher?sslmode=hunter2":                      "sslmode in the URL is none of",
		"postgres://usher:hunter2@127.0.0.1/usher?sslrootcert=/no/such&sslmode=require": "/no/such",
	} {
		_, err := store.Open(t.Context(), url, time.Now)
		if err == nil || strings.Contains(err.Error(), "hunt") || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	cluster := pgtest.Own(t)
	if _, err := store.Attach(t.Context(), cluster.URL(), time.Now); !errors.Is(err, store.ErrEmpty) {
		t.Errorf("attached to an empty database: %v", err)
	}
	if _, err := store.Open(t.Context(), strings.Replace(cluster.URL(), "/postgres?", "/none?", 1), time.Now); !errors.Is(err, store.ErrDenied) {
		t.Errorf("a database that does not exist: %v", err)
	}
	db, err := sql.Open("pgx", cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, query := range []string{"CREATE ROLE poor LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	poor := strings.Replace(cluster.URL(), "postgres@", "poor@", 1)
	if _, err := store.Open(t.Context(), poor, time.Now); !errors.Is(err, store.ErrRights) || !strings.Contains(err.Error(), "permission denied for schema public") {
		t.Errorf("without the right to create tables: %v", err)
	}
}
