package bot

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/gateway"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// foundWithin bounds the storing of what was found.
const foundWithin = 5 * time.Second

// comesFor is for how long what reading found may still be said by an event that
// Slack sends again.
const comesFor = 7 * time.Minute

// found has the reactions asked about channels that became private or public,
// which only reading them again shows, and about what happened of which the event
// was lost. What was done about a new one is not done again; of a renaming or an
// archiving the event is waited for first.
func found(db *store.Store, p *policy, l *late, log zerolog.Logger) func(workspace.TeamID, directory.Found) {
	return func(team workspace.TeamID, f directory.Found) {
		ctx, cancel := context.WithTimeout(context.Background(), foundWithin)
		defer cancel()
		var c store.Commit
		happened := func(change rules.ChannelChange, ids []workspace.ChannelID) {
			if !p.Current().Answers(change) {
				return
			}
			for _, id := range ids {
				c.Actions = append(c.Actions, store.Due{Action: action.Happened{Channel: id, Change: string(change)}})
			}
		}
		missed := func(change rules.ChannelChange, ids []workspace.ChannelID) {
			if !p.Current().Answers(change) {
				return
			}
			for _, id := range ids {
				a := action.Happened{Channel: id, Change: string(change), Missed: true}
				c.Actions = append(c.Actions, store.Due{Action: a, At: time.Now().Add(comesFor)})
			}
		}
		happened(rules.ChannelConverted, f.Converted)
		happened(rules.ChannelCreated, f.Created)
		missed(rules.ChannelRenamed, f.Renamed)
		missed(rules.ChannelArchived, f.Archived)
		missed(rules.ChannelUnarchived, f.Unarchived)
		if len(c.Actions) == 0 {
			return
		}
		if _, err := db.Commit(ctx, team, c); err != nil {
			log.Error().Err(err).Str(config.FieldTeam, string(team)).Msg("could not have reactions asked about channels that were found")
			return
		}
		l.wake(team)
	}
}

// conversions looks whether channels have become private or public, which no
// event says, while a reaction waits for that.
type conversions struct {
	owners    *ownership
	directory *directory.Directory
	gateway   *gateway.Gateway
	policy    func() *rules.Policy
	log       zerolog.Logger
}

// lookEvery is between two looks for each page that the list of channels has:
// a fifth of what Slack allows, and nothing but readings spends the rest.
const lookEvery = 15 * time.Second

// run looks at each workspace that is owned here, until ctx ends.
func (c *conversions) run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	due := map[workspace.TeamID]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if !c.policy().Answers(rules.ChannelConverted) {
				continue
			}
			teams, _ := c.owners.list()
			for _, team := range teams {
				if now.Before(due[team]) {
					continue
				}
				pages := c.look(ctx, team)
				due[team] = now.Add(time.Duration(pages) * lookEvery)
			}
		}
	}
}

// look reads the list of channels, and again whichever is another sort than it
// was known as. It says how many pages the list has.
func (c *conversions) look(ctx context.Context, team workspace.TeamID) (pages int) {
	ctx, done, owned := c.owners.under(ctx, team)
	defer done()
	if !owned || !c.directory.Snapshot(team).ChannelsKnown().Complete {
		return 1
	}
	for page, err := range gateway.Pages(ctx, "", func(ctx context.Context, cursor string) (gateway.Page[workspace.Channel], error) {
		return c.gateway.Channels(ctx, team, cursor)
	}) {
		if err == nil {
			pages++
			for _, found := range page.Items {
				if err = c.compare(ctx, team, found); err != nil {
					break
				}
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				c.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not look for converted channels")
			}
			break
		}
	}
	return max(pages, 1)
}

func (c *conversions) compare(ctx context.Context, team workspace.TeamID, found workspace.Channel) error {
	w := c.directory.Snapshot(team)
	if was, known := w.Channel(found.ID); known && was.Private == found.Private || !known && !w.Opened(found) {
		return nil
	}
	return c.directory.Read(ctx, team, action.Refresh{Channel: found.ID})
}
