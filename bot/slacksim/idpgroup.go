package slacksim

// idpGroup is a group of the identity provider: on Grid, what SCIM calls a
// group.
type idpGroup struct {
	id, name string
	members  idSet
	channels idSet // those its people are added to
}

func (w *workspace) idpGroup(ref string) *idpGroup {
	if g := w.idpGroups[ref]; g != nil {
		return g
	}
	return w.idpNamed(ref)
}

func (w *workspace) idpNamed(name string) *idpGroup {
	for _, g := range w.idpList {
		if g.name == name {
			return g
		}
	}
	return nil
}

func (w *workspace) addIDPGroup(g *idpGroup) *idpGroup {
	if g.id == "" {
		g.id = w.freeID("S", "idp", g.name)
	}
	w.idpGroups[g.id], w.ids[g.id] = g, true
	w.idpList = append(w.idpList, g)
	return g
}

// linkAllows says whether the channel's links let the person in. Bots are not
// known to the identity provider and are not held to it. Outside of Grid a link
// is there and does nothing.
func (w *workspace) linkAllows(c *channel, u *user) bool {
	if !w.grid() || c.links.len() == 0 || u.bot {
		return true
	}
	for _, id := range c.links.all() {
		if w.idpGroups[id].members.has(u.id) {
			return true
		}
	}
	return false
}

// enforceLinks takes out everybody the channel's links do not let in.
func (w *workspace) enforceLinks(c *channel) {
	for _, id := range c.members.all() {
		if u := w.users[id]; u != nil && !w.linkAllows(c, u) {
			w.removeMember(c, u, nil)
		}
	}
}

// link restricts a channel to a group. Members of the group are not added.
func (w *workspace) link(c *channel, g *idpGroup) *failure {
	switch {
	case c.dm:
		return fail("invalid_channel")
	case c.general:
		return fail("default_channel_restricted")
	case !c.private:
		return fail("channel_is_not_private")
	case len(c.connected) > 0:
		return fail("unable_to_link_idp_group_and_channel")
	case g.members.len() == 0:
		return fail("group_must_not_be_empty")
	case c.links.has(g.id):
		return fail("group_already_linked_to_channel")
	case c.members.len() == 0:
		return fail("no_channel_memberships")
	}
	c.links.add(g.id)
	if c.links.len() == 1 {
		w.enforceLinks(c)
	}
	return nil
}

// unlink takes a group off a channel. Without any link left it is an ordinary
// private channel again and nobody is removed.
func (w *workspace) unlink(c *channel, g *idpGroup) *failure {
	if !c.links.remove(g.id) {
		return fail("link_not_found")
	}
	if c.links.len() > 0 {
		w.enforceLinks(c)
	}
	return nil
}

// setIDPMembers replaces a group's members. Whoever is out loses every channel
// held only through it.
func (w *workspace) setIDPMembers(g *idpGroup, members []string) *failure {
	var gone int
	next := newIDSet(members...)
	for _, id := range g.members.all() {
		if !next.has(id) {
			gone++
		}
	}
	linked := false
	for _, c := range w.chanList {
		linked = linked || c.links.has(g.id)
	}
	if linked && gone > 1000 {
		return fail("failed_to_remove_group_users")
	}
	before := g.members
	g.members = next
	for _, id := range next.all() {
		if u := w.users[id]; u != nil && !before.has(id) {
			w.admit(u, g.channels.all(), nil)
		}
	}
	for _, c := range w.chanList {
		if c.links.has(g.id) {
			w.enforceLinks(c)
		}
	}
	return nil
}
