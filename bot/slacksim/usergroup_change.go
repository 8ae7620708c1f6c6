package slacksim

import "strings"

// createGroup makes a user group without members. Without a handle it gets one
// from its name.
func (w *workspace) createGroup(ch groupChange, by *user) (*usergroup, *failure) {
	if ch.name == nil {
		return nil, fail("missing_subteam_name")
	}
	if ch.handle == nil || *ch.handle == "" {
		handle := strings.Trim(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return '-'
		}, strings.ToLower(*ch.name)), "-")
		handle = handle[:min(len(handle), maxGroupHandle)]
		ch.handle = &handle
	}
	if f := ch.check(w, nil, by); f != nil {
		return nil, f
	}
	g := &usergroup{handle: *ch.handle, creator: by.id, updater: by.id}
	ch.apply(g)
	w.addUsergroup(g)
	w.emitGroup("subteam_created", g)
	return g, nil
}

func (w *workspace) editGroup(g *usergroup, ch groupChange, by *user) *failure {
	if f := ch.check(w, g, by); f != nil {
		return f
	}
	ch.apply(g) // new default channels are for those who join the group from now on
	g.updated, g.updater = w.unix(), by.id
	w.emitGroup("subteam_updated", g)
	return nil
}

func (w *workspace) enableGroup(g *usergroup, by *user) *failure {
	if g.deleted == 0 {
		return fail("already_enabled")
	}
	g.deleted, g.deleter, g.updated, g.updater = 0, "", w.unix(), by.id
	w.emitGroup("subteam_updated", g)
	return nil
}

func (w *workspace) disableGroup(g *usergroup, by *user) *failure {
	if g.deleted != 0 {
		return fail("already_disabled")
	}
	g.deleted, g.deleter, g.updated, g.updater = w.unix(), by.id, w.unix(), by.id
	w.emitGroup("subteam_updated", g)
	return nil
}
