package bot

import (
	"context"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/handlers"
	"usher/rules"
)

// tellRefused has administrators told, in every workspace, that a newer policy
// was not taken.
func tellRefused(w *workspaces, o *orders, log zerolog.Logger) func(context.Context, []rules.Problem) {
	return func(ctx context.Context, problems []rules.Problem) {
		first := ""
		if len(problems) > 0 {
			first = problems[0].Error()
		}
		for _, team := range w.list() {
			if _, err := o.give(ctx, team, "refused", handlers.Order{Why: first, Count: len(problems)}); err != nil && ctx.Err() == nil {
				log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not tell of a policy that was refused")
			}
		}
	}
}
