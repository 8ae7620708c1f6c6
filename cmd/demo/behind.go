package demo

import (
	"context"
	"slices"
	"strconv"
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
	Who, Where    string   // in words
	Reasons       []string // in the order tried
}

// Carried is one action.
type Carried struct {
	Key   string
	At    time.Time
	State string // waiting, done, already, never, blocked, …
	What  string // one line
	Home  string // whose Home it publishes; empty for every other action
	Note  string // what is in the way; may be empty
}

// behindPage is the right side of the page.
type behindPage struct {
	Behind
	Decided   []decidedRow
	Carried   []Carried
	Waiting   int // actions
	Calls     []callRow
	CallCount int
}

// decidedRow is a decision, or several in a row that say the same of several people.
type decidedRow struct {
	Decided
	People []string
}

// What is the row in one line.
func (d decidedRow) What() string {
	if len(d.People) == 1 {
		return d.Who + " in " + d.Where
	}
	return strconv.Itoa(len(d.People)) + " people in " + d.Where
}

// Because is every reason, the last of which settled it, in one line.
func (d Decided) Because() string { return strings.Join(d.Reasons, " ") }

// same reports whether two decisions say the same of two people, at one go.
func (d Decided) same(o Decided) bool {
	return d.Verdict == o.Verdict && d.Where == o.Where && slices.Equal(d.Reasons, o.Reasons) && d.At.Sub(o.At).Abs() < together
}

// together is how far apart what was done at one go may be.
const together = time.Second

// inRows are the newest decisions, at most n rows. The key of a row is that of
// its oldest decision, which stays while newer ones come to it.
func inRows(all []Decided, n int) []decidedRow {
	var rows []decidedRow
	for _, d := range all {
		if last := len(rows) - 1; last >= 0 && rows[last].same(d) && !slices.Contains(rows[last].People, d.Who) {
			rows[last].Key, rows[last].People = d.Key, append(rows[last].People, d.Who)
			continue
		}
		if len(rows) == n {
			break
		}
		rows = append(rows, decidedRow{Decided: d, People: []string{d.Who}})
	}
	return rows
}

// homesTogether are the newest actions, at most n, with Homes that were published
// one after the other as one.
func homesTogether(all []Carried, n int) []Carried {
	var rows []Carried
	var homes []string
	for _, a := range all {
		if last := len(rows) - 1; last >= 0 && a.Home != "" && rows[last].Home != "" && rows[last].State == a.State && rows[last].Note == a.Note {
			if !slices.Contains(homes, a.Home) {
				homes = append(homes, a.Home)
			}
			if rows[last].Key = a.Key; len(homes) > 1 {
				rows[last].What = "publish the Homes of " + strconv.Itoa(len(homes)) + " people"
			}
			continue
		}
		if len(rows) == n {
			break
		}
		rows, homes = append(rows, a), []string{a.Home}
	}
	return rows
}

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
	p := behindPage{Behind: b, Decided: inRows(b.Decisions, behindRows), Carried: homesTogether(b.Actions, behindRows)}
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
