package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// disk is where one bot after the other keeps its memory. The bots' file is
// never written back into its main part, so that file and log together are, at
// any moment in which nobody writes, what a killed bot would leave behind.
type disk struct {
	dir string

	mu     sync.Mutex
	n      int    // of the file in use
	next   string // what a killed bot left behind; empty: the file in use goes on
	taking bool   // somebody is about to have the file for themselves
	taken  bool   // somebody has
}

func (d *disk) path() string { return filepath.Join(d.dir, fmt.Sprintf("%d.db", d.n)) }

// url is the file for the next bot to open.
func (d *disk) url() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next != "" {
		d.n, d.next = d.n+1, ""
	}
	return "file:" + d.path() + "?_pragma=synchronous(off)&_pragma=wal_autocheckpoint(0)"
}

// hold has the file for itself, while do runs, and waits for it in real time.
func hold(path string, wait time.Duration, do func() error) error {
	db, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_txlock=immediate&_pragma=busy_timeout(%d)", path, wait.Milliseconds()))
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing is written
	return do()
}

// take lets nobody write for a while.
func (d *disk) take(long time.Duration) error {
	d.mu.Lock()
	path, already := d.path(), d.taking
	d.taking = true
	d.mu.Unlock()
	if already {
		return nil
	}
	err := hold(path, 20*time.Second, func() error {
		d.occupy(true)
		defer d.occupy(false)
		pass(long)
		return nil
	})
	d.mu.Lock()
	d.taking = false
	d.mu.Unlock()
	return err
}

// pass lets bubbled time go by.
func pass(long time.Duration) { <-time.After(long) }

func (d *disk) occupy(is bool) { d.mu.Lock(); d.taken = is; d.mu.Unlock() }

// snap keeps what is on the disk now, for the next bot.
func (d *disk) snap() error {
	d.mu.Lock()
	path, next := d.path(), filepath.Join(d.dir, fmt.Sprintf("%d.db", d.n+1))
	d.next = next
	d.mu.Unlock()
	keep := func() error {
		for _, part := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + part)
			if part != "" && errors.Is(err, fs.ErrNotExist) {
				continue // whoever closed the file last has written it back
			}
			if err != nil {
				return err
			}
			if err := os.WriteFile(next+part, b, 0o600); err != nil {
				return err
			}
		}
		return nil
	}
	tries := 10
	for {
		done, err := d.whileTaken(keep)
		if done || err != nil {
			return err
		}
		d.mu.Lock()
		taking := d.taking
		d.mu.Unlock()
		if !taking {
			// Somebody may have come first, whom only bubbled time makes give it back.
			if err := hold(path, 2*time.Second, keep); err == nil || tries == 0 || !strings.Contains(err.Error(), "SQLITE_BUSY") {
				return err
			}
			tries--
		}
		pass(time.Millisecond) // somebody is about to have the file, or to give it back
	}
}

// whileTaken does something if nobody writes at the moment, and lets nobody
// write until it is done.
func (d *disk) whileTaken(do func() error) (done bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.taken {
		return false, nil
	}
	return true, do()
}

// forget drops what was kept for the next bot: the one before ended in order.
func (d *disk) forget() { d.mu.Lock(); d.next = ""; d.mu.Unlock() }
