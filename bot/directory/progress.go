package directory

import (
	"sync"
	"time"

	"usher/bot/gateway"
	"usher/rules/workspace"
)

// Progress is how far a Refresh is. CallsLeft and TimeLeft are estimates from
// what is known so far, at Slack's limits.
type Progress struct {
	Team      workspace.TeamID
	PagesDone int
	CallsLeft int
	TimeLeft  time.Duration
	Done      bool
}

// list is one of the things a Refresh reads, in the order of reading.
type list int

const (
	usergroupPages list = iota
	idpPages
	channelPages
	userPages
	memberPages
	lists
)

var methods = [lists]string{"usergroups.list", gateway.SCIMGroups, "conversations.list", "users.list", "conversations.members"}

// perPage is how many things a page holds.
const perPage = 1000

type progress struct {
	mu     sync.Mutex
	report func(Progress)
	team   workspace.TeamID
	pages  int
	left   [lists]int
}

func newProgress(report func(Progress), s *workspace.Snapshot) *progress {
	p := &progress{report: report, team: s.Team().ID}
	channels := 0
	for range s.Channels() {
		channels++
	}
	p.left = [lists]int{usergroupPages: 1, channelPages: 1 + channels/perPage}
	if !s.UsersKnown().Complete {
		p.left[userPages] = 1
	}
	return p
}

// expectUsers guesses the number of accounts from the channel everybody is in.
func (p *progress) expectUsers(s *workspace.Snapshot) {
	people := 0
	for c := range s.Channels() {
		if c.General {
			people = max(people, c.Count)
		}
	}
	p.expect(channelPages, 0)
	if !s.UsersKnown().Complete {
		p.expect(userPages, 1+people/perPage)
	}
}

func (p *progress) expect(l list, pages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left[l] = pages
}

func (p *progress) page(l list, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages += n
	p.left[l] = max(0, p.left[l]-n)
	p.tell(false)
}

func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = [lists]int{}
	p.tell(true)
}

func (p *progress) tell(done bool) {
	if p.report == nil {
		return
	}
	now := Progress{Team: p.team, PagesDone: p.pages, Done: done}
	for l, n := range p.left {
		now.CallsLeft += n
		// Different lists are read beside each other.
		if d := time.Duration(n) * time.Minute / time.Duration(gateway.PerMinute(methods[l])); d > now.TimeLeft {
			now.TimeLeft = d
		}
	}
	p.report(now)
}
