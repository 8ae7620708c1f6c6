package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim"
	"usher/rules/workspace"
)

// osFiles lets rules read policies, which they only do through an fs.FS, from
// wherever the command line says: absolute paths and .. included.
type osFiles struct{}

func (osFiles) Open(name string) (fs.File, error) { return os.Open(name) }

// loadWorkspace reads a workspace file as Usher would know that workspace,
// everything read whole. team says which, where the file has several.
func loadWorkspace(path, team string) (*workspace.Snapshot, error) {
	file, err := slacksim.LoadFile(path)
	if err != nil {
		return nil, err
	}
	state, err := file.State()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	teams := slices.Sorted(maps.Keys(state.Workspaces))
	switch _, found := state.Workspaces[team]; {
	case team == "" && len(teams) > 1:
		return nil, usagef("%s has several workspaces (%s); say which with --team", path, strings.Join(teams, ", "))
	case team == "":
		team = teams[0]
	case !found:
		return nil, fmt.Errorf("%s has no workspace %s, which the policy or --team names; it has %s", path, team, strings.Join(teams, ", "))
	}
	return snapshot(team, state.Workspaces[team]), nil
}

// snapshot is one simulated workspace as the mirror would hold it. Usher counts
// as a member of every public channel: it joins those by itself.
func snapshot(team string, s slacksim.Workspace) *workspace.Snapshot {
	whole := workspace.Knowledge{Complete: true, At: time.Unix(0, 0).UTC()}
	info := workspace.Team{ID: workspace.TeamID(team)}
	for _, u := range s.Users {
		if u.Name == "usher" && u.IsBot {
			info.Bot = workspace.UserID(u.ID)
		}
	}
	e := workspace.New(info).Edit()
	for _, id := range slices.Sorted(maps.Keys(s.Users)) {
		e.PutUser(account(team, s.Users[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Channels)) {
		c := s.Channels[id]
		members := ids[workspace.UserID](c.Members)
		e.PutChannel(workspace.Channel{
			ID: workspace.ChannelID(id), Name: c.Name, Creator: workspace.UserID(c.Creator), Created: c.Created,
			Private: c.IsPrivate, Archived: c.IsArchived, General: c.IsGeneral, Shared: c.IsExtShared,
			BotIn: !c.IsPrivate || slices.Contains(members, info.Bot), Topic: c.Topic, Purpose: c.Purpose, Count: len(members),
		})
		e.SetMembers(workspace.ChannelID(id), members, whole)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Usergroups)) {
		g := s.Usergroups[id]
		e.PutUsergroup(workspace.Usergroup{
			ID: workspace.UsergroupID(id), Handle: g.Handle, Name: g.Name, Description: g.Description,
			Channels: ids[workspace.ChannelID](g.Channels), AdditionalChannels: ids[workspace.ChannelID](g.AdditionalChannels),
			Section: g.EnableSection, Disabled: g.DateDelete != 0, Count: len(g.Users),
		})
		e.SetUsergroupMembers(workspace.UsergroupID(id), ids[workspace.UserID](g.Users), whole)
	}
	for _, id := range slices.Sorted(maps.Keys(s.IDPGroups)) {
		e.PutIDPGroup(workspace.IDPGroup{ID: workspace.IDPGroupID(id), Name: s.IDPGroups[id].Name})
		e.SetIDPGroupMembers(workspace.IDPGroupID(id), ids[workspace.UserID](s.IDPGroups[id].Members), whole)
	}
	for channel, groups := range s.Links {
		e.SetLinks(workspace.ChannelID(channel), ids[workspace.IDPGroupID](groups))
	}
	e.KnowUsers(whole)
	e.KnowChannels(whole)
	e.KnowUsergroups(whole)
	return e.Snapshot()
}

func account(team string, u slacksim.User) workspace.User {
	guest := workspace.FullMember
	switch {
	case u.IsUltraRestricted:
		guest = workspace.SingleChannelGuest
	case u.IsRestricted:
		guest = workspace.MultiChannelGuest
	}
	return workspace.User{
		ID: workspace.UserID(u.ID), Team: workspace.TeamID(u.TeamID), Name: u.Name, RealName: u.RealName, Display: u.DisplayName,
		Email: u.Email, Title: u.Title, Guest: guest, Bot: u.IsBot, Admin: u.IsAdmin, Owner: u.IsOwner,
		External: u.TeamID != "" && u.TeamID != team, Deleted: u.Deleted,
	}
}

func ids[T ~string](all []string) []T {
	out := make([]T, len(all))
	for i, id := range all {
		out[i] = T(id)
	}
	return out
}
