package bot

import (
	"context"
	"maps"
	"time"

	"usher/bot/config"
	"usher/bot/store"
)

// beat renews the leases, and ends what was lost.
func (o *ownership) beat(ctx context.Context) {
	rarely := config.Rarely(o.log)
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := o.renew(ctx); err != nil && ctx.Err() == nil {
			rarely.Warn().Err(err).Msg("could not renew the leases")
		} else if err == nil {
			o.share(ctx)
		}
		o.late.dispatcher.Hear("", "") // what was told while nobody listened
	}
}

// renew prolongs what is owned. What another has taken is lost at once, and
// everything is when the last renewal does not count any more.
func (o *ownership) renew(ctx context.Context) error {
	if o.replica == "" {
		return nil
	}
	asked := time.Now()
	o.mu.Lock()
	tenures, trusted := maps.Clone(o.tenures), o.trusted
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, max(time.Until(trusted), leaseRenew))
	defer cancel()
	held, err := o.leases.Renew(ctx)
	o.mu.Lock()
	again := err == nil && time.Now().After(o.trusted) // nobody could count on anything for a moment
	if err == nil {
		o.trusted = asked.Add(leaseTrust)
		for team, t := range tenures {
			if !held[team] { // before the new trust could count for it
				t.stop()
			}
		}
	}
	over := err != nil && time.Now().After(o.trusted)
	if again {
		o.changed()
	}
	o.mu.Unlock()
	for team, t := range tenures {
		switch {
		case over:
			o.lose(team, t, "its lease could not be renewed in time")
		case err == nil && !held[team]:
			o.lose(team, t, "another replica has taken it over")
		case again:
			o.late.queue.Adopt(team)
		}
	}
	return err
}

// listen hears what other replicas tell, and tries again where it cannot.
func (o *ownership) listen(ctx context.Context, freed chan<- struct{}) {
	rarely := config.Rarely(o.log)
	for ctx.Err() == nil {
		err := o.store.Listen(ctx, func(what store.Heard, whom string) {
			if what == store.HeardLease {
				select {
				case freed <- struct{}{}:
				default:
				}
				return
			}
			o.late.dispatcher.Hear(what, whom)
		})
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			rarely.Warn().Err(err).Msg("could not listen to other replicas, looking now and then instead")
		}
		again := time.NewTimer(leaseRenew)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
		}
	}
}
