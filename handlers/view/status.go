package view

import (
	"fmt"
	"strings"
	"time"
)

// Status is how things stand, for `status`.
type Status struct {
	Paused  bool
	Pause   Pause
	Reading bool // the first reading is not over
	Numbers *Numbers
	Whom    Whom
}

// Numbers are for administrators.
type Numbers struct {
	Version           string
	People, Channels  int
	Governed          int // channels under a rule
	Enforced, Reports int // clusters
	Waiting           int // actions
	Blocked           int // channels and groups
	Planned           time.Time
	Sockets           int
}

// Message says it.
func (s Status) Message() Message {
	lines := []string{"I am here and doing my work."}
	switch {
	case s.Paused:
		lines = []string{s.Pause.Sentence()}
	case s.Reading:
		lines = []string{"I am still reading this workspace for the first time. Until that is done I let in only those I am sure about, and remove nobody."}
	}
	if n := s.Numbers; n != nil {
		lines = append(lines,
			fmt.Sprintf("• I know %s and %s, of which %s under a rule.",
				count(n.People, "account", "accounts"), count(n.Channels, "channel", "channels"), count(n.Governed, "is", "are")),
			fmt.Sprintf("• %s enforced, %s.", count(n.Enforced, "rule is", "rules are"), count(n.Reports, "only reports", "only report")),
			fmt.Sprintf("• %s waiting, %s where I cannot act.", count(n.Waiting, "change is", "changes are"), count(n.Blocked, "place", "places")))
		if !n.Planned.IsZero() {
			lines = append(lines, "• I last compared everything with the policy on "+Date(n.Planned)+".")
		}
		if n.Sockets > 0 {
			lines = append(lines, "• "+count(n.Sockets, "connection", "connections")+" to Slack.")
		}
		if n.Version != "" {
			lines = append(lines, "• Usher "+Escape(n.Version)+".")
		}
	} else if s.Whom.Known() {
		lines = append(lines, "Is something not as it should be? "+s.Whom.Ask())
	}
	return Say(strings.Join(lines, "\n"))
}
