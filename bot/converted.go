package bot

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// convertedWithin bounds the storing of what was found.
const convertedWithin = 5 * time.Second

// converted has the reactions asked about channels that became private or
// public, which only reading them again shows.
func converted(db *store.Store, l *late, log zerolog.Logger) func(workspace.TeamID, []workspace.ChannelID) {
	return func(team workspace.TeamID, channels []workspace.ChannelID) {
		ctx, cancel := context.WithTimeout(context.Background(), convertedWithin)
		defer cancel()
		var c store.Commit
		for _, id := range channels {
			c.Actions = append(c.Actions, store.Due{Action: action.Happened{Channel: id, Change: string(rules.ChannelConverted)}})
		}
		if _, err := db.Commit(ctx, team, c); err != nil {
			log.Error().Err(err).Str(config.FieldTeam, string(team)).Msg("could not have reactions asked about converted channels")
			return
		}
		l.wake(team)
	}
}
