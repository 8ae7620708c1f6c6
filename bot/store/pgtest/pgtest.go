// Package pgtest starts private PostgreSQL servers for tests, on a Unix socket
// in a temporary directory, as a user of its own where the tests run as root.
//
// It must never touch a server that was there before, listen on a network, or
// leave a process or a directory behind.
//
// Decision: a real server from the system's own binaries instead of a fake or a
// container, so that the same suite shows the same behaviour on both engines;
// where there are none the test is skipped with a sentence, unless
// USHER_REQUIRE_ALL says that everything must be shown.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// RequireAll is the environment variable that turns the skip into a failure.
const RequireAll = "USHER_REQUIRE_ALL"

var shared struct {
	sync.Mutex
	cluster *Cluster
	count   atomic.Int64
}

// Run runs a package's tests and stops the shared server, if one was started.
// It is for TestMain: os.Exit(pgtest.Run(m)).
func Run(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster != nil {
		if err := shared.cluster.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// New is the URL of a new, empty schema on the server that the package's tests
// share: as good as a database of its own, and made in no time. The package's
// TestMain must use Run.
func New(t testing.TB) string {
	t.Helper()
	shared.Lock()
	if shared.cluster == nil {
		c, err := newCluster(binaries(t))
		if err != nil {
			shared.Unlock()
			t.Fatal(err)
		}
		shared.cluster = c
	}
	c := shared.cluster
	shared.Unlock()
	name := fmt.Sprintf("test%d", shared.count.Add(1))
	db, err := sql.Open("pgx", c.url("postgres"))
	if err == nil {
		_, err = db.ExecContext(context.Background(), "CREATE SCHEMA "+name)
	}
	if err != nil {
		t.Fatalf("create a schema: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return c.url("postgres", "search_path", name)
}

// Own is a server for one test alone, which may stop and start it.
func Own(t testing.TB) *Cluster {
	t.Helper()
	c, err := newCluster(binaries(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.remove(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// binaries is the directory with initdb and postgres in it, the newest version's.
func binaries(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		if _, err := exec.LookPath("postgres"); err == nil {
			return filepath.Dir(path)
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if os.Getenv(RequireAll) != "" {
		t.Fatalf("PostgreSQL is not installed, and %s asks for every test: install the package postgresql", RequireAll)
	}
	t.Skip("PostgreSQL is not installed (package postgresql); what needs it was not tested")
	return ""
}
