package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"usher/bot/store"
	"usher/rules/workspace"
)

// Kinds of parts. They are never renamed.
const (
	kindTeam      = "team"
	kindUser      = "user"
	kindChannel   = "channel"
	kindMembers   = "members"   // who was in a channel when the list was last written whole
	kindMove      = "move"      // one person who came or went since
	kindUsergroup = "usergroup" // with its people
	kindIDPGroup  = "idp_group" // with its people
	kindKnown     = "known"
	kindCursor    = "cursor"
)

// Names of known parts.
const knownUsers, knownChannels, knownUsergroups, knownMembers = "users", "channels", "usergroups", "members"

// membersPart is a channel's list.
type membersPart struct {
	IDs       []workspace.UserID `json:"ids"`
	Newcomers []workspace.UserID `json:"new,omitempty"`
	At        time.Time          `json:"at"`
	Whole     bool               `json:"whole"`
}

// The bodies of a move part.
const moveNew, moveIn, moveOut = `"new"`, `"in"`, `"out"`

func moveID(c workspace.ChannelID, u workspace.UserID) string { return string(c) + "/" + string(u) }

type usergroupPart struct {
	workspace.Usergroup
	Users []workspace.UserID `json:"people"`
	Read  time.Time          `json:"read"`
}

// cursor is how far the reading of a list got.
type cursor struct {
	Next  string    `json:"next"`
	Began time.Time `json:"began"`
}

// manyMoves is from how many single moves on a list is written whole again.
func manyMoves(size int) int { return 64 + size/4 }

// Take hands out what is not saved yet; nil when there is nothing. It waits
// while somebody else's changes are being saved.
func (d *Directory) Take(ctx context.Context, team workspace.TeamID) (*Changes, error) {
	m := d.mirror(team)
	select {
	case <-m.saving:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := m.take()
	if c == nil {
		m.saving <- struct{}{}
	}
	return c, nil
}

// Kept says that the changes are saved.
func (c *Changes) Kept() {
	if c != nil {
		c.m.settle(c, true)
	}
}

// Lost says that they are not; they will be among the next ones taken.
func (c *Changes) Lost() {
	if c != nil {
		c.m.settle(c, false)
	}
}

// Save takes what is not saved yet and saves it.
func (d *Directory) Save(ctx context.Context, team workspace.TeamID) error {
	c, err := d.Take(ctx, team)
	if err != nil || c == nil {
		return err
	}
	if err = d.config.Memory.SetGraces(ctx, team, c.Graces...); err == nil {
		err = d.config.Memory.SaveMirror(ctx, team, c.Parts...)
	}
	if err != nil {
		c.Lost()
		return fmt.Errorf("save the mirror of %s: %w", team, err)
	}
	c.Kept()
	return nil
}

func (m *mirror) take() *Changes {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.dirty) == 0 && len(m.graces) == 0 {
		return nil
	}
	w := writer{m: m, s: m.snap.Load(), Changes: &Changes{
		m: m, taken: m.dirty, grace: m.graces, moves: map[workspace.ChannelID]map[workspace.UserID]bool{},
	}}
	for k, since := range m.graces {
		w.Graces = append(w.Graces, store.Grace{Channel: k.channel, User: k.user, Since: since})
	}
	w.members()
	for p := range m.dirty {
		w.part(p)
	}
	m.dirty, m.graces = map[part]struct{}{}, map[membership]time.Time{}
	return w.Changes
}

// writer turns dirty names into parts, as the snapshot has them now.
type writer struct {
	*Changes
	m *mirror
	s *workspace.Snapshot
}

func (w writer) put(kind, id string, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only values of our own making are kept
		return
	}
	w.Parts = append(w.Parts, store.Part{Kind: kind, ID: id, Body: body})
}

func (w writer) drop(kind, id string) { w.Parts = append(w.Parts, store.Part{Kind: kind, ID: id}) }

// members decides for each channel that changed whether single moves or the
// whole list is written.
func (w writer) members() {
	moves := map[workspace.ChannelID][]workspace.UserID{}
	for p := range w.m.dirty {
		if channel, user, ok := strings.Cut(p.id, "/"); ok && p.kind == kindMove {
			moves[workspace.ChannelID(channel)] = append(moves[workspace.ChannelID(channel)], workspace.UserID(user))
		}
	}
	for id, users := range moves {
		if _, whole := w.m.dirty[part{kindMembers, string(id)}]; whole {
			continue
		}
		kept := w.m.kept[id]
		if len(kept)+len(users) > manyMoves(w.s.Members(id).Set.Len()) {
			w.whole(id)
			continue
		}
		after := maps.Clone(kept)
		if after == nil {
			after = map[workspace.UserID]bool{}
		}
		for _, u := range users {
			after[u] = true
			w.Parts = append(w.Parts, store.Part{Kind: kindMove, ID: moveID(id, u), Body: []byte(w.moveBody(id, u))})
		}
		w.moves[id] = after
	}
}

func (w writer) moveBody(id workspace.ChannelID, u workspace.UserID) string {
	user, known := w.s.User(u)
	r := w.s.Members(id)
	switch {
	case !known || !r.Set.Has(user):
		return moveOut
	case r.Newcomers.Has(user):
		return moveNew
	}
	return moveIn
}

// whole writes a channel's list and forgets the moves since the last time.
func (w writer) whole(id workspace.ChannelID) {
	r := w.s.Members(id)
	if _, known := w.s.Channel(id); !known && r.Set.Empty() {
		w.drop(kindMembers, string(id))
	} else {
		w.put(kindMembers, string(id), membersPart{
			IDs: idsOf(w.s, r.Set), Newcomers: idsOf(w.s, r.Newcomers), At: r.At, Whole: w.m.whole[id],
		})
	}
	for u := range w.m.kept[id] {
		w.drop(kindMove, moveID(id, u))
	}
	w.moves[id] = nil
}

func (w writer) part(p part) {
	switch p.kind {
	case kindTeam:
		w.put(p.kind, p.id, w.s.Team())
	case kindUser:
		if u, ok := w.s.User(workspace.UserID(p.id)); ok {
			w.put(p.kind, p.id, u)
		}
	case kindChannel:
		if c, ok := w.s.Channel(workspace.ChannelID(p.id)); ok {
			w.put(p.kind, p.id, c)
		} else {
			w.drop(p.kind, p.id)
		}
	case kindMembers:
		w.whole(workspace.ChannelID(p.id))
	case kindUsergroup:
		if g, ok := w.s.Usergroup(workspace.UsergroupID(p.id)); ok {
			r := w.s.UsergroupMembers(g.ID)
			w.put(p.kind, p.id, usergroupPart{g, idsOf(w.s, r.Set), r.At})
		} else {
			w.drop(p.kind, p.id)
		}
	case kindIDPGroup:
		if g, ok := w.s.IDPGroup(workspace.IDPGroupID(p.id)); ok {
			r := w.s.IDPGroupMembers(g.ID)
			w.put(p.kind, p.id, idpGroupPart{g, idsOf(w.s, r.Set), r.At})
		} else {
			w.drop(p.kind, p.id)
		}
	case kindKnown:
		known := map[string]workspace.Knowledge{knownUsers: w.s.UsersKnown(), knownChannels: w.s.ChannelsKnown(), knownUsergroups: w.s.UsergroupsKnown()}[p.id]
		switch p.id {
		case knownUsers:
			known.Complete = w.m.usersWhole
		case knownMembers:
			known.At = w.m.distrusted
		}
		w.put(p.kind, p.id, known)
	case kindCursor:
		if c, ok := w.m.cursors[p.id]; ok {
			w.put(p.kind, p.id, c)
		} else {
			w.drop(p.kind, p.id)
		}
	}
}

func idsOf(s *workspace.Snapshot, set workspace.Set) []workspace.UserID {
	out := make([]workspace.UserID, 0, set.Len())
	for u := range s.In(set) {
		out = append(out, u.ID)
	}
	return out
}
