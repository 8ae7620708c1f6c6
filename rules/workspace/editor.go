package workspace

import (
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
)

func newBits() *roaring.Bitmap { return roaring.New() }

// Editor derives a new Snapshot from an old one, which stays as it was. It is
// for one goroutine. Nothing it is told can fail: an unknown id is remembered
// as a stub.
type Editor struct{ s Snapshot }

// Edit starts a derived snapshot.
func (s *Snapshot) Edit() *Editor { return &Editor{s: *s} }

// Snapshot is what the edits made so far amount to. The editor may go on.
func (e *Editor) Snapshot() *Snapshot { s := e.s; return &s }

// PutTeam replaces what is known of the workspace itself.
func (e *Editor) PutTeam(t Team) { e.s.team = t }

// PutUser adds or replaces an account.
func (e *Editor) PutUser(u User) {
	u.Email = strings.ToLower(u.Email)
	old, known := e.s.users.Get(u.ID)
	if known {
		u.index = old.index
		if old.Email != "" && old.Email != u.Email {
			if id, _ := e.s.byEmail.Get(old.Email); id == u.ID {
				e.s.byEmail = e.s.byEmail.Delete(old.Email)
			}
		}
	} else {
		e.s.byIndex = e.s.byIndex.Append(u.ID)
		u.index = uint32(e.s.byIndex.Len())
	}
	e.s.users = e.s.users.Set(u.ID, &u)
	if u.Email != "" {
		holder, taken := e.s.byEmail.Get(u.Email)
		if !taken || holder == u.ID || !u.Deleted {
			e.s.byEmail = e.s.byEmail.Set(u.Email, u.ID)
		}
	}
}

func (e *Editor) intern(id UserID) uint32 {
	if u, ok := e.s.users.Get(id); ok {
		return u.index
	}
	e.PutUser(User{ID: id, Stub: true})
	u, _ := e.s.users.Get(id)
	return u.index
}

func (e *Editor) set(ids []UserID) Set {
	b := newBits()
	for _, id := range ids {
		b.Add(e.intern(id))
	}
	return Set{b}
}

// PutChannel adds or replaces a channel.
func (e *Editor) PutChannel(c Channel) {
	e.forgetName(c.ID)
	e.s.channels = e.s.channels.Set(c.ID, c)
	holder, taken := e.s.byName.Get(c.Name)
	if taken && holder != c.ID && c.Archived {
		return
	}
	e.s.byName = e.s.byName.Set(c.Name, c.ID)
}

// DropChannel forgets a channel, its members, links and graces: it was deleted
// or lost. Exceptions stay, should Usher find it again.
func (e *Editor) DropChannel(id ChannelID) {
	e.drop(id)
	for it := e.s.graces.Iterator(); !it.Done(); {
		if k, _, _ := it.Next(); k.channel == id {
			e.s.graces = e.s.graces.Delete(k)
		}
	}
}

func (e *Editor) drop(id ChannelID) {
	e.forgetName(id)
	e.s.channels = e.s.channels.Delete(id)
	e.s.members = e.s.members.Delete(id)
	e.s.links = e.s.links.Delete(id)
}

func (e *Editor) forgetName(id ChannelID) {
	if old, ok := e.s.channels.Get(id); ok {
		if holder, _ := e.s.byName.Get(old.Name); holder == id {
			e.s.byName = e.s.byName.Delete(old.Name)
		}
	}
}

// MoveChannel gives a channel another id (Slack's channel_id_changed): members,
// links, grants and graces move along.
func (e *Editor) MoveChannel(from, to ChannelID) {
	c, ok := e.s.channels.Get(from)
	if !ok || from == to {
		return
	}
	members, hadMembers := e.s.members.Get(from)
	links, hadLinks := e.s.links.Get(from)
	e.drop(from)
	c.ID = to
	e.PutChannel(c)
	if hadMembers {
		e.s.members = e.s.members.Set(to, members)
	}
	if hadLinks {
		e.s.links = e.s.links.Set(to, links)
	}
	for it := e.s.grants.Iterator(); !it.Done(); {
		if k, g, _ := it.Next(); k.channel == from {
			e.s.grants = e.s.grants.Delete(k)
			g.Channel = to
			e.PutGrant(g)
		}
	}
	for it := e.s.graces.Iterator(); !it.Done(); {
		if k, since, _ := it.Next(); k.channel == from {
			e.s.graces = e.s.graces.Delete(k)
			e.StartGrace(to, k.user, since)
		}
	}
}

// SetMembers replaces who is in a channel. Where the list before was complete,
// those who are new in it are newcomers, as if each had been heard to join;
// at a first reading nobody is.
func (e *Editor) SetMembers(c ChannelID, ids []UserID, k Knowledge) {
	old, had := e.s.members.Get(c)
	r := Roster{Set: e.set(ids), Knowledge: k}
	r.Newcomers = old.Newcomers.And(r.Set)
	if had && old.Complete {
		r.Newcomers = r.Newcomers.Or(r.Set.Minus(old.Set))
	}
	e.s.members = e.s.members.Set(c, r)
}

// RestoreMembers puts a stored list back as it was, newcomers included.
func (e *Editor) RestoreMembers(c ChannelID, ids, newcomers []UserID, k Knowledge) {
	e.s.members = e.s.members.Set(c, Roster{Set: e.set(ids), Knowledge: k, Newcomers: e.set(newcomers)})
}

// Join puts one user into a channel, as a newcomer unless they were in already.
func (e *Editor) Join(c ChannelID, u UserID) {
	r, _ := e.s.members.Get(c)
	i := e.intern(u)
	if r.Set.raw().Contains(i) {
		return
	}
	r.Set, r.Newcomers = r.Set.with(i), r.Newcomers.with(i)
	e.s.members = e.s.members.Set(c, r)
}

// Leave takes one user out of a channel; a grace they had there ends.
func (e *Editor) Leave(c ChannelID, u UserID) {
	e.EndGrace(c, u)
	r, had := e.s.members.Get(c)
	if !had {
		return
	}
	i := e.intern(u)
	r.Set, r.Newcomers = r.Set.without(i), r.Newcomers.without(i)
	e.s.members = e.s.members.Set(c, r)
}

// Settle says that a member was found to belong: no newcomer any more, no grace.
func (e *Editor) Settle(c ChannelID, u UserID) {
	e.EndGrace(c, u)
	r, had := e.s.members.Get(c)
	if i := e.intern(u); had && r.Newcomers.raw().Contains(i) {
		r.Newcomers = r.Newcomers.without(i)
		e.s.members = e.s.members.Set(c, r)
	}
}

// DoubtMembers keeps a channel's list but says it may have changed unheard.
func (e *Editor) DoubtMembers(c ChannelID) {
	if r, had := e.s.members.Get(c); had && r.Complete {
		r.Complete = false
		e.s.members = e.s.members.Set(c, r)
	}
}

// TrustMembers says that a channel's list, doubted before, is complete as it is.
func (e *Editor) TrustMembers(c ChannelID) {
	if r, had := e.s.members.Get(c); had && !r.Complete {
		r.Complete = true
		e.s.members = e.s.members.Set(c, r)
	}
}

// StartGrace remembers since when a member has been without eligibility.
func (e *Editor) StartGrace(c ChannelID, u UserID, since time.Time) {
	e.s.graces = e.s.graces.Set(membership{c, u}, since)
}

// EndGrace forgets a grace.
func (e *Editor) EndGrace(c ChannelID, u UserID) {
	e.s.graces = e.s.graces.Delete(membership{c, u})
}

// PutUsergroup adds or replaces a user group.
func (e *Editor) PutUsergroup(g Usergroup) {
	g.Channels, g.AdditionalChannels = slices.Clone(g.Channels), slices.Clone(g.AdditionalChannels)
	e.s.groups = e.s.groups.Set(g.ID, g)
}

// DropUsergroup forgets a user group.
func (e *Editor) DropUsergroup(id UsergroupID) {
	e.s.groups, e.s.groupIn = e.s.groups.Delete(id), e.s.groupIn.Delete(id)
}

// SetUsergroupMembers replaces who is in a user group.
func (e *Editor) SetUsergroupMembers(g UsergroupID, ids []UserID, k Knowledge) {
	e.s.groupIn = e.s.groupIn.Set(g, Roster{Set: e.set(ids), Knowledge: k})
}

// PutIDPGroup adds or replaces an IdP group.
func (e *Editor) PutIDPGroup(g IDPGroup) { e.s.idps = e.s.idps.Set(g.ID, g) }

// DropIDPGroup forgets an IdP group and who is in it.
func (e *Editor) DropIDPGroup(id IDPGroupID) {
	e.s.idps, e.s.idpIn = e.s.idps.Delete(id), e.s.idpIn.Delete(id)
}

// SetIDPGroupMembers replaces who is in an IdP group.
func (e *Editor) SetIDPGroupMembers(g IDPGroupID, ids []UserID, k Knowledge) {
	e.s.idpIn = e.s.idpIn.Set(g, Roster{Set: e.set(ids), Knowledge: k})
}

// SetLinks replaces the IdP groups a private channel is restricted to.
func (e *Editor) SetLinks(c ChannelID, groups []IDPGroupID) {
	e.s.links = e.s.links.Set(c, slices.Clone(groups))
}

// PutGrant adds or replaces an exception.
func (e *Editor) PutGrant(g Grant) { e.s.grants = e.s.grants.Set(membership{g.Channel, g.User}, g) }

// KnowUsers says how well the list of accounts is known.
func (e *Editor) KnowUsers(k Knowledge) { e.s.usersAt = k }

// KnowChannels says how well the list of channels is known.
func (e *Editor) KnowChannels(k Knowledge) { e.s.channelAt = k }

// KnowUsergroups says how well the list of user groups is known.
func (e *Editor) KnowUsergroups(k Knowledge) { e.s.groupsAt = k }
