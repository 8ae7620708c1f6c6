package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/gateway"
	"usher/rules"
	"usher/rules/workspace"
)

// workspaces are those that the tokens belong to. Which they are only Slack can
// say, so there is none before connect.
type workspaces struct {
	mu    sync.RWMutex
	teams map[workspace.TeamID]gateway.Credentials
}

func newWorkspaces() *workspaces {
	return &workspaces{teams: map[workspace.TeamID]gateway.Credentials{}}
}

func (w *workspaces) credentials(team workspace.TeamID) (gateway.Credentials, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	c, ok := w.teams[team]
	return c, ok
}

func (w *workspaces) known(team workspace.TeamID) bool { _, ok := w.credentials(team); return ok }

func (w *workspaces) list() []workspace.TeamID {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := make([]workspace.TeamID, 0, len(w.teams))
	for team := range w.teams {
		all = append(all, team)
	}
	return all
}

func (w *workspaces) add(team workspace.TeamID, c gateway.Credentials) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, twice := w.teams[team]; twice {
		return false
	}
	w.teams[team] = c
	return true
}

// connector asks whose the tokens are.
type connector struct {
	settings   config.Settings
	workspaces *workspaces
	gateway    *gateway.Gateway
	owners     *ownership
	policy     *policy
	log        zerolog.Logger
}

// connect tries for as long as ctx lasts where waiting may help, and gives up at
// once where only a person can.
func (c *connector) connect(ctx context.Context) error {
	for _, w := range c.settings.Workspaces {
		if err := c.open(ctx, w); err != nil {
			return err
		}
	}
	return c.policy.restrict(func(p *rules.Policy) error {
		if about := p.Workspace(); about != "" && !c.workspaces.known(about) {
			return fmt.Errorf("it is about the workspace %s, and no token belongs to that", about)
		} else if about != "" && len(c.workspaces.list()) > 1 {
			return fmt.Errorf("it is about the workspace %s alone, and the tokens belong to %d", about, len(c.workspaces.list()))
		}
		return nil
	})
}

func (c *connector) open(ctx context.Context, w config.Workspace) error {
	who, err := c.identify(ctx, w.BotToken)
	if err != nil {
		return err
	}
	team := who.Team
	switch {
	case w.Team != "" && who.Org:
		team = w.Team // an organisation's token serves every workspace in it
	case w.Team != "" && w.Team != team:
		return fmt.Errorf("the bot token given for %s belongs to %s: give each workspace its own", w.Team, team)
	case who.Org:
		return errors.New("the bot token is an organisation's: name the workspace it is for, with team under workspaces in the settings file")
	}
	if !c.workspaces.add(team, gateway.Credentials{Bot: w.BotToken.Reveal(), Admin: w.AdminToken.Reveal(), Org: who.Org}) {
		return fmt.Errorf("two bot tokens belong to the workspace %s: keep one of them", team)
	}
	c.owners.add(workspace.Team{ID: team, Name: who.Name, Enterprise: who.Enterprise, Bot: who.User})
	c.log.Info().Str(config.FieldTeam, string(team)).Str("name", who.Name).Msg("connected a workspace")
	return nil
}

func (c *connector) identify(ctx context.Context, token config.Secret) (gateway.Identity, error) {
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		who, err := c.gateway.AuthTest(ctx, token.Reveal())
		if err == nil {
			return who, nil
		}
		if sentence, hopeless := gateway.Hopeless(err); hopeless {
			return who, fmt.Errorf("connect to Slack: %s (%w)", sentence, err)
		}
		c.log.Warn().Err(err).Dur(config.FieldAfter, wait).Msg("could not ask Slack whose the token is")
		next := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			next.Stop()
			return who, fmt.Errorf("connect to Slack: %w", err)
		case <-next.C:
		}
	}
}
