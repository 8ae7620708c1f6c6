package bot

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// recoverEvery is between two looks at whether something could not be stored.
const recoverEvery = 2 * time.Second

// recovery makes up for what could not be stored: Slack sends again what nobody
// acknowledged, but not for ever. Once something can be stored again, the
// workspaces owned here are compared with the policy.
type recovery struct {
	owners *ownership
	store  *store.Store
	wake   func(workspace.TeamID)
	log    zerolog.Logger
	seen   int64 // failures that were made up for
	failed bool  // so did the last attempt
}

func newRecovery(o *ownership, db *store.Store, l *late, log zerolog.Logger) *recovery {
	return &recovery{owners: o, store: db, wake: l.wake, log: log.With().Str(config.FieldPart, "recovery").Logger()}
}

// run ends early where another file has taken the database's place: whoever uses
// that one must be alone.
func (r *recovery) run(ctx context.Context) error {
	rarely := config.Rarely(r.log)
	tick := time.NewTicker(recoverEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := r.store.InPlace(); errors.Is(err, store.ErrReplaced) {
			return err
		} else if err != nil {
			rarely.Error().Err(err).Msg("could not find the database's file")
		}
		if failures := r.store.Failures(); failures > r.seen {
			r.attempt(ctx, failures)
		}
	}
}

// attempt makes up for the failures there were, if something can be stored.
func (r *recovery) attempt(ctx context.Context, failures int64) {
	err := r.compare(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil && !r.failed:
		r.failed = true
		r.log.Error().Err(err).Msg("could not store anything, trying again")
	case err == nil:
		r.seen, r.failed = failures, false
		r.log.Info().Msg("stored again, comparing with the policy what was missed")
	}
}

func (r *recovery) compare(ctx context.Context) error {
	teams, _ := r.owners.list()
	if len(teams) == 0 {
		return r.store.Touch(ctx)
	}
	for _, team := range teams {
		_, err := r.store.Commit(ctx, team, store.Commit{Actions: []store.Due{{Action: action.Replan{Why: "gap"}}}})
		if errors.Is(err, store.ErrNotOwner) {
			continue // whoever has it now read it when they began
		}
		if err != nil {
			return err
		}
		r.wake(team)
	}
	return nil
}
