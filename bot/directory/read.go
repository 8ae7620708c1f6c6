package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"usher/bot/gateway"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Read carries out one Refresh action: it reads a thing again, puts it into the
// mirror and saves that. A thing that is gone is dropped. An error leaves the
// mirror as it was, incomplete where it was. A user group whose people are known
// already is not read again; otherwise all are read, in the one call it takes anyway.
func (d *Directory) Read(ctx context.Context, team workspace.TeamID, a action.Refresh) error {
	m := d.mirror(team)
	if !a.Channels && !a.Users { // somebody's membership hangs on it: it goes ahead of reading the workspace
		ctx = gateway.WithPriority(ctx, action.Group)
	}
	var err error
	switch {
	case a.Channel != "":
		err = d.readChannel(ctx, m, a.Channel)
	case a.Usergroup != "":
		err = d.readUsergroup(ctx, m, a.Usergroup)
	case a.IDPGroup != "":
		err = d.readIDPGroup(ctx, m, a.IDPGroup)
	case a.User != "":
		err = d.readUser(ctx, m, a.User)
	case a.Channels:
		_, err = d.readChannels(ctx, m, func(int) {})
	default:
		err = d.readUsers(ctx, m, func(int) {})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", a, err)
	}
	return d.Save(ctx, team)
}

func (d *Directory) readChannel(ctx context.Context, m *mirror, id workspace.ChannelID) error {
	began := d.config.Clock()
	c, err := gateway.Retry(ctx, func() (workspace.Channel, error) { return d.config.Lister.ChannelInfo(ctx, m.team, id) })
	if gateway.Gone(err) {
		m.change(func(e *edit) {
			e.dropGraces(id)
			e.dropChannel(id)
		})
		return nil
	}
	if err != nil {
		return err
	}
	m.change(func(e *edit) {
		if old, known := e.was.Channel(id); known && m.heard.since("name "+string(id), began) {
			c.Name = old.Name
		}
		if old, known := e.was.Channel(id); known && m.heard.since("archived "+string(id), began) {
			c.Archived = old.Archived
		}
		e.putChannel(e.unsaid(c))
	})
	return d.readMembers(ctx, m, id, func(int) {})
}

// readMembers reads who is in a channel. The list is complete if all pages were
// had and Usher was a member the whole time, and so heard who came and went.
func (d *Directory) readMembers(ctx context.Context, m *mirror, id workspace.ChannelID, page func(pages int)) error {
	began := d.config.Clock()
	var wasIn bool
	var this reading
	m.change(func(e *edit) {
		c, _ := e.was.Channel(id)
		wasIn = c.BotIn
		m.reading[id] = append(m.reading[id], &this)
	})
	var ids []workspace.UserID
	var failed error
	for p, err := range gateway.Pages(ctx, "", func(ctx context.Context, cursor string) (gateway.Page[workspace.UserID], error) {
		return d.config.Lister.Members(ctx, m.team, id, cursor)
	}) {
		if failed = err; err == nil {
			ids = append(ids, p.Items...)
			page(1)
		}
	}
	m.change(func(e *edit) {
		if m.reading[id] = slices.DeleteFunc(m.reading[id], func(r *reading) bool { return r == &this }); len(m.reading[id]) == 0 {
			delete(m.reading, id)
		}
		switch c, known := e.was.Channel(id); {
		case gateway.Gone(failed):
			e.dropGraces(id)
			e.dropChannel(id)
			failed = nil
		case failed != nil:
			e.distrust(id)
		default:
			e.setMembers(id, ids, workspace.Knowledge{Complete: known && wasIn && c.BotIn, At: began}, this.moves)
		}
	})
	return failed
}

func (d *Directory) readUsergroup(ctx context.Context, m *mirror, id workspace.UsergroupID) error {
	s := m.snap.Load()
	_, known := s.Usergroup(id)
	doubted := !known
	for g := range s.Usergroups() {
		doubted = doubted || !s.UsergroupMembers(g.ID).Complete
	}
	if !doubted {
		return nil // it was read together with another one
	}
	return d.readUsergroups(ctx, m)
}

func (d *Directory) readUsergroupUsers(ctx context.Context, m *mirror, id workspace.UsergroupID) error {
	began := d.config.Clock()
	ids, err := gateway.Retry(ctx, func() ([]workspace.UserID, error) { return d.config.Lister.UsergroupUsers(ctx, m.team, id) })
	if gateway.Gone(err) {
		m.change(func(e *edit) { e.dropUsergroup(id) })
		return nil
	}
	if err != nil {
		return err
	}
	m.change(func(e *edit) {
		if m.heard.since("usergroup "+string(id), began) && e.was.UsergroupMembers(id).Complete {
			return // an event was newer
		}
		e.setUsergroupMembers(id, ids, workspace.Knowledge{Complete: true, At: began})
		if g, ok := e.was.Usergroup(id); ok {
			g.Count = len(ids)
			e.putUsergroup(g)
		}
	})
	return nil
}

// readUsergroups reads all user groups with their people in one call.
func (d *Directory) readUsergroups(ctx context.Context, m *mirror) error {
	began := d.config.Clock()
	groups, err := gateway.Retry(ctx, func() ([]gateway.UsergroupMembers, error) { return d.config.Lister.Usergroups(ctx, m.team) })
	if err != nil && !gateway.Unavailable(err) { // without user groups there are none, and that is known
		return err
	}
	m.change(func(e *edit) {
		seen := map[workspace.UsergroupID]bool{}
		for _, g := range groups {
			seen[g.ID] = true
			if m.heard.since("usergroup "+string(g.ID), began) {
				continue
			}
			e.putUsergroup(g.Usergroup)
			e.setUsergroupMembers(g.ID, g.Users, workspace.Knowledge{Complete: len(g.Users) == g.Count, At: began})
		}
		for g := range e.was.Usergroups() {
			if !seen[g.ID] && !m.heard.since("usergroup "+string(g.ID), began) {
				e.dropUsergroup(g.ID)
			}
		}
		e.KnowUsergroups(workspace.Knowledge{Complete: true, At: began})
		e.touch(kindKnown, knownUsergroups)
	})
	// A list of people that is shorter than the group's figure is asked for alone.
	var failed error
	for _, g := range groups {
		if len(g.Users) != g.Count {
			failed = errors.Join(failed, d.readUsergroupUsers(ctx, m, g.ID))
		}
	}
	return failed
}

func (d *Directory) readUser(ctx context.Context, m *mirror, id workspace.UserID) error {
	began := d.config.Clock()
	u, err := gateway.Retry(ctx, func() (workspace.User, error) { return d.config.Lister.UserInfo(ctx, m.team, id) })
	if gateway.Gone(err) {
		return nil // stays a stub: nothing is known of them
	}
	if err != nil {
		return err
	}
	m.change(func(e *edit) {
		if m.heard.read("user "+string(id), began, d.config.Clock()) {
			e.putUser(u)
		}
	})
	return nil
}
