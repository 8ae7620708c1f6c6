package demo

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Insight is a look at what Usher did in one workspace, newest first.
type Insight interface {
	// Lately are its last decisions and actions, at most n of each.
	Lately(ctx context.Context, team string, n int) (Behind, error)
	// Changed is closed when what Lately answers may have changed.
	Changed() <-chan struct{}
}

// Behind is what Usher did, as the page shows it.
type Behind struct {
	Connected bool     // Usher is fit for use
	Trouble   []string // in sentences, what it is not fit for
	Decisions []Decided
	Actions   []Carried
}

// Decided is one decision.
type Decided struct {
	Key           string // tells it from others
	At            time.Time
	Verdict       string
	User, Channel string   // ids
	What          string   // one line
	Reasons       []string // in the order tried
}

// Carried is one action.
type Carried struct {
	Key   string
	At    time.Time
	State string // waiting, done, already, never, blocked, …
	What  string // one line
	Note  string // what is in the way; may be empty
}

// behindPage is the right side of the page.
type behindPage struct {
	Behind
	Waiting   int // actions
	Calls     []callRow
	CallCount int
}

// Because is every reason, the last of which settled it, in one line.
func (d Decided) Because() string { return strings.Join(d.Reasons, " ") }

// Said is the action's state in words.
func (c Carried) Said() string {
	switch c.State {
	case "already":
		return "no change"
	case "later":
		return "again later"
	case "never":
		return "refused"
	case "gave_up":
		return "gave up"
	}
	return c.State
}

type callRow struct {
	Key    int
	Method string
	At     time.Time
	OK     bool
	Error  string
}

// calls is how many calls to Slack are shown, newest first.
const calls = 12

func (s *Server) behind(b Behind) behindPage {
	p := behindPage{Behind: b}
	for _, a := range b.Actions {
		if a.State == "waiting" {
			p.Waiting++
		}
	}
	made := s.slack.Calls(0)
	p.CallCount = len(made)
	for _, c := range slices.Backward(made[max(0, len(made)-calls):]) {
		p.Calls = append(p.Calls, callRow{Key: c.N, Method: c.Method, At: c.At, OK: c.OK, Error: c.Error})
	}
	return p
}

// when is a time of today, or a day and a time.
func when(at time.Time) string {
	at = at.Local()
	if at.Format(time.DateOnly) == time.Now().Format(time.DateOnly) {
		return at.Format(time.TimeOnly)
	}
	return at.Format("2 Jan 15:04")
}
