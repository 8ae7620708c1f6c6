package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// The owner of a workspace is killed again and again while events pour in:
// nothing is lost, nothing is done twice, and slash commands are answered again
// within five seconds.
func TestTheOwnerIsKilledAgainAndAgain(t *testing.T) {
	lasts := loadFor
	if full() {
		lasts = loadForLong
	}
	victims := int(lasts / (2 * time.Second))
	r := newReplicas(t, victims)
	first := r.start()
	r.until("the workspace is owned and read", first, func() bool {
		return r.owner() == first && strings.Contains(first.stderr.String(), "read the workspace")
	})
	r.start()

	var made int
	var failed error
	var loading sync.WaitGroup
	loaded := make(chan struct{})
	loading.Go(func() {
		defer close(loaded)
		made, failed = r.load(t.Context(), victims, lasts)
	})
	var took []time.Duration
	next := time.NewTicker(killEvery)
	defer next.Stop()
	for going := true; going; {
		select {
		case <-loaded:
			going = false
		case <-next.C:
			if p := r.owner(); p != nil {
				r.kill(p)
				took = append(took, r.answered(t.Context()))
				r.start()
			}
		}
	}
	loading.Wait()
	if failed != nil {
		t.Fatal(failed)
	}
	r.settled(victims)
	r.counted("killed", made, victims, took)
}

// An owner that the machine stops for a while: another takes over meanwhile, and
// when it goes on it does nothing that is not its any more. An orderly end hands
// the workspace over at once.
func TestAnOwnerThatSleepsDoesNothingTwice(t *testing.T) {
	t.Parallel()
	const victims = 6
	r := newReplicas(t, victims)
	enter := func(from, to int) {
		for i := from; i < to; i++ {
			r.act(slacksim.Act{As: fmt.Sprintf("victim%03d", i), Do: "join", Channel: "finance-open"})
		}
	}
	first := r.start()
	r.until("the workspace is owned and read", first, func() bool {
		return r.owner() == first && strings.Contains(first.stderr.String(), "read the workspace")
	})
	second := r.start()
	signal := func(p *process, s os.Signal) {
		if err := p.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	enter(0, 2)
	signal(first, syscall.SIGSTOP)
	enter(2, 4)
	r.until("the other has taken over", second, func() bool { return r.owner() == second })
	took := r.answered(t.Context())
	r.until("those who came in are out", second, func() bool { ok, _ := r.calls("conversations.kick"); return ok >= 4 })
	signal(first, syscall.SIGCONT)
	r.until("the first has noticed", first, func() bool { return strings.Contains(first.stderr.String(), "lost a workspace") })
	second.interrupt()
	r.bots = slices.DeleteFunc(r.bots, func(p *process) bool { return p == second })
	enter(4, victims)
	r.until("the first owns the workspace again", first, func() bool { return r.owner() == first })
	r.settled(victims)
	r.counted("stopped and woken", victims, victims, []time.Duration{took})
	first.interrupt()
}

// The database is gone for longer than a lease lasts: nothing is done meanwhile,
// and everything afterwards.
func TestTheDatabaseOfReplicasComesBack(t *testing.T) {
	t.Parallel()
	const victims = 4
	r := newReplicas(t, victims)
	first := r.start()
	r.until("the workspace is owned and read", first, func() bool {
		return r.owner() == first && strings.Contains(first.stderr.String(), "read the workspace")
	})
	if err := r.cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	for i := range victims {
		r.act(slacksim.Act{As: fmt.Sprintf("victim%03d", i), Do: "join", Channel: "finance-open"})
	}
	r.until("the owner has given up", first, func() bool { return strings.Contains(first.stderr.String(), "could not be renewed in time") })
	if err := r.cluster.Start(); err != nil {
		t.Fatal(err)
	}
	took := r.answered(t.Context())
	r.settled(victims)
	r.counted("cut off", victims, victims, []time.Duration{took})
	first.interrupt()
}
