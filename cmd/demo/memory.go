package demo

import "sync"

// memory is what the page itself remembers while it runs; the rest it reads
// from the local Slack.
type memory struct {
	mu         sync.Mutex
	complaints map[string]map[string]string // by view id: what the last submission said about its blocks
	ticked     map[string]map[string]bool   // by workspace: the guide's steps that were done
	opened     map[string]bool              // by workspace and person: who had their Home opened again
	read       map[string]string            // by workspace and person: the last of Usher's messages they looked at
}

func newMemory() *memory {
	return &memory{complaints: map[string]map[string]string{}, ticked: map[string]map[string]bool{}, read: map[string]string{}, opened: map[string]bool{}}
}

// complain replaces what is said about a view's blocks.
func (m *memory) complain(view string, about map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.complaints, view)
	if len(about) > 0 {
		m.complaints[view] = about
	}
}

func (m *memory) complaintsOf(view string) map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.complaints[view]
}

// tick marks the guide's steps that are done.
func (m *memory) tick(team string, g *guide) {
	if g == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ticked[team] == nil {
		m.ticked[team] = map[string]bool{}
	}
	g.tick(m.ticked[team])
}

// opens reports whether somebody's Home is to be opened again, which is once.
func (m *memory) opens(s scene) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	whose := s.teamID + " " + s.me.ID
	again := !m.opened[whose]
	m.opened[whose] = true
	return again
}

// unread counts the messages to somebody since they last looked, which is now
// if they are looking.
func (m *memory) unread(s scene) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, whose, last := 0, s.teamID+" "+s.me.ID, ""
	for _, msg := range s.direct() {
		if msg.TS > m.read[whose] && msg.User != s.me.ID {
			n++
		}
		last = max(last, msg.TS)
	}
	if s.place == "dm" {
		m.read[whose] = last
		return 0
	}
	return n
}
