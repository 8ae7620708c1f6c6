package bot

import (
	"context"
	"os"
	"time"

	"usher/bot/config"
	"usher/rules/workspace"
)

const (
	// leaveWithin is how long what is being carried out may go on when its
	// workspace is handed over, before it is given back for the next owner.
	leaveWithin = 3 * time.Second
	// restWithin bounds the giving back. The store refuses what comes after that.
	restWithin = 2 * time.Second
)

// share hands a workspace over where another replica owns fewer, one at a time.
func (o *ownership) share(ctx context.Context) {
	if o.settling() {
		return
	}
	team, found, err := o.leases.Surplus(ctx)
	if err != nil && ctx.Err() == nil {
		o.log.Warn().Err(err).Msg("could not look how the workspaces are shared")
	}
	if err != nil || !found {
		return
	}
	o.mu.Lock()
	t := o.owned(team)
	if t == nil {
		o.mu.Unlock()
		return
	}
	t.leaving = true
	t.leave()
	o.changed()
	o.mu.Unlock()
	o.work.Go(func() { o.handOver(ctx, team, t) })
}

// settling reports whether there is nothing to spare: a single workspace, or one
// whose tenure is only beginning, or ending.
func (o *ownership) settling() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.tenures) < 2 {
		return true
	}
	for team := range o.tenures {
		if o.owned(team) == nil {
			return true
		}
	}
	return false
}

// handOver ends a tenure in order. What comes in from now on waits in the store
// for the next owner; what was begun is brought to an end and stored; and only
// when nothing is written any more, and the mirror is kept, is the lease given
// up. Where it was lost meanwhile, the store has refused the rest.
func (o *ownership) handOver(ctx context.Context, team workspace.TeamID, t *tenure) {
	began := time.Now()
	o.rest(ctx, team, leaveWithin)
	t.stop()
	o.rest(ctx, team, restWithin)
	t.work.Wait()
	_ = o.late.dispatcher.Settle(ctx, team) // or the program ends, and the lanes with it
	if err := o.directory.Save(context.WithoutCancel(ctx), team); err != nil {
		o.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not save the mirror")
	}
	o.mu.Lock()
	lost := t.over
	t.over = true
	o.leases.Lose(team)
	o.mu.Unlock()
	o.directory.Close(team)
	o.late.requests.Forget(team)
	if !lost {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTrust)
		defer cancel()
		if err := o.leases.Yield(within, team); err != nil {
			o.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not give up a lease; it runs out by itself")
		}
		o.log.Info().Str(config.FieldTeam, string(team)).Dur(config.FieldTook, time.Since(began)).Msg("handed a workspace over to a replica that owns fewer")
	}
	o.mu.Lock()
	delete(o.tenures, team)
	o.mu.Unlock()
}

// rest waits until nothing of a workspace is being carried out.
func (o *ownership) rest(ctx context.Context, team workspace.TeamID, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	if err := o.late.queue.Leave(ctx, team); err != nil && ctx.Err() == nil {
		o.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not wait for what is being carried out")
	}
}

// elsewhere says which replica to ask about a workspace that is not this one's.
func (o *ownership) elsewhere(ctx context.Context, team workspace.TeamID) error {
	o.mu.Lock()
	leases := o.leases
	o.mu.Unlock()
	var host string
	if leases != nil {
		host, _ = leases.Owner(ctx, team) // it is only for people to read
	}
	own, _ := os.Hostname()
	switch host {
	case "":
		return unclearf("no replica owns %s at this moment; ask again in a few seconds", team)
	case own:
		return unclearf("another replica on this host owns %s; ask that one, its /readyz says so", team)
	}
	return unclearf("the replica on %s owns %s; ask there", host, team)
}
