package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/rules/workspace"
)

// A second replica comes: it is given workspaces one at a time until neither
// owns two more than the other, and what the first gives up it leaves to it.
func TestWorkspacesAreShared(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	var teams []workspace.TeamID
	for i := range 5 {
		teams = append(teams, workspace.TeamID(fmt.Sprintf("T%d", i)))
	}
	_, first := another(t, url, "first", long)
	first.Present("host-a", teams)
	for _, team := range teams {
		if !must(first.Acquire(ctx, team))(t) {
			t.Fatalf("%s was not had", team)
		}
	}
	must(first.Renew(ctx))(t)
	if team, found, err := first.Surplus(ctx); err != nil || found {
		t.Fatalf("alone, %s is to be handed over: %v", team, err)
	}
	_, second := another(t, url, "second", long)
	second.Present("host-b", teams[1:])
	must(second.Renew(ctx))(t)
	moved := 0
	for range 2 {
		var team workspace.TeamID
		eventually(t, "a workspace is to be handed over", func() bool {
			surplus, found, err := first.Surplus(ctx)
			if err != nil {
				t.Fatal(err)
			}
			team = surplus
			return found
		})
		if team == teams[0] {
			t.Fatal("a workspace is to be handed to whoever has no token for it")
		}
		first.Lose(team)
		if err := first.Yield(ctx, team); err != nil {
			t.Fatal(err)
		}
		if must(first.Acquire(ctx, team))(t) {
			t.Fatal("who owns more took it back")
		}
		if _, found, err := first.Surplus(ctx); err != nil || found {
			t.Fatalf("two are on their way at once: %v", err)
		}
		if !must(second.Acquire(ctx, team))(t) {
			t.Fatal("who owns fewer did not have it at once")
		}
		if host, err := first.Owner(ctx, team); err != nil || host != "host-b" {
			t.Errorf("the owner is on %q: %v", host, err)
		}
		moved++
	}
	for _, l := range []*store.Leases{first, second} {
		if team, found, err := l.Surplus(ctx); err != nil || found {
			t.Errorf("after %d moves %s is to be handed over: %v", moved, team, err)
		}
	}
}

// A replica that is there and owns fewer, but takes nothing, holds nobody up for
// longer than a courtesy; one that is gone holds up nobody at all.
func TestAFreeWorkspaceIsNotLeftForLong(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	const term = 2500 * time.Millisecond
	teams := []workspace.TeamID{"T1", "T2"}
	_, idle := another(t, url, "idle", long)
	idle.Present("host-a", teams)
	must(idle.Renew(ctx))(t)
	_, able := another(t, url, "able", term)
	able.Present("host-b", teams)
	must(able.Renew(ctx))(t)
	for _, team := range teams {
		if !must(able.Acquire(ctx, team))(t) {
			t.Fatal("what nobody ever owned was not had")
		}
	}
	able.Lose("T2")
	began := time.Now()
	if err := able.Yield(ctx, "T2"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is owned again", func() bool {
		must(able.Renew(ctx))(t) // else it would soon own no more than the other
		return must(able.Acquire(ctx, "T2"))(t)
	})
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("it was taken after %s, from one that owned fewer", took)
	}
	able.Lose("T2")
	if err := errors.Join(idle.Release(ctx), able.Yield(ctx, "T2")); err != nil {
		t.Fatal(err)
	}
	if !must(able.Acquire(ctx, "T2"))(t) {
		t.Error("it was left to one that is gone")
	}
}
