package gateway

import (
	"context"
	"net/url"
	"strconv"

	"usher/rules/workspace"
)

// UsergroupQuery is what a list of user groups is to hold.
type UsergroupQuery struct {
	Disabled bool // disabled ones, too
	Users    bool // who is in them
	Count    bool // how many are in them
}

// ListUsergroups are the user groups of a query, in one call: Slack does not
// page them.
func (g *Gateway) ListUsergroups(ctx context.Context, team workspace.TeamID, q UsergroupQuery) ([]UsergroupMembers, error) {
	args := url.Values{
		"include_users": {strconv.FormatBool(q.Users)}, "include_disabled": {strconv.FormatBool(q.Disabled)}, "include_count": {strconv.FormatBool(q.Count)},
	}
	var answer struct {
		Usergroups []UsergroupJSON `json:"usergroups"`
	}
	if err := g.call(ctx, team, "usergroups.list", args, &answer); err != nil {
		return nil, err
	}
	all := make([]UsergroupMembers, 0, len(answer.Usergroups))
	for _, u := range answer.Usergroups {
		all = append(all, UsergroupMembers{u.Usergroup(), u.Users})
	}
	return all, nil
}

// ListUsergroupUsers is who is in one user group; of a disabled one where
// disabled is set.
func (g *Gateway) ListUsergroupUsers(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, disabled bool) ([]workspace.UserID, error) {
	args := url.Values{"usergroup": {string(id)}, "include_disabled": {strconv.FormatBool(disabled)}}
	var answer struct {
		Users []workspace.UserID `json:"users"`
	}
	err := g.call(ctx, team, "usergroups.users.list", args, &answer)
	return answer.Users, err
}
