package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/handlers"
)

// another opens the same PostgreSQL memory as a second process would.
func another(t *testing.T, url, holder string, term time.Duration) (*store.Store, *store.Leases) {
	t.Helper()
	s, err := store.Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	leases := must(s.Leases(holder, term))(t)
	t.Cleanup(func() {
		if err := errors.Join(leases.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s, leases
}

// eventually asks now and then until it is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

const long, short = time.Minute, 60 * time.Millisecond

func TestOnlyTheOwnerWrites(t *testing.T) {
	url := pgtest.New(t)
	a, mine := another(t, url, "a", long)
	b, theirs := another(t, url, "b", long)
	if err := a.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "v"}); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("written without a lease: %v", err)
	}
	if !must(mine.Acquire(ctx, team))(t) {
		t.Fatal("a free workspace was not had")
	}
	if must(theirs.Acquire(ctx, team))(t) {
		t.Fatal("a workspace has two owners")
	}
	if err := a.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "v"}); err != nil {
		t.Error(err)
	}
	if err := b.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "w"}); !errors.Is(err, store.ErrNotOwner) || store.Passing(err) {
		t.Errorf("written by another: %v", err)
	}
	if !must(theirs.Acquire(ctx, "T02"))(t) {
		t.Error("another workspace was not had")
	}
	heard := make(chan store.Heard, 9)
	listening, stop := context.WithCancel(ctx)
	over := make(chan error)
	go func() { over <- b.Listen(listening, func(what store.Heard, _ string) { heard <- what }) }()
	if what := <-heard; what != "" {
		t.Errorf("heard %q at first", what)
	}
	if err := mine.Release(ctx); err != nil {
		t.Fatal(err)
	}
	for what := range heard {
		if what == store.HeardLease {
			break
		}
	}
	if stop(); <-over != nil {
		t.Error("listening did not end well")
	}
	if !must(theirs.Acquire(ctx, team))(t) {
		t.Error("what was given up was not had at once")
	}
	if err := a.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "x"}); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("written after giving up: %v", err)
	}
}

// runOut has every lease be over, as if nobody had renewed one for a while.
func runOut(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err == nil {
		_, err = db.ExecContext(ctx, "UPDATE leases SET until = clock_timestamp() - INTERVAL '1 hour'")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// The owner vanishes while it carries something out, and comes back to store
// what came of it.
func TestALostLeaseStoresNothing(t *testing.T) {
	url := pgtest.New(t)
	a, mine := another(t, url, "a", long)
	b, theirs := another(t, url, "b", long)
	must(mine.Acquire(ctx, team))(t)
	if _, err := a.Commit(ctx, team, store.Commit{Event: "Ev1", Actions: []store.Due{{Action: remove("C1", "U1")}}}); err != nil {
		t.Fatal(err)
	}
	claims := must(a.Claim(ctx, team, room("a", 1)))(t)
	runOut(t, url)
	if !must(theirs.Acquire(ctx, team))(t) {
		t.Fatal("a lease that ran out is in the way")
	}
	if _, err := a.Commit(ctx, team, store.Commit{Event: "Ev2"}); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("committed: %v", err)
	}
	if _, err := a.Claim(ctx, team, room("a", 1)); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("claimed: %v", err)
	}
	end := store.Settlement{Claim: claims[0], Result: handlers.Result{Class: handlers.Done}}
	if err := a.Settle(ctx, end); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("settled: %v", err)
	}
	if held := must(mine.Renew(ctx))(t); held[team] {
		t.Error("renewed what another owns")
	}
	again := must(b.Claim(ctx, team, room("b", 1)))(t)
	if len(again) != 1 || !again[0].Rescued {
		t.Fatalf("claimed after the takeover: %v", again)
	}
	if err := b.Settle(ctx, store.Settlement{Claim: again[0], Result: handlers.Result{Class: handlers.Already}}); err != nil {
		t.Error(err)
	}
	// It owns the workspace again: what it claimed before is not its any more.
	if err := theirs.Release(ctx); err != nil {
		t.Fatal(err)
	}
	mine.Lose(team)
	eventually(t, "it is owned again", func() bool { return must(mine.Acquire(ctx, team))(t) })
	if err := a.Settle(ctx, end); !errors.Is(err, store.ErrLost) {
		t.Errorf("settled under a new lease: %v", err)
	}
}

// A machine that stops in the middle of a transaction, or is gone without a
// word, holds up nobody who takes its workspace over.
func TestAnOwnerThatStandsStillIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	inside, wake := make(chan struct{}), make(chan struct{})
	stand := sync.OnceFunc(func() { close(inside); <-wake })
	asleep, err := store.Open(t.Context(), url, func() time.Time { stand(); return time.Now() }) // asked in the transaction
	if err != nil {
		t.Fatal(err)
	}
	mine := must(asleep.Leases("asleep", short))(t)
	_, theirs := another(t, url, "awake", long)
	began := make(chan error, 1)
	go func() { _, err := mine.Acquire(ctx, team); began <- err }()
	<-inside
	hurry, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	eventually(t, "another has the workspace", func() bool { return must(theirs.Acquire(hurry, team))(t) })
	close(wake)
	if err := <-began; !store.Passing(err) {
		t.Errorf("awake again: %v", err)
	}
	if err := errors.Join(mine.Close(), asleep.Close()); err != nil {
		t.Error(err)
	}
}

// Many try at once, again and again, with leases that run out all the time:
// every number is written by whoever owned the workspace, and none is lost.
func TestManyWantOneWorkspace(t *testing.T) {
	url := pgtest.New(t)
	const writers, rounds = 4, 25
	var written atomic.Int64
	var all sync.WaitGroup
	for i := range writers {
		holder := fmt.Sprintf("w%d", i)
		s, leases := another(t, url, holder, 30*time.Millisecond)
		all.Go(func() {
			for n := range rounds {
				if got, err := leases.Acquire(ctx, team); err != nil || !got {
					if err != nil {
						t.Error(err)
					}
					continue
				}
				for k := range 3 { // some of them after the lease has run out and was taken
					_, err := s.Commit(ctx, team, store.Commit{Event: fmt.Sprintf("%s-%d-%d", holder, n, k), Records: []store.Record{{Kind: "test", Actor: holder, Line: "x"}}})
					if err == nil {
						written.Add(1)
					} else if !errors.Is(err, store.ErrNotOwner) {
						t.Error(err)
					}
				}
				leases.Lose(team)
			}
		})
	}
	all.Wait()
	look := must(store.Attach(ctx, url, time.Now))(t)
	defer look.Close()
	if rows := must(look.Verify(ctx, team))(t); rows != written.Load() || rows == 0 {
		t.Errorf("%d rows, %d written", rows, written.Load())
	}
}

func TestOnSQLiteEveryLeaseIsHad(t *testing.T) {
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "usher.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	leases := must(s.Leases("", short))(t)
	if !must(leases.Acquire(ctx, team))(t) || !must(leases.Renew(ctx))(t)[team] {
		t.Fatal("not had")
	}
	if err := s.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "v"}); err != nil {
		t.Error(err)
	}
	if err := errors.Join(leases.Release(ctx), leases.Close()); err != nil {
		t.Error(err)
	}
	if err := s.Note(ctx, team, store.Note{Kind: "k", Name: "n", Value: "v"}); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("written after the end: %v", err)
	}
}
