// Package workspace holds Slack ids as types and Snapshot, one workspace as it
// is known now.
//
// It never asks Slack, reads a clock, logs or fails: it is a value that others
// fill. It keeps nothing that is not of one workspace.
//
// Decision: snapshots are immutable and derived by an Editor over persistent
// maps and compressed bitmaps, so that a rule can hold one for as long as it
// likes while the mirror moves on, and one event copies only what it changed.
package workspace

import (
	"iter"
	"time"

	"github.com/benbjohnson/immutable"
)

// Snapshot is one workspace as it is known now. It is immutable and safe for
// concurrent use. What it does not know it says: a Roster's Knowledge, a User's
// Stub, and the second result of the look-ups.
type Snapshot struct {
	team      Team
	users     *immutable.Map[UserID, *User] // never written to once in
	byIndex   *immutable.List[UserID]
	byEmail   *immutable.Map[string, UserID]
	channels  *immutable.Map[ChannelID, Channel]
	byName    *immutable.Map[string, ChannelID]
	members   *immutable.Map[ChannelID, Roster]
	groups    *immutable.Map[UsergroupID, Usergroup]
	groupIn   *immutable.Map[UsergroupID, Roster]
	idps      *immutable.Map[IDPGroupID, IDPGroup]
	idpIn     *immutable.Map[IDPGroupID, Roster]
	links     *immutable.Map[ChannelID, []IDPGroupID]
	grants    *immutable.Map[membership, Grant]
	graces    *immutable.Map[membership, time.Time]
	usersAt   Knowledge
	channelAt Knowledge
	groupsAt  Knowledge
}

type membership struct {
	channel ChannelID
	user    UserID
}

type membershipHasher struct{}

func (membershipHasher) Hash(k membership) uint32 {
	h := uint32(2166136261)
	for _, s := range [2]string{string(k.channel), string(k.user)} {
		for i := range len(s) {
			h = (h ^ uint32(s[i])) * 16777619
		}
	}
	return h
}
func (membershipHasher) Equal(a, b membership) bool { return a == b }

// New is a workspace of which nothing is known.
func New(team Team) *Snapshot {
	return &Snapshot{
		team:     team,
		users:    immutable.NewMap[UserID, *User](nil),
		byIndex:  immutable.NewList[UserID](),
		byEmail:  immutable.NewMap[string, UserID](nil),
		channels: immutable.NewMap[ChannelID, Channel](nil),
		byName:   immutable.NewMap[string, ChannelID](nil),
		members:  immutable.NewMap[ChannelID, Roster](nil),
		groups:   immutable.NewMap[UsergroupID, Usergroup](nil),
		groupIn:  immutable.NewMap[UsergroupID, Roster](nil),
		idps:     immutable.NewMap[IDPGroupID, IDPGroup](nil),
		idpIn:    immutable.NewMap[IDPGroupID, Roster](nil),
		links:    immutable.NewMap[ChannelID, []IDPGroupID](nil),
		grants:   immutable.NewMap[membership, Grant](membershipHasher{}),
		graces:   immutable.NewMap[membership, time.Time](membershipHasher{}),
	}
}

// Team is the workspace itself.
func (s *Snapshot) Team() Team { return s.team }

// User looks an account up by id.
func (s *Snapshot) User(id UserID) (User, bool) {
	u, ok := s.users.Get(id)
	if !ok {
		return User{}, false
	}
	return *u, true
}

// UserByEmail looks an account up by its address, in lower case. Two accounts
// with one address (one deactivated) give the one seen last that is active.
func (s *Snapshot) UserByEmail(address string) (User, bool) {
	id, ok := s.byEmail.Get(address)
	if !ok {
		return User{}, false
	}
	return s.User(id)
}

// Users walks every account, stubs included, in no promised order.
func (s *Snapshot) Users() iter.Seq[User] {
	return func(yield func(User) bool) {
		for it := s.users.Iterator(); !it.Done(); {
			if _, u, _ := it.Next(); !yield(*u) {
				return
			}
		}
	}
}

// In walks the users of a set in no promised order.
func (s *Snapshot) In(set Set) iter.Seq[User] {
	return func(yield func(User) bool) {
		for it := set.raw().Iterator(); it.HasNext(); {
			u, ok := s.users.Get(s.byIndex.Get(int(it.Next()) - 1))
			if ok && !yield(*u) {
				return
			}
		}
	}
}

// SetOf is the set of those of ids that the snapshot knows, stubs included.
func (s *Snapshot) SetOf(ids ...UserID) Set {
	var set Set
	for _, id := range ids {
		if u, ok := s.users.Get(id); ok {
			set = set.with(u.index)
		}
	}
	return set
}

// Where is the set of users for whom keep answers true.
func (s *Snapshot) Where(keep func(User) bool) Set {
	b := newBits()
	for u := range s.Users() {
		if keep(u) {
			b.Add(u.index)
		}
	}
	return Set{b}
}

// Channel looks a channel up by id.
func (s *Snapshot) Channel(id ChannelID) (Channel, bool) { return s.channels.Get(id) }

// ChannelByName looks a channel up by its name without '#'. An active channel
// wins over an archived one of the same name.
func (s *Snapshot) ChannelByName(name string) (Channel, bool) {
	id, ok := s.byName.Get(name)
	if !ok {
		return Channel{}, false
	}
	return s.channels.Get(id)
}

// Channels walks every known channel, archived ones included, in no promised order.
func (s *Snapshot) Channels() iter.Seq[Channel] {
	return func(yield func(Channel) bool) {
		for it := s.channels.Iterator(); !it.Done(); {
			if _, c, _ := it.Next(); !yield(c) {
				return
			}
		}
	}
}

// Members is who is in a channel; the zero Roster (not complete) when that was never read.
func (s *Snapshot) Members(id ChannelID) Roster { r, _ := s.members.Get(id); return r }

// Usergroup looks a user group up by id.
func (s *Snapshot) Usergroup(id UsergroupID) (Usergroup, bool) { return s.groups.Get(id) }

// UsergroupByHandle looks a user group up by its handle without '@', disabled ones included.
func (s *Snapshot) UsergroupByHandle(handle string) (Usergroup, bool) {
	for g := range s.Usergroups() {
		if g.Handle == handle {
			return g, true
		}
	}
	return Usergroup{}, false
}

// Usergroups walks every known user group, disabled ones included, in no promised order.
func (s *Snapshot) Usergroups() iter.Seq[Usergroup] {
	return func(yield func(Usergroup) bool) {
		for it := s.groups.Iterator(); !it.Done(); {
			if _, g, _ := it.Next(); !yield(g) {
				return
			}
		}
	}
}

// UsergroupMembers is who is in a user group.
func (s *Snapshot) UsergroupMembers(id UsergroupID) Roster { r, _ := s.groupIn.Get(id); return r }

// IDPGroups are the known IdP groups, in no promised order.
func (s *Snapshot) IDPGroups() iter.Seq[IDPGroup] {
	return func(yield func(IDPGroup) bool) {
		for all := s.idps.Iterator(); !all.Done(); {
			if _, g, _ := all.Next(); !yield(g) {
				return
			}
		}
	}
}

// IDPGroup looks an IdP group up by id.
func (s *Snapshot) IDPGroup(id IDPGroupID) (IDPGroup, bool) { return s.idps.Get(id) }

// IDPGroupMembers is who is in an IdP group.
func (s *Snapshot) IDPGroupMembers(id IDPGroupID) Roster { r, _ := s.idpIn.Get(id); return r }

// Links are the IdP groups that a private channel is restricted to (Enterprise
// Grid); the second result is false when that was never read.
func (s *Snapshot) Links(id ChannelID) ([]IDPGroupID, bool) { return s.links.Get(id) }

// Grant is the latest exception given to a user for a channel, ended or not.
func (s *Snapshot) Grant(c ChannelID, u UserID) (Grant, bool) {
	return s.grants.Get(membership{c, u})
}

// Grants walks every known exception, ended or not, in no promised order.
func (s *Snapshot) Grants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		for it := s.grants.Iterator(); !it.Done(); {
			if _, g, _ := it.Next(); !yield(g) {
				return
			}
		}
	}
}

// Grace is since when a member of a channel has been without eligibility and
// within a grace; false when no grace runs.
func (s *Snapshot) Grace(c ChannelID, u UserID) (time.Time, bool) {
	return s.graces.Get(membership{c, u})
}

// UsersKnown says how well the list of accounts is known.
func (s *Snapshot) UsersKnown() Knowledge { return s.usersAt }

// ChannelsKnown says how well the list of channels is known. Private channels
// without the bot can never be in it.
func (s *Snapshot) ChannelsKnown() Knowledge { return s.channelAt }

// Opened reports whether a channel that is not known must have been private
// before: it is public now, and older than the list of channels that it was not
// in. In an organisation it may just have come from another workspace.
func (s *Snapshot) Opened(c Channel) bool {
	return s.missing(c) && !c.Private && !c.Shared && s.team.Enterprise == "" && c.Created > 0 && s.older(c)
}

// Fresh reports whether a channel that is not known must have been created since
// the list of channels was read, or is a private one that Usher was added to.
func (s *Snapshot) Fresh(c Channel) bool {
	return s.missing(c) && (c.Private && c.BotIn || !c.Private && !c.Shared && !s.older(c))
}

// missing reports whether a channel is not known although all channels were read
// once; whether nothing was missed since then does not matter.
func (s *Snapshot) missing(c Channel) bool {
	_, known := s.Channel(c.ID)
	return !known && !s.channelAt.At.IsZero()
}

// older reports whether a channel was there when the list was read. Slack tells
// whole seconds, by its own clock.
func (s *Snapshot) older(c Channel) bool {
	const clocksDiffer = time.Minute
	return time.Unix(c.Created, 0).Before(s.channelAt.At.Add(-clocksDiffer))
}

// UsergroupsKnown says how well the list of user groups is known.
func (s *Snapshot) UsergroupsKnown() Knowledge { return s.groupsAt }

// Graces walks every grace that runs, and since when, in no promised order.
func (s *Snapshot) Graces() iter.Seq2[Seat, time.Time] {
	return func(yield func(Seat, time.Time) bool) {
		for it := s.graces.Iterator(); !it.Done(); {
			if k, since, _ := it.Next(); !yield(Seat{k.channel, k.user}, since) {
				return
			}
		}
	}
}

// Seat is one person's place in one channel.
type Seat struct {
	Channel ChannelID
	User    UserID
}

// Rosters walks the member lists of all channels that have one, in no promised order.
func (s *Snapshot) Rosters() iter.Seq2[ChannelID, Roster] {
	return func(yield func(ChannelID, Roster) bool) {
		for it := s.members.Iterator(); !it.Done(); {
			if id, r, _ := it.Next(); !yield(id, r) {
				return
			}
		}
	}
}
