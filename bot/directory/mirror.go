package directory

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"usher/bot/store"
	"usher/rules/workspace"
)

// mirror is one workspace.
type mirror struct {
	team workspace.TeamID
	snap atomic.Pointer[workspace.Snapshot]

	saving chan struct{} // holds one token: who has it may take changes

	mu sync.Mutex // guards all below, and the replacing of snap
	// whole are the channels whose list was complete once and has followed every
	// event since: equal figures are enough to believe it again.
	whole map[workspace.ChannelID]bool
	// reading are the readings under way of each channel, with who came and went meanwhile.
	reading    map[workspace.ChannelID][]*reading
	heard      order
	dirty      map[part]struct{}
	graces     map[membership]time.Time                          // changed and not saved; zero: ended
	kept       map[workspace.ChannelID]map[workspace.UserID]bool // single moves saved since the whole list was
	cursors    map[string]cursor
	usersWhole bool
	found      func(workspace.TeamID, Found) // may be nil
	now        func() time.Time
	unheard    time.Time // until then news from a gap may still be on its way
	distrusted time.Time // lists of members from before this cannot be believed by figures
}

type membership struct {
	channel workspace.ChannelID
	user    workspace.UserID
}

// move is one arrival or departure.
type move struct {
	user workspace.UserID
	in   bool
}

// reading is one reading of a channel's members under way.
type reading struct{ moves []move }

// part names a part to be saved.
type part struct{ kind, id string }

func newMirror(team workspace.TeamID, now func() time.Time) *mirror {
	m := &mirror{
		team: team, saving: make(chan struct{}, 1), now: now,
		whole: map[workspace.ChannelID]bool{}, reading: map[workspace.ChannelID][]*reading{}, heard: order{},
		dirty: map[part]struct{}{}, graces: map[membership]time.Time{},
		kept: map[workspace.ChannelID]map[workspace.UserID]bool{}, cursors: map[string]cursor{},
	}
	m.saving <- struct{}{}
	m.snap.Store(workspace.New(workspace.Team{ID: team}))
	return m
}

// edit is one step from a snapshot to the next, remembering what it touched.
type edit struct {
	*workspace.Editor
	m   *mirror
	was *workspace.Snapshot

	found Found
}

// change derives the next snapshot under the mirror's lock.
func (m *mirror) change(do func(*edit)) {
	if found := m.changed(do); found.anything() && m.found != nil {
		m.found(m.team, found)
	}
}

func (m *mirror) changed(do func(*edit)) Found {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.snap.Load()
	e := &edit{Editor: was.Edit(), m: m, was: was}
	do(e)
	m.snap.Store(e.Snapshot())
	return e.found
}

func (e *edit) touch(kind, id string) { e.m.dirty[part{kind, id}] = struct{}{} }

func (e *edit) putTeam(t workspace.Team) {
	e.PutTeam(t)
	e.touch(kindTeam, string(t.ID))
}

func (e *edit) putUser(u workspace.User) {
	e.PutUser(u)
	e.touch(kindUser, string(u.ID))
}

func (e *edit) putChannel(c workspace.Channel) {
	if old, known := e.was.Channel(c.ID); known && old.Private != c.Private || !known && e.was.Opened(c) {
		e.found.Converted = append(e.found.Converted, c.ID)
	}
	e.PutChannel(c)
	e.touch(kindChannel, string(c.ID))
}

func (e *edit) dropChannel(id workspace.ChannelID) {
	e.DropChannel(id)
	delete(e.m.whole, id)
	e.touch(kindChannel, string(id))
	e.touch(kindMembers, string(id))
}

// setMembers replaces a list that was read. Whoever came or went while it was
// being read is added and taken out again.
func (e *edit) setMembers(id workspace.ChannelID, ids []workspace.UserID, k workspace.Knowledge, meanwhile []move) {
	old := e.Snapshot().Members(id)
	if e.m.whole[id] && !old.Complete {
		e.TrustMembers(id) // it was only doubted: whoever is new in it arrived unheard
	}
	e.SetMembers(id, ids, k)
	for _, mv := range meanwhile {
		if mv.in {
			e.Join(id, mv.user)
		} else {
			e.Leave(id, mv.user)
		}
	}
	for gone := range e.was.In(old.Set.Minus(e.Snapshot().Members(id).Set)) {
		e.endGrace(id, gone.ID)
	}
	e.m.whole[id] = k.Complete
	e.touch(kindMembers, string(id))
}

func (e *edit) ids(set workspace.Set) []workspace.UserID {
	out := make([]workspace.UserID, 0, set.Len())
	for u := range e.Snapshot().In(set) {
		out = append(out, u.ID)
	}
	return out
}

// arrive and depart apply one event and keep the figure that lists are compared by.
func (e *edit) arrive(id workspace.ChannelID, u workspace.UserID) {
	if e.in(id, u) {
		return
	}
	e.Join(id, u)
	e.moved(id, u, true)
}

func (e *edit) depart(id workspace.ChannelID, u workspace.UserID) {
	e.endGrace(id, u)
	if !e.in(id, u) {
		return
	}
	e.Leave(id, u)
	e.moved(id, u, false)
}

func (e *edit) moved(id workspace.ChannelID, u workspace.UserID, in bool) {
	if c, ok := e.Snapshot().Channel(id); ok && c.Count > 0 {
		if c.Count--; in {
			c.Count += 2
		}
		e.putChannel(c)
	}
	e.touch(kindMove, moveID(id, u))
}

func (e *edit) in(id workspace.ChannelID, u workspace.UserID) bool {
	s := e.Snapshot()
	user, ok := s.User(u)
	return ok && s.Members(id).Set.Has(user)
}

// distrust says that a list may be wrong in a way figures do not show.
func (e *edit) distrust(id workspace.ChannelID) {
	e.DoubtMembers(id)
	if e.m.whole[id] {
		delete(e.m.whole, id)
		e.touch(kindMembers, string(id))
	}
}

func (e *edit) endGrace(id workspace.ChannelID, u workspace.UserID) {
	if _, runs := e.Snapshot().Grace(id, u); runs {
		e.EndGrace(id, u)
		e.m.graces[membership{id, u}] = time.Time{}
	}
}

// doubt is Directory.Doubt for one mirror.
func (m *mirror) doubt(since, now time.Time) {
	m.change(func(e *edit) {
		for c := range e.was.Channels() {
			e.DoubtMembers(c.ID)
		}
		for g := range e.was.Usergroups() {
			e.doubtUsergroup(g.ID)
		}
		e.KnowChannels(workspace.Knowledge{At: e.was.ChannelsKnown().At})
		e.KnowUsergroups(workspace.Knowledge{At: e.was.UsergroupsKnown().At})
		if now.Sub(since) > redelivery {
			// Two people may have changed places, which no figure shows.
			clear(m.whole)
			m.distrusted = now
			e.touch(kindKnown, knownMembers)
			m.usersWhole = false
			e.KnowUsers(workspace.Knowledge{At: e.was.UsersKnown().At})
			e.touch(kindKnown, knownUsers)
		}
		m.heard = order{}
		m.unheard = now.Add(comesFor)
	})
}

func (e *edit) doubtUsergroup(id workspace.UsergroupID) {
	if r := e.Snapshot().UsergroupMembers(id); r.Complete {
		e.SetUsergroupMembers(id, e.ids(r.Set), workspace.Knowledge{At: r.At})
		e.touch(kindUsergroup, string(id))
	}
}

// Changes are what a mirror has learnt and its memory has not. They must be
// saved before the events they come from are acknowledged, and then be Kept, or
// Lost; until then nobody else can take any.
type Changes struct {
	Parts  []store.Part
	Graces []store.Grace

	m     *mirror
	taken map[part]struct{}
	grace map[membership]time.Time
	moves map[workspace.ChannelID]map[workspace.UserID]bool
}

func (m *mirror) settle(c *Changes, kept bool) {
	m.mu.Lock()
	if kept {
		maps.Copy(m.kept, c.moves)
	} else {
		maps.Copy(m.dirty, c.taken)
		for k, at := range c.grace {
			if _, newer := m.graces[k]; !newer {
				m.graces[k] = at
			}
		}
	}
	m.mu.Unlock()
	m.saving <- struct{}{}
}
