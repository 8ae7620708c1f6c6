package rules

import (
	"slices"
	"strings"
	"sync"

	"usher/rules/workspace"
)

// memo remembers what is dear to work out about the accounts and channels of a
// workspace, for as long as those do not change. It changes no answer.
type memo struct {
	mu       sync.Mutex
	bot      workspace.UserID
	census   *workspace.Census
	channels workspace.Version
	governed []governed
}

// governed is one channel with the clusters that claim it.
type governed struct {
	channel  workspace.ChannelID
	clusters []*cluster
}

// Questions that are asked about every account, besides conditions.
type question string

const (
	isShielded  question = "shielded"
	isUninvited question = "uninvited"
	isOwner     question = "owner"
)

// ask asks a question about every account. What asks must not hold on to w: it
// is kept.
func (m *memo) ask(w *workspace.Snapshot, key any, about func(workspace.User) (yes, sure bool)) (yes, unsure workspace.Set) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if bot := w.Team().Bot; m.census == nil || m.bot != bot {
		m.census, m.bot = &workspace.Census{}, bot
	}
	return m.census.Ask(w, key, about)
}

// matching is everybody of whom a condition holds and who is not deactivated,
// and everybody of whom it cannot be said.
func (p *Policy) matching(w *workspace.Snapshot, c *condition) (yes, unsure workspace.Set) {
	return p.memo.ask(w, c, func(u workspace.User) (bool, bool) {
		yes, sure := c.holds(u)
		return yes && !u.Deleted, sure
	})
}

// shielded is everybody whom the policy protects for certain.
func (p *Policy) shielded(w *workspace.Snapshot) workspace.Set {
	bot := w.Team().Bot
	yes, _ := p.memo.ask(w, isShielded, func(u workspace.User) (bool, bool) {
		kind, _ := p.protect.of(bot, u)
		return !u.Stub && !u.Deleted && kind != "", true
	})
	return yes
}

// uninvited is everybody who is never invited by itself: those who are not
// known, deactivated or not people, and those whom Slack does not let in.
func (p *Policy) uninvited(w *workspace.Snapshot) workspace.Set {
	bot := w.Team().Bot
	yes, _ := p.memo.ask(w, isUninvited, func(u workspace.User) (bool, bool) { return !invitable(bot, u), true })
	return yes
}

func invitable(bot workspace.UserID, u workspace.User) bool {
	return !u.Stub && !u.Deleted && !u.Bot && !u.External && u.Guest != workspace.SingleChannelGuest && u.ID != bot
}

// workspaceOwners are the owners of the workspace.
func (p *Policy) workspaceOwners(w *workspace.Snapshot) workspace.Set {
	yes, _ := p.memo.ask(w, isOwner, func(u workspace.User) (bool, bool) {
		return u.Owner && !u.Deleted && !u.Bot && !u.Stub, true
	})
	return yes
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
