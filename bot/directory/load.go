package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"usher/bot/store"
	"usher/rules/workspace"
)

// load reads a mirror back. Lists are as they were saved; whether they are to
// be believed is the caller's business.
func (d *Directory) load(ctx context.Context, m *mirror) error {
	var err error
	read := func(kind string, each func(*edit, store.Part) error) {
		if err == nil {
			err = d.loadKind(ctx, m, kind, each)
		}
	}
	read(kindTeam, decoded(func(e *edit, _ string, t workspace.Team) { e.PutTeam(t) }))
	read(kindUser, decoded(func(e *edit, _ string, u workspace.User) { e.PutUser(u) }))
	read(kindChannel, decoded(func(e *edit, _ string, c workspace.Channel) { e.PutChannel(c) }))
	read(kindKnown, decoded(func(e *edit, id string, k workspace.Knowledge) {
		switch id {
		case knownUsers:
			e.KnowUsers(k)
			m.usersWhole = k.Complete
		case knownChannels:
			e.KnowChannels(k)
		case knownUsergroups:
			e.KnowUsergroups(k)
		case knownMembers:
			m.distrusted = k.At
		}
	}))
	read(kindMembers, decoded(func(e *edit, id string, p membersPart) {
		c := workspace.ChannelID(id)
		e.RestoreMembers(c, p.IDs, p.Newcomers, workspace.Knowledge{At: p.At})
		if p.Whole && !p.At.Before(m.distrusted) {
			m.whole[c] = true
		}
	}))
	read(kindMove, loadMove)
	read(kindUsergroup, decoded(func(e *edit, _ string, p usergroupPart) {
		e.PutUsergroup(p.Usergroup)
		e.SetUsergroupMembers(p.ID, p.Users, workspace.Knowledge{At: p.Read})
	}))
	read(kindIDPGroup, decoded(func(e *edit, _ string, p idpGroupPart) {
		e.PutIDPGroup(p.IDPGroup)
		e.SetIDPGroupMembers(p.ID, p.Users, workspace.Knowledge{At: p.Read})
	}))
	read(kindCursor, decoded(func(_ *edit, id string, c cursor) { m.cursors[id] = c }))
	if err != nil {
		return err
	}
	return d.loadExceptions(ctx, m)
}

func (d *Directory) loadKind(ctx context.Context, m *mirror, kind string, each func(*edit, store.Part) error) error {
	var failed error
	m.change(func(e *edit) {
		for p, err := range d.config.Memory.Mirror(ctx, m.team, kind) {
			if err == nil {
				err = each(e, p)
			}
			if err != nil {
				failed = err
				return
			}
		}
	})
	return failed
}

func decoded[T any](put func(*edit, string, T)) func(*edit, store.Part) error {
	return func(e *edit, p store.Part) error {
		var v T
		if json.Unmarshal(p.Body, &v) != nil {
			return fmt.Errorf("the stored %s %s is not readable", p.Kind, p.ID)
		}
		put(e, p.ID, v)
		return nil
	}
}

// loadMove applies a single move to the list below it.
func loadMove(e *edit, p store.Part) error {
	channel, user, ok := strings.Cut(p.ID, "/")
	if !ok {
		return fmt.Errorf("the stored %s %s is not readable", p.Kind, p.ID)
	}
	c, u := workspace.ChannelID(channel), workspace.UserID(user)
	switch string(p.Body) {
	case moveOut:
		e.Leave(c, u)
	case moveIn: // one who was new and was found to belong counts as never new
		e.Join(c, u)
		e.Settle(c, u)
	default:
		e.Leave(c, u)
		e.Join(c, u)
	}
	if e.m.kept[c] == nil {
		e.m.kept[c] = map[workspace.UserID]bool{}
	}
	e.m.kept[c][u] = true
	return nil
}

// loadExceptions reads what hangs on memberships.
func (d *Directory) loadExceptions(ctx context.Context, m *mirror) error {
	graces, err := d.config.Memory.Graces(ctx, m.team)
	if err != nil {
		return err
	}
	grants, err := d.config.Memory.Grants(ctx, m.team)
	if err != nil {
		return err
	}
	m.change(func(e *edit) {
		for _, g := range graces {
			e.StartGrace(g.Channel, g.User, g.Since)
		}
		for _, g := range grants {
			e.PutGrant(g)
		}
	})
	return nil
}
