package gateway

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// usersAPage is as much as Slack gives: with a recommended 200 a large
// workspace would take hours to read.
const usersAPage = 1000

// Users is one page of the accounts, deactivated ones included. It is a raw
// call because the typed client cannot go on from a stored cursor.
func (g *Gateway) Users(ctx context.Context, team workspace.TeamID, cursor string) (Page[workspace.User], error) {
	args := url.Values{"limit": {strconv.Itoa(usersAPage)}}
	if cursor != "" {
		args.Set("cursor", cursor)
	}
	var answer struct {
		Members  []slack.User           `json:"members"`
		Metadata slack.ResponseMetadata `json:"response_metadata"`
	}
	if err := g.call(ctx, team, "users.list", args, &answer); err != nil {
		return Page[workspace.User]{}, err
	}
	page := Page[workspace.User]{Items: make([]workspace.User, 0, len(answer.Members)), Next: answer.Metadata.Cursor}
	for i := range answer.Members {
		page.Items = append(page.Items, UserOf(&answer.Members[i], team))
	}
	return page, nil
}

// UserInfo is one account.
func (g *Gateway) UserInfo(ctx context.Context, team workspace.TeamID, id workspace.UserID) (workspace.User, error) {
	api, _, err := g.slackAs(team)
	if err != nil {
		return workspace.User{}, err
	}
	found, err := api.GetUserInfoContext(about(ctx, team), string(id))
	if err != nil {
		return workspace.User{}, refine(err, "users.info")
	}
	return UserOf(found, team), nil
}

// slackbot is Slack's own, in every workspace; it is not marked as a bot.
const slackbot = "USLACKBOT"

// UserOf is an account as Slack's JSON describes it, seen from a workspace.
func UserOf(u *slack.User, team workspace.TeamID) workspace.User {
	user := workspace.User{
		ID: workspace.UserID(u.ID), Team: workspace.TeamID(u.TeamID), Name: u.Name,
		RealName: u.RealName, Display: u.Profile.DisplayName, Email: u.Profile.Email, Title: u.Profile.Title,
		Bot: u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == slackbot, Admin: u.IsAdmin, Owner: u.IsOwner || u.IsPrimaryOwner,
		External: u.IsStranger || external(u, team), Deleted: u.Deleted,
	}
	if user.RealName == "" {
		user.RealName = u.Profile.RealName
	}
	switch {
	case u.IsUltraRestricted:
		user.Guest = workspace.SingleChannelGuest
	case u.IsRestricted:
		user.Guest = workspace.MultiChannelGuest
	}
	if fields := u.Profile.FieldsMap(); len(fields) > 0 {
		user.Fields = make(map[string]string, len(fields))
		for id, f := range fields {
			user.Fields[id] = f.Value
		}
	}
	return user
}

// external is somebody whose home is another workspace, unless it is one of
// the same organisation.
func external(u *slack.User, team workspace.TeamID) bool {
	if u.TeamID == "" || u.TeamID == string(team) || u.TeamID == u.Enterprise.EnterpriseID {
		return false
	}
	return !slices.Contains(u.Enterprise.Teams, string(team))
}
