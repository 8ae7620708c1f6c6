package gateway

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"usher/rules/workspace"
)

// UsergroupMembers is a user group with who is in it.
type UsergroupMembers struct {
	workspace.Usergroup
	Users []workspace.UserID
}

// Usergroups are all user groups, disabled ones included, with their members,
// in one call: Slack does not page them.
func (g *Gateway) Usergroups(ctx context.Context, team workspace.TeamID) ([]UsergroupMembers, error) {
	return g.ListUsergroups(ctx, team, UsergroupQuery{Disabled: true, Users: true, Count: true})
}

// UsergroupUsers is who is in one user group, a disabled one too.
func (g *Gateway) UsergroupUsers(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID) ([]workspace.UserID, error) {
	return g.ListUsergroupUsers(ctx, team, id, true)
}

// UsergroupChange is what a user group shall become. A nil field is left as it
// is; an empty list empties it.
type UsergroupChange struct {
	Name, Handle, Description *string
	Channels                  *[]workspace.ChannelID // default channels; those who join the group join them
	AdditionalChannels        *[]workspace.ChannelID
	Section                   *bool // shown in its members' sidebar
}

// These calls are raw ones because the typed client cannot send an empty list
// of channels nor turn a section off.

// CreateUsergroup makes a user group. Name must be set.
func (g *Gateway) CreateUsergroup(ctx context.Context, team workspace.TeamID, c UsergroupChange) (UsergroupMembers, error) {
	return g.writeUsergroup(ctx, team, "usergroups.create", c.args())
}

// UpdateUsergroup changes a user group.
func (g *Gateway) UpdateUsergroup(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, c UsergroupChange) (UsergroupMembers, error) {
	args := c.args()
	args.Set("usergroup", string(id))
	return g.writeUsergroup(ctx, team, "usergroups.update", args)
}

// EnableUsergroup brings a disabled user group back.
func (g *Gateway) EnableUsergroup(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID) (UsergroupMembers, error) {
	return g.writeUsergroup(ctx, team, "usergroups.enable", url.Values{"usergroup": {string(id)}})
}

// DisableUsergroup disables a user group; Slack deletes none.
func (g *Gateway) DisableUsergroup(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID) (UsergroupMembers, error) {
	return g.writeUsergroup(ctx, team, "usergroups.disable", url.Values{"usergroup": {string(id)}})
}

// SetUsergroupUsers replaces everybody in a user group. Slack refuses an empty list.
func (g *Gateway) SetUsergroupUsers(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, users []workspace.UserID) (UsergroupMembers, error) {
	return g.writeUsergroup(ctx, team, "usergroups.users.update", url.Values{"usergroup": {string(id)}, "users": {strings.Join(texts(users), ",")}})
}

func (g *Gateway) writeUsergroup(ctx context.Context, team workspace.TeamID, method string, args url.Values) (UsergroupMembers, error) {
	args.Set("include_count", "true")
	var answer struct {
		Usergroup UsergroupJSON `json:"usergroup"`
	}
	if err := g.call(ctx, team, method, args, &answer); err != nil {
		return UsergroupMembers{}, err
	}
	return UsergroupMembers{answer.Usergroup.Usergroup(), answer.Usergroup.Users}, nil
}

func (c UsergroupChange) args() url.Values {
	args := url.Values{}
	for name, text := range map[string]*string{"name": c.Name, "handle": c.Handle, "description": c.Description} {
		if text != nil {
			args.Set(name, *text)
		}
	}
	for name, list := range map[string]*[]workspace.ChannelID{"channels": c.Channels, "additional_channels": c.AdditionalChannels} {
		if list != nil {
			args.Set(name, strings.Join(texts(*list), ","))
		}
	}
	if c.Section != nil {
		args.Set("enable_section", strconv.FormatBool(*c.Section))
	}
	return args
}

// UsergroupJSON is a user group as Slack's JSON describes it, in answers and in
// events.
type UsergroupJSON struct {
	ID          workspace.UsergroupID `json:"id"`
	Handle      string                `json:"handle"`
	Name        string                `json:"name"`
	Description string                `json:"description"`
	External    bool                  `json:"is_external"`
	Section     *bool                 `json:"enable_section"`
	IsSection   *bool                 `json:"is_section"` // the same under another name
	Deleted     int64                 `json:"date_delete"`
	Updated     int64                 `json:"date_update"`
	UpdatedBy   workspace.UserID      `json:"updated_by"`
	Count       count                 `json:"user_count"`
	Users       []workspace.UserID    `json:"users"`
	Prefs       struct {
		Channels   []workspace.ChannelID  `json:"channels"`
		Groups     []workspace.ChannelID  `json:"groups"`              // private ones
		Additional *[]workspace.ChannelID `json:"additional_channels"` // not in every answer
	} `json:"prefs"`
}

// Usergroup is the group without its members.
func (u UsergroupJSON) Usergroup() workspace.Usergroup {
	g := workspace.Usergroup{
		ID: u.ID, Handle: u.Handle, Name: u.Name, Description: u.Description,
		Channels:          append(append([]workspace.ChannelID(nil), u.Prefs.Channels...), u.Prefs.Groups...),
		AdditionalUnknown: u.Prefs.Additional == nil, SectionUnknown: u.Section == nil && u.IsSection == nil,
		Disabled: u.Deleted > 0, External: u.External,
		UpdatedBy: u.UpdatedBy, Updated: u.Updated, Count: int(u.Count),
	}
	if u.Prefs.Additional != nil {
		g.AdditionalChannels = *u.Prefs.Additional
	}
	for _, on := range []*bool{u.Section, u.IsSection} {
		g.Section = g.Section || on != nil && *on
	}
	return g
}

// count is a number that Slack writes as one or as a string.
type count int

// UnmarshalJSON takes both.
func (c *count) UnmarshalJSON(b []byte) error {
	var n json.Number
	if json.Unmarshal([]byte(strings.Trim(string(b), `"`)), &n) == nil {
		i, _ := n.Int64()
		*c = count(i)
	}
	return nil
}
