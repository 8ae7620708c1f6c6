package gateway

import (
	"context"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// channelsAPage is as much as Slack lets one ask for.
const channelsAPage = 999

// Channels is one page of the public channels and of those private ones in
// which Usher is, archived ones included.
func (g *Gateway) Channels(ctx context.Context, team workspace.TeamID, cursor string) (Page[workspace.Channel], error) {
	api, c, err := g.slackAs(team)
	if err != nil {
		return Page[workspace.Channel]{}, err
	}
	params := &slack.GetConversationsParameters{Cursor: cursor, Limit: channelsAPage, Types: []string{"public_channel", "private_channel"}}
	if c.Org {
		params.TeamID = string(team)
	}
	found, next, err := api.GetConversationsContext(about(ctx, team), params)
	if err != nil {
		return Page[workspace.Channel]{}, refine(err, "conversations.list")
	}
	page := Page[workspace.Channel]{Items: make([]workspace.Channel, 0, len(found)), Next: next}
	for i := range found {
		page.Items = append(page.Items, ChannelOf(&found[i]))
	}
	return page, nil
}

// ChannelInfo is one channel with its number of members.
func (g *Gateway) ChannelInfo(ctx context.Context, team workspace.TeamID, id workspace.ChannelID) (workspace.Channel, error) {
	api, _, err := g.slackAs(team)
	if err != nil {
		return workspace.Channel{}, err
	}
	found, err := api.GetConversationInfoContext(about(ctx, team), &slack.GetConversationInfoInput{ChannelID: string(id), IncludeNumMembers: true})
	if err != nil {
		return workspace.Channel{}, refine(err, "conversations.info")
	}
	return ChannelOf(found), nil
}

// membersAPage is as much as Slack gives.
const membersAPage = 1000

// Members is one page of who is in a channel.
func (g *Gateway) Members(ctx context.Context, team workspace.TeamID, id workspace.ChannelID, cursor string) (Page[workspace.UserID], error) {
	api, _, err := g.slackAs(team)
	if err != nil {
		return Page[workspace.UserID]{}, err
	}
	found, next, err := api.GetUsersInConversationContext(about(ctx, team), &slack.GetUsersInConversationParameters{ChannelID: string(id), Cursor: cursor, Limit: membersAPage})
	if err != nil {
		return Page[workspace.UserID]{}, refine(err, "conversations.members")
	}
	return Page[workspace.UserID]{Items: ids[workspace.UserID](found), Next: next}, nil
}

// ChannelOf is a channel as Slack's JSON describes it.
func ChannelOf(c *slack.Channel) workspace.Channel {
	return workspace.Channel{
		ID: workspace.ChannelID(c.ID), Name: c.Name,
		Creator: workspace.UserID(c.Creator), Created: int64(c.Created),
		Private: c.IsPrivate || c.IsGroup, Archived: c.IsArchived, General: c.IsGeneral,
		Shared: c.IsExtShared, BotIn: c.IsMember,
		Topic: c.Topic.Value, Purpose: c.Purpose.Value, Count: c.NumMembers,
	}
}

func ids[T ~string](in []string) []T {
	out := make([]T, len(in))
	for i, s := range in {
		out[i] = T(s)
	}
	return out
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
