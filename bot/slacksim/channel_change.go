package slacksim

// createChannel opens a channel with its creator as the only member.
func (w *workspace) createChannel(name string, private bool, by *user) (*channel, *failure) {
	if f := checkChannelName(name); f != nil {
		return nil, f
	}
	switch {
	case by.guest(), by.external(w):
		return nil, fail("restricted_action")
	case w.nameTaken(name):
		return nil, fail("name_taken")
	}
	c := w.addChannel(&channel{name: name, private: private, creator: by.id})
	w.emitChannel("created", c, nil)
	w.addMember(c, by, nil)
	return c, nil
}

// renameChannel is for the channel's creator and admins.
func (w *workspace) renameChannel(c *channel, name string, by *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case c.archived:
		return fail("is_archived")
	case !c.members.has(by.id) && !by.manages():
		return fail("not_in_channel")
	case c.creator != by.id && !by.manages(), c.general && !by.manages():
		return fail("not_authorized")
	}
	if f := checkChannelName(name); f != nil {
		return f
	}
	if name == c.name {
		return nil
	}
	if w.nameTaken(name) {
		return fail("name_taken")
	}
	delete(w.chanNames, c.name)
	c.previous = append([]string{c.name}, c.previous[:min(len(c.previous), maxPrevious-1)]...)
	c.name, c.updated = name, w.unix()
	w.chanNames[name] = c
	w.emitChannel("rename", c, nil)
	return nil
}

func (w *workspace) archiveChannel(c *channel, by *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case c.general:
		return fail("cant_archive_general")
	case c.archived:
		return fail("already_archived")
	case !c.members.has(by.id) && !by.manages():
		return fail("not_in_channel")
	case by.guest():
		return fail("restricted_action")
	}
	c.archived, c.updated = true, w.unix()
	w.emitChannel("archive", c, answer{"user": by.id})
	return nil
}

// unarchiveChannel is refused to bots with an error Slack does not document:
// archiving counts as the end of their membership
// (https://github.com/slack-go/slack/issues/1066).
func (w *workspace) unarchiveChannel(c *channel, by *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case !c.archived:
		return fail("not_archived")
	case by.bot:
		return fail("not_in_channel")
	case by.guest():
		return fail("restricted_action")
	}
	c.archived, c.updated = false, w.unix()
	w.emitChannel("unarchive", c, answer{"user": by.id})
	w.addMember(c, by, nil)
	return nil
}

// deleteChannel is for admins, and final: what was said there goes with it.
func (w *workspace) deleteChannel(c *channel, by *user) *failure {
	switch {
	case c.general, c.dm, !by.manages():
		return fail("restricted_action")
	}
	w.emitChannel("deleted", c, nil)
	for _, m := range w.messages {
		m.deleted = m.deleted || m.channel == c.id
	}
	delete(w.channels, c.id)
	delete(w.chanNames, c.name)
	for i, other := range w.chanList {
		if other == c {
			w.chanList = append(w.chanList[:i:i], w.chanList[i+1:]...)
			break
		}
	}
	return nil
}

// convertToPrivate keeps the members; nobody is told by an event.
func (w *workspace) convertToPrivate(c *channel, by *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case c.general:
		return fail("restricted_action")
	case c.private:
		return fail("channel_type_not_supported")
	case c.creator != by.id && !by.manages():
		return fail("restricted_action")
	}
	c.private, c.updated = true, w.unix()
	return nil
}

// convertToPublic opens a private channel to everybody; it is for admins, and
// impossible while a link restricts the channel.
func (w *workspace) convertToPublic(c *channel, by *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case !c.private:
		return fail("channel_type_not_supported")
	case !by.manages(), c.links.len() > 0:
		return fail("restricted_action")
	}
	c.private, c.updated = false, w.unix()
	return nil
}

// shareExternally connects the channel with another team. A channel whose id
// begins with G gets a new one, as at Slack.
func (w *workspace) shareExternally(c *channel, team string, by *user) *failure {
	switch {
	case c.dm, c.general:
		return fail("restricted_action")
	case by.guest(), !c.members.has(by.id) && !by.manages():
		return fail("not_in_channel")
	case c.links.len() > 0:
		return fail("restricted_action")
	}
	if team == "" {
		team = ident(w.slack.seed, "T", w.id+"/connected", c.name)
	}
	c.connected, c.updated = append(c.connected, team), w.unix()
	if c.id[0] == 'G' {
		w.changeID(c, "C"+c.id[1:])
	}
	w.emitShared("channel_shared", c, team)
	return nil
}

// unshare ends the share with a team, and with it the membership of its people.
func (w *workspace) unshare(c *channel) *failure {
	if len(c.connected) == 0 {
		return fail("channel_not_found")
	}
	team := c.connected[0]
	c.connected, c.updated = append([]string{}, c.connected[1:]...), w.unix()
	for _, id := range c.members.all() {
		if u := w.users[id]; u != nil && u.team == team {
			w.removeMember(c, u, nil)
		}
	}
	w.emitShared("channel_unshared", c, team)
	return nil
}

func (w *workspace) changeID(c *channel, id string) {
	old := c.id
	if w.ids[id] {
		id = w.freeID("C", "channel", c.name)
	}
	delete(w.channels, old)
	c.id = id
	w.channels[id], w.ids[id] = c, true
	for _, m := range w.messages {
		if m.channel == old {
			delete(w.messageAt, old+" "+m.ts)
			m.channel = id
			w.messageAt[id+" "+m.ts] = m
		}
	}
	for _, g := range w.groupList {
		for _, list := range [][]string{g.channels, g.additional} {
			for i := range list {
				if list[i] == old {
					list[i] = id
				}
			}
		}
	}
	w.emit("channel_id_changed", "", answer{"old_channel_id": old, "new_channel_id": id})
}
