package rules

import (
	"slices"
	"strings"
	"sync"

	"usher/rules/workspace"
)

// memo remembers what is dear to work out for the accounts and channels of one
// snapshot, for as long as those do not change. It changes no answer.
type memo struct {
	mu        sync.Mutex
	users     workspace.Version
	where     map[*condition]answers
	witness   map[*condition]workspace.UserID
	protected *workspace.Set
	unwelcome *workspace.Set
	owners    *workspace.Set
	channels  workspace.Version
	governed  []governed
}

// answers is what a condition says of everybody who is not deactivated.
type answers struct{ yes, unsure workspace.Set }

// governed is one channel with the clusters that claim it.
type governed struct {
	channel  workspace.ChannelID
	clusters []*cluster
}

// of makes the memo one about w's accounts; the lock is held.
func (m *memo) of(w *workspace.Snapshot) {
	if v := w.UsersVersion(); v != m.users || m.where == nil {
		m.users, m.protected, m.unwelcome, m.owners = v, nil, nil, nil
		m.where = map[*condition]answers{}
		if m.witness == nil {
			m.witness = map[*condition]workspace.UserID{}
		}
	}
}

// answers asks a condition about everybody.
func (p *Policy) answers(w *workspace.Snapshot, c *condition) answers {
	m := p.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(w)
	all, ok := m.where[c]
	if !ok {
		var unsure []workspace.UserID
		all.yes = w.Where(func(u workspace.User) bool {
			yes, sure := c.holds(u)
			if !sure {
				unsure = append(unsure, u.ID)
			}
			return yes && !u.Deleted
		})
		all.unsure = w.SetOf(unsure...)
		m.where[c] = all
	}
	return all
}

// anybody reports whether a condition holds for somebody, or is believed to
// hold for nobody. One of them is remembered, so that the next question is short.
func (p *Policy) anybody(w *workspace.Snapshot, s *source) bool {
	if had, remembered := p.sizes[s.text]; remembered && had == 0 {
		return true
	}
	m := p.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(w)
	if all, ok := m.where[s.when]; ok {
		return size(w, all.yes) > 0
	}
	holds := func(u workspace.User) bool {
		yes, _ := s.when.holds(u)
		return yes && !u.Deleted && u.ID != w.Team().Bot
	}
	if u, ok := w.User(m.witness[s.when]); ok && holds(u) {
		return true
	}
	for u := range w.Users() {
		if holds(u) {
			m.witness[s.when] = u.ID
			return true
		}
	}
	return false
}

// shielded is everybody whom the policy protects for certain.
func (p *Policy) shielded(w *workspace.Snapshot) workspace.Set {
	m := p.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(w)
	if m.protected == nil {
		set := w.Where(func(u workspace.User) bool {
			kind, _ := p.protect.of(w, u)
			return !u.Stub && !u.Deleted && kind != ""
		})
		m.protected = &set
	}
	return *m.protected
}

// uninvited is everybody who is never invited by itself: those who are not
// known, deactivated or not people, and those whom Slack does not let in.
func (p *Policy) uninvited(w *workspace.Snapshot) workspace.Set {
	m := p.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(w)
	if m.unwelcome == nil {
		set := w.Where(func(u workspace.User) bool { return !invitable(w, u) })
		m.unwelcome = &set
	}
	return *m.unwelcome
}

func invitable(w *workspace.Snapshot, u workspace.User) bool {
	return !u.Stub && !u.Deleted && !u.Bot && !u.External && u.Guest != workspace.SingleChannelGuest && u.ID != w.Team().Bot
}

// governedChannels are the channels that some cluster claims, by id.
func (p *Policy) governedChannels(w *workspace.Snapshot) []governed {
	m := p.memo
	v := w.ChannelsVersion()
	m.mu.Lock()
	if m.channels == v && m.governed != nil {
		defer m.mu.Unlock()
		return m.governed
	}
	m.mu.Unlock()
	found := []governed{}
	for c := range w.Channels() {
		if clusters := p.governing(c); len(clusters) > 0 {
			found = append(found, governed{c.ID, clusters})
		}
	}
	slices.SortFunc(found, func(a, b governed) int { return strings.Compare(string(a.channel), string(b.channel)) })
	m.mu.Lock()
	defer m.mu.Unlock()
	m.channels, m.governed = v, found
	return found
}

// workspaceOwners are the owners of the workspace.
func (p *Policy) workspaceOwners(w *workspace.Snapshot) workspace.Set {
	m := p.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(w)
	if m.owners == nil {
		set := w.Where(func(u workspace.User) bool { return u.Owner && !u.Deleted && !u.Bot && !u.Stub })
		m.owners = &set
	}
	return *m.owners
}
