package bot

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/store"
)

const (
	// tidyEvery is between two looks at what is kept for too long.
	tidyEvery = time.Hour
	// keepReplies is for how long answers are kept: their addresses are worth
	// something for half an hour.
	keepReplies = time.Hour
)

// housekeeping drops what was kept for long enough.
type housekeeping struct {
	owners *ownership
	store  *store.Store
	keep   time.Duration // 0: for ever
	log    zerolog.Logger
}

func newHousekeeping(s config.Settings, o *ownership, db *store.Store, log zerolog.Logger) *housekeeping {
	return &housekeeping{owners: o, store: db, keep: s.Keep, log: log}
}

func (h *housekeeping) run(ctx context.Context) error {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		h.tidy(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (h *housekeeping) tidy(ctx context.Context) {
	teams, _ := h.owners.list()
	for _, team := range teams {
		rows, err := h.store.Prune(ctx, team, store.Retention{Actions: h.keep, Replies: keepReplies, Audit: h.keep, Told: h.keep})
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			h.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not drop what is over")
		case rows > 0:
			h.log.Debug().Str(config.FieldTeam, string(team)).Int64(config.FieldCount, rows).Msg("dropped what is over")
		}
	}
}
