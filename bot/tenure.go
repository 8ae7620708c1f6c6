package bot

import (
	"context"
	"sync"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules/workspace"
)

// tenure is the time in which a workspace is owned.
type tenure struct {
	ctx     context.Context
	stop    context.CancelFunc
	intake  context.Context // ends before ctx where the workspace is handed over: nothing new is begun
	leave   context.CancelFunc
	began   bool           // its mirror was read back
	leaving bool           // it is being handed over
	over    bool           // it is being ended
	work    sync.WaitGroup // whatever counts on it
}

func newTenure(ctx context.Context) *tenure {
	t := &tenure{}
	t.ctx, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.intake, t.leave = context.WithCancel(t.ctx)
	return t
}

// acquire takes a workspace if nobody owns it, and begins its tenure: at once
// before the program runs, and beside everything else afterwards.
func (o *ownership) acquire(ctx context.Context, team workspace.TeamID) error {
	asked := time.Now()
	within, cancel := context.WithTimeout(ctx, leaseTrust) // a lease that comes later counts for nothing
	defer cancel()
	got, err := o.leases.Acquire(within, team)
	if err != nil || !got {
		return err
	}
	t := newTenure(ctx)
	o.mu.Lock()
	if until := asked.Add(leaseTrust); o.replica != "" && len(o.tenures) == 0 {
		o.trusted = until
	}
	t.work.Add(1)
	o.tenures[team] = t
	known := o.known[team]
	o.mu.Unlock()
	if o.replica == "" {
		defer t.work.Done()
		return o.open(t, known)
	}
	o.work.Go(func() {
		err := o.open(t, known)
		t.work.Done()
		if err != nil {
			o.log.Error().Err(err).Str(config.FieldTeam, string(team)).Msg("could not take over a workspace")
			o.lose(team, t, "it could not be read back")
		}
	})
	return nil
}

// open reads back what is remembered of a workspace and has it carried on with.
func (o *ownership) open(t *tenure, team workspace.Team) error {
	began := time.Now()
	heard, _, err := o.store.Noted(t.ctx, team.ID, store.NoteHeard, noteSockets)
	if err != nil {
		return err
	}
	o.late.requests.Forget(team.ID)
	if err := o.directory.Open(t.ctx, team, heard.At); err != nil {
		return err
	}
	o.mu.Lock()
	if t.over { // it was lost meanwhile
		o.mu.Unlock()
		return nil
	}
	t.began = true
	t.work.Go(func() { o.late.dispatcher.Serve(t.intake, team.ID) })
	o.changed()
	o.mu.Unlock()
	o.late.queue.Adopt(team.ID)
	owned := o.log.Info().Str(config.FieldTeam, string(team.ID)).Str("name", team.Name)
	if !heard.At.IsZero() {
		owned.Time("heard", heard.At)
	}
	if o.replica != "" {
		owned.Str("replica", string(o.replica))
	}
	owned.Dur(config.FieldTook, time.Since(began)).Msg("owned a workspace")
	return nil
}

// lose ends a tenure: nothing is stored from now on, and when nobody counts on
// it any more its memory is dropped, after which it may be begun again.
func (o *ownership) lose(team workspace.TeamID, t *tenure, why string) {
	o.mu.Lock()
	if o.tenures[team] != t || t.over {
		o.mu.Unlock()
		return
	}
	t.over = true
	t.stop()
	o.leases.Lose(team)
	o.changed()
	leaving := t.leaving
	o.mu.Unlock()
	o.log.Warn().Str(config.FieldTeam, string(team)).Str(config.FieldReason, why).Msg("lost a workspace")
	if leaving {
		return
	}
	o.work.Go(func() {
		t.work.Wait()
		_ = o.late.dispatcher.Settle(context.Background(), team) // or the program ends, and the lanes with it
		o.directory.Close(team)
		o.late.requests.Forget(team)
		o.mu.Lock()
		delete(o.tenures, team)
		o.mu.Unlock()
	})
}
