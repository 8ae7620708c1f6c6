package slacksim

import "slices"

// adminTeamMethods are about workspaces of the organisation and the default
// channels of its IdP groups.
var adminTeamMethods = map[string]handler{
	"admin.teams.list":                orgAdmin(adminTeamsList),
	"admin.conversations.getTeams":    orgAdmin(adminConversationsGetTeams),
	"admin.usergroups.addTeams":       orgAdmin(adminGroupAddTeams),
	"admin.usergroups.addChannels":    orgAdmin(adminGroupAddChannels),
	"admin.usergroups.removeChannels": orgAdmin(adminGroupRemoveChannels),
	"admin.usergroups.listChannels":   orgAdmin(adminGroupListChannels),
}

func adminTeamsList(c *call) (answer, *failure) {
	cut, next, f := page(c, []*workspace{c.w}, func(w *workspace) string { return w.id })
	if f != nil {
		return nil, f
	}
	teams := []answer{}
	for _, w := range cut {
		owner := w.admin
		for _, u := range w.userList {
			if u.primary {
				owner = u
			}
		}
		teams = append(teams, answer{
			"id": w.id, "name": w.name, "discoverability": "open", "team_url": w.url(),
			"primary_owner": answer{"user_id": owner.id, "email": owner.email},
		})
	}
	return answer{"teams": teams, "response_metadata": cursorOf(next)}, nil
}

func adminConversationsGetTeams(c *call) (answer, *failure) {
	if _, f := c.any("channel_id"); f != nil {
		return nil, f
	}
	cut, next, f := page(c, []string{c.w.id}, func(id string) string { return id })
	if f != nil {
		return nil, f
	}
	return answer{"team_ids": cut, "response_metadata": cursorOf(next)}, nil
}

// provisioned finds the IdP group of a call.
func (c *call) provisioned() (*idpGroup, *failure) {
	g := c.w.idpGroups[c.text("usergroup_id")]
	if g == nil {
		return nil, fail("usergroup_not_found")
	}
	return g, nil
}

func adminGroupAddTeams(c *call) (answer, *failure) {
	_, f := c.provisioned()
	ids := c.list("team_ids")
	switch {
	case f != nil:
		return nil, f
	case len(ids) == 0:
		return nil, fail("no_team_ids_given")
	case slices.ContainsFunc(ids, func(id string) bool { return id != c.w.id }):
		return nil, fail("invalid_team_ids")
	}
	return answer{}, nil
}

// groupChannels are the group and the channels a call names.
func (c *call) groupChannels() (*idpGroup, []*channel, *failure) {
	g, f := c.provisioned()
	if f != nil {
		return nil, nil, f
	}
	ids := c.list("channel_ids")
	if len(ids) == 0 || len(ids) > maxLinkedChannels {
		return nil, nil, fail("invalid_channels_limit")
	}
	var all []*channel
	for _, id := range ids {
		ch := c.w.channels[id]
		if ch == nil || ch.dm {
			return nil, nil, fail("channel_not_found")
		}
		all = append(all, ch)
	}
	return g, all, nil
}

// adminGroupAddChannels makes channels the group's default ones: its people are
// added to them, now and when they join the group.
func adminGroupAddChannels(c *call) (answer, *failure) {
	g, channels, f := c.groupChannels()
	if f != nil {
		return nil, f
	}
	for _, ch := range channels {
		g.channels.add(ch.id)
	}
	for _, id := range g.members.all() {
		if u := c.w.users[id]; u != nil {
			c.w.admit(u, g.channels.all(), c.me)
		}
	}
	return answer{}, nil
}

func adminGroupRemoveChannels(c *call) (answer, *failure) {
	g, channels, f := c.groupChannels()
	if f != nil {
		return nil, f
	}
	for _, ch := range channels {
		g.channels.remove(ch.id)
	}
	return answer{}, nil
}

func adminGroupListChannels(c *call) (answer, *failure) {
	g, f := c.provisioned()
	if f != nil {
		return nil, f
	}
	list := []answer{}
	for _, id := range g.channels.all() {
		ch := c.w.channels[id]
		if ch == nil {
			continue
		}
		one := answer{"id": ch.id, "name": ch.name, "team_id": c.w.id}
		if c.flag("include_num_members") {
			one["num_members"] = ch.members.len()
		}
		list = append(list, one)
	}
	return answer{"channels": list}, nil
}
