package slacksim

import "slices"

// addMember puts a person in and tells the app where it may know. by is who
// added them, or nil for a join of their own.
func (w *workspace) addMember(c *channel, u, by *user) {
	if c.members.add(u.id) {
		w.emitJoined(c, u, by)
	}
}

// removeMember takes a person out. A private channel without people is
// archived.
func (w *workspace) removeMember(c *channel, u, by *user) {
	botIn := c.members.has(w.bot.id)
	if !c.members.remove(u.id) {
		return
	}
	w.emitLeft(c, u, by, botIn)
	if !c.private || c.dm || c.archived {
		return
	}
	for _, id := range c.members.all() {
		if m := w.users[id]; m != nil && !m.bot {
			return
		}
	}
	c.archived = true
	c.updated = w.unix()
	if by == nil {
		by = u
	}
	w.emitChannel("archive", c, answer{"user": by.id})
}

// admit adds a person to the channels of a list that are open to them.
func (w *workspace) admit(u *user, channels []string, by *user) {
	for _, id := range channels {
		if c := w.channels[id]; c != nil && !u.deleted && !c.archived && w.linkAllows(c, u) {
			w.addMember(c, u, by)
		}
	}
}

// inviteProblem says why by may not bring u in, or nil.
func (w *workspace) inviteProblem(c *channel, u, by *user) *failure {
	switch {
	case u == nil:
		return fail("user_not_found")
	case u == by:
		return fail("cant_invite_self")
	case u.deleted:
		return fail("cant_invite")
	case c.members.has(u.id):
		return fail("already_in_channel")
	case u.external(w) && !slices.Contains(c.connected, u.team):
		return fail("org_user_not_in_team")
	case u.ultra && w.channelCount(u) > 0:
		return fail("ura_max_channels")
	case !w.linkAllows(c, u):
		return fail("cant_invite")
	}
	return nil
}

func (w *workspace) channelCount(u *user) int {
	n := 0
	for _, c := range w.chanList {
		if !c.dm && c.members.has(u.id) {
			n++
		}
	}
	return n
}

// mayInvite says why the person may not invite anybody into the channel.
func (w *workspace) mayInvite(c *channel, by *user) *failure {
	switch {
	case c.archived:
		return fail("is_archived")
	case !c.members.has(by.id):
		return fail("not_in_channel")
	case by.ultra:
		return fail("user_is_ultra_restricted")
	case by.guest():
		return fail("user_is_restricted")
	}
	return nil
}

// kickProblem says why by may not take u out, or nil.
func (w *workspace) kickProblem(c *channel, u, by *user) *failure {
	adminsOnly := w.prefs.removeFromPublic
	if c.private {
		adminsOnly = w.prefs.removeFromPrivate
	}
	switch {
	case u == nil:
		return fail("user_not_found")
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case u == by:
		return fail("cant_kick_self")
	case c.general:
		return fail("cant_kick_from_general")
	case !c.members.has(by.id):
		return fail("not_in_channel")
	case by.guest(), adminsOnly && !by.manages():
		return fail("restricted_action")
	case !c.members.has(u.id):
		return fail("not_in_channel")
	}
	return nil
}

// joinProblem says why a person may not let themselves in.
func (w *workspace) joinProblem(c *channel, u *user) *failure {
	switch {
	case c.dm:
		return fail("method_not_supported_for_channel_type")
	case !w.visible(c, u):
		return fail("channel_not_found")
	case c.private && !c.members.has(u.id):
		return fail("method_not_supported_for_channel_type")
	case c.archived:
		return fail("is_archived")
	}
	return nil
}
