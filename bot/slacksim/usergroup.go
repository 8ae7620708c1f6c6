package slacksim

import (
	"slices"
	"strings"
)

// Slack's limits for user groups.
const (
	maxGroupName        = 80
	maxGroupHandle      = 21
	maxGroupDescription = 140
	maxLinkedChannels   = 100
	maxGroupMembers     = 50_000
)

// usergroup is a user group; a disabled one has deleted set.
type usergroup struct {
	id, handle, name, description string
	members                       idSet
	channels, additional          []string
	section                       bool
	creator, updater, deleter     string
	created, updated, deleted     int64
}

func (w *workspace) usergroup(ref string) *usergroup {
	ref = strings.TrimPrefix(strings.TrimSpace(ref), "@")
	if g := w.usergroups[ref]; g != nil {
		return g
	}
	return w.byHandle(ref)
}

func (w *workspace) byHandle(handle string) *usergroup {
	for _, g := range w.groupList {
		if g.handle == handle {
			return g
		}
	}
	return nil
}

func (w *workspace) addUsergroup(g *usergroup) *usergroup {
	if g.id == "" {
		g.id = w.freeID("S", "usergroup", g.handle)
	}
	g.created, g.updated = w.unix(), w.unix()
	w.usergroups[g.id], w.ids[g.id] = g, true
	w.groupList = append(w.groupList, g)
	return g
}

// mayEditGroups is the workspace preference about user groups.
func (w *workspace) mayEditGroups(by *user) *failure {
	if by.guest() || w.prefs.editUsergroups && !by.manages() {
		return fail("permission_denied")
	}
	return nil
}

// groupChange is what create and update may set; nil leaves a field alone.
type groupChange struct {
	name, handle, description *string
	channels, additional      *[]string
	section                   *bool
}

// check refuses what Slack refuses of a group that does or does not exist yet.
func (ch groupChange) check(w *workspace, g *usergroup, by *user) *failure {
	if ch.name != nil {
		switch {
		case strings.TrimSpace(*ch.name) == "":
			return fail("missing_subteam_name")
		case len([]rune(*ch.name)) > maxGroupName:
			return fail("name_too_long")
		}
		for _, other := range w.groupList {
			if other != g && other.name == *ch.name {
				return fail("name_already_exists")
			}
		}
	}
	if ch.handle != nil {
		if f := w.checkHandle(g, *ch.handle); f != nil {
			return f
		}
	}
	if d := ch.description; d != nil && (len([]rune(*d)) > maxGroupDescription || strings.ContainsAny(*d, "\r\n")) {
		return fail("description_too_long")
	}
	var channels, additional []string
	if g != nil {
		channels, additional = g.channels, g.additional
	}
	if f := w.checkGroupChannels(ch.channels, channels, by); f != nil {
		return f
	}
	return w.checkGroupChannels(ch.additional, additional, by)
}

// checkGroupChannels lets only channels through that the person can see, and
// those the group has already.
func (w *workspace) checkGroupChannels(list *[]string, had []string, by *user) *failure {
	if list == nil {
		return nil
	}
	if len(*list) > maxLinkedChannels {
		return fail("too_many_linked_channels")
	}
	for _, id := range *list {
		c := w.channels[id]
		if c == nil || c.dm || c.archived || !w.visible(c, by) && !slices.Contains(had, id) {
			return fail("invalid_channel_provided")
		}
	}
	return nil
}

func (w *workspace) checkHandle(g *usergroup, handle string) *failure {
	switch strings.ToLower(handle) {
	case "here", "channel", "everyone", "group", "admins", "owners":
		return fail("forbidden_handle")
	}
	if handle == "" || len([]rune(handle)) > maxGroupHandle {
		return fail("bad_handle")
	}
	for _, r := range handle {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)) {
			return fail("bad_handle")
		}
	}
	if other := w.byHandle(handle); other != nil && other != g || w.userNames[handle] != nil || w.chanNames[handle] != nil {
		return fail("handle_already_exists")
	}
	return nil
}

func (ch groupChange) apply(g *usergroup) {
	set := func(into *string, from *string) {
		if from != nil {
			*into = *from
		}
	}
	set(&g.name, ch.name)
	set(&g.handle, ch.handle)
	set(&g.description, ch.description)
	if ch.channels != nil {
		g.channels = slices.Clone(*ch.channels)
	}
	if ch.additional != nil {
		g.additional = slices.Clone(*ch.additional)
	}
	if ch.section != nil {
		g.section = *ch.section
	}
	if len(g.channels) == 0 {
		g.section = false // a section needs a default channel
	}
}

// setGroupMembers replaces the whole list; Slack has no other way. Those who
// are new are added to the group's default channels, nobody is taken out.
// Slack takes a deactivated person, which is how a group is kept without
// anybody in it.
func (w *workspace) setGroupMembers(g *usergroup, ids []string, by *user) *failure {
	next := idSet{}
	for _, id := range ids {
		u := w.users[id]
		if u == nil || u.guest() || u.bot || u.external(w) {
			return fail("invalid_users")
		}
		next.add(id)
	}
	switch {
	case next.len() == 0:
		return fail("no_users_provided")
	case next.len() > maxGroupMembers:
		return fail("subteam_max_users_exceeded")
	}
	before, updated := g.members, g.updated
	g.members, g.updated, g.updater = next, w.unix(), by.id
	var added, removed []string
	for _, id := range next.all() {
		if !before.has(id) {
			added = append(added, id)
		}
	}
	for _, id := range before.all() {
		if !next.has(id) {
			removed = append(removed, id)
		}
	}
	w.provision(g, added, by)
	if len(added)+len(removed) > 0 {
		w.emitGroup("subteam_updated", g)
		w.emitGroupMembers(g, updated, added, removed)
	}
	return nil
}

// provision adds people to the group's default channels.
func (w *workspace) provision(g *usergroup, ids []string, by *user) {
	if g.deleted != 0 {
		return
	}
	for _, id := range ids {
		if u := w.users[id]; u != nil {
			w.admit(u, g.channels, by)
		}
	}
}

// body is the user group object; users only when asked for.
func (g *usergroup) body(w *workspace, withUsers, withCount bool) answer {
	b := answer{
		"id": g.id, "team_id": w.id, "enterprise_subteam_id": "", "is_usergroup": true, "is_subteam": true, "is_external": false,
		"name": g.name, "handle": g.handle, "description": g.description, "auto_type": nil, "auto_provision": false,
		"date_create": g.created, "date_update": g.updated, "date_delete": g.deleted,
		"created_by": g.creator, "updated_by": g.updater, "deleted_by": orNull(g.deleter),
		"channel_count": len(g.channels), "is_section": g.section, "is_visible": true, "enable_section": g.section,
	}
	private := []string{}
	public := []string{}
	for _, id := range g.channels {
		if c := w.channels[id]; c != nil && c.private {
			private = append(private, id)
		} else {
			public = append(public, id)
		}
	}
	b["prefs"] = answer{"channels": public, "groups": private, "additional_channels": nonNil(g.additional)}
	if withUsers {
		b["users"] = g.members.all()
	}
	if withCount {
		b["user_count"] = g.members.len()
	}
	return b
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
