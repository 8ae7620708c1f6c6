package gateway

import (
	"context"
	"net/url"

	"usher/rules/workspace"
)

// Identity is whom a token belongs to.
type Identity struct {
	Team       workspace.TeamID `json:"team_id"`
	Name       string           `json:"team"`
	Enterprise string           `json:"enterprise_id"`
	User       workspace.UserID `json:"user_id"`
	BotID      string           `json:"bot_id"`
	Org        bool             `json:"is_enterprise_install"`
}

// AuthTest asks whose token it is. It is the first call of a token, before its
// workspace is known.
func (g *Gateway) AuthTest(ctx context.Context, token string) (Identity, error) {
	var who Identity
	err := g.callAs(ctx, token, "auth.test", url.Values{}, &who)
	return who, err
}

// TeamInfo is the workspace itself; Bot is left to AuthTest.
func (g *Gateway) TeamInfo(ctx context.Context, team workspace.TeamID) (workspace.Team, error) {
	api, _, err := g.slackAs(team)
	if err != nil {
		return workspace.Team{}, err
	}
	found, err := api.GetOtherTeamInfoContext(about(ctx, team), string(team))
	if err != nil {
		return workspace.Team{}, refine(err, "team.info")
	}
	return workspace.Team{ID: workspace.TeamID(found.ID), Name: found.Name, Domain: found.Domain}, nil
}

// Authorization is one installation that an event was delivered for.
type Authorization struct {
	Enterprise string           `json:"enterprise_id"`
	Team       workspace.TeamID `json:"team_id"`
	User       workspace.UserID `json:"user_id"`
}

// Authorizations are all the installations that can see an event: the event
// itself names only one. It needs the app-level token.
func (g *Gateway) Authorizations(ctx context.Context, eventContext string) ([]Authorization, error) {
	var all []Authorization
	for cursor := ""; ; {
		args := url.Values{"event_context": {eventContext}}
		if cursor != "" {
			args.Set("cursor", cursor)
		}
		var answer struct {
			Authorizations []Authorization `json:"authorizations"`
			Cursor         string          `json:"cursor_next"`
		}
		if err := g.callAs(ctx, g.config.AppToken, "apps.event.authorizations.list", args, &answer); err != nil {
			return nil, err
		}
		all = append(all, answer.Authorizations...)
		if cursor = answer.Cursor; cursor == "" {
			return all, nil
		}
	}
}
