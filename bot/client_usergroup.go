package bot

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"usher/bot/gateway"
	"usher/rules/workspace"
)

// Teams are the workspaces of the running bot.
func (c *Client) Teams(ctx context.Context) ([]workspace.TeamID, error) {
	return ask[[]workspace.TeamID](ctx, c, http.MethodGet, "teams", url.Values{})
}

// Usergroups are the user groups of a workspace through the running bot.
func (c *Client) Usergroups(team string) *GroupClient { return &GroupClient{c, team} }

// GroupClient does what Usergroups does, through the running bot.
type GroupClient struct {
	client *Client
	team   string
}

func (c *GroupClient) ask(ctx context.Context, q GroupQuestion) (GroupAnswer, error) {
	q.Team = c.team
	text, err := json.Marshal(q)
	if err != nil {
		return GroupAnswer{}, err
	}
	return ask[GroupAnswer](ctx, c.client, http.MethodPost, "usergroup", url.Values{"ask": {string(text)}})
}

func (c *GroupClient) one(ctx context.Context, q GroupQuestion) (g gateway.UsergroupMembers, err error) {
	a, err := c.ask(ctx, q)
	if len(a.Groups) > 0 {
		g = a.Groups[0]
	}
	return g, err
}

// List is Usergroups.List.
func (c *GroupClient) List(ctx context.Context, q gateway.UsergroupQuery) ([]gateway.UsergroupMembers, error) {
	a, err := c.ask(ctx, GroupQuestion{Do: "list", Query: q})
	return a.Groups, err
}

// Find is Usergroups.Find.
func (c *GroupClient) Find(ctx context.Context, named string) (gateway.UsergroupMembers, error) {
	return c.one(ctx, GroupQuestion{Do: "show", Named: named})
}

// Members is Usergroups.Members.
func (c *GroupClient) Members(ctx context.Context, named string, disabled bool) ([]workspace.UserID, error) {
	a, err := c.ask(ctx, GroupQuestion{Do: "members", Named: named, On: disabled})
	return a.People, err
}

// Create is Usergroups.Create.
func (c *GroupClient) Create(ctx context.Context, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	return c.one(ctx, GroupQuestion{Do: "create", Edit: e})
}

// Update is Usergroups.Update.
func (c *GroupClient) Update(ctx context.Context, named string, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	return c.one(ctx, GroupQuestion{Do: "update", Named: named, Edit: e})
}

// Enable is Usergroups.Enable.
func (c *GroupClient) Enable(ctx context.Context, named string, enabled bool) (gateway.UsergroupMembers, error) {
	return c.one(ctx, GroupQuestion{Do: "turn", Named: named, On: enabled})
}

// Change is Usergroups.Change.
func (c *GroupClient) Change(ctx context.Context, named string, e MembersEdit) (gateway.UsergroupMembers, gateway.MembersResult, error) {
	a, err := c.ask(ctx, GroupQuestion{Do: "change", Named: named, Members: e})
	if err != nil || len(a.Groups) == 0 {
		return gateway.UsergroupMembers{}, gateway.MembersResult{}, err
	}
	return a.Groups[0], gateway.MembersResult{After: a.Change.After, Added: a.Change.Added, Removed: a.Change.Removed}, nil
}

// Called is Usergroups.Called.
func (c *GroupClient) Called(ctx context.Context, ids []workspace.UserID) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	a, err := c.ask(ctx, GroupQuestion{Do: "people", People: ids})
	return a.Names, err
}

// ChannelNames is Usergroups.ChannelNames.
func (c *GroupClient) ChannelNames(ctx context.Context, ids []workspace.ChannelID) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	a, err := c.ask(ctx, GroupQuestion{Do: "channels", Channels: ids})
	return a.Names, err
}
