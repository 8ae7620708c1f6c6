package handlers

import (
	"encoding/json"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Request is everything a handler may look at.
type Request struct {
	Team      workspace.TeamID
	EventID   string    // events: Slack's event_id; otherwise the envelope's or the action's id
	At        time.Time // the only clock there is
	Policy    *rules.Policy
	Workspace *workspace.Snapshot // as it is after the event was observed
	Payload   json.RawMessage     // the whole payload, with what slack-go drops
	Recent    Memory              // may be nil: nothing is remembered
	Settings  Settings
}

// Settings are the operator's choices that show in what people read.
type Settings struct {
	Command string // "/usher"; the slash command's name
	Version string
}

// command is the slash command's name as people type it.
func (s Settings) command() string {
	if s.Command == "" {
		return "/usher"
	}
	return s.Command
}

// Memory is a read-only look at what was done before. Every method answers from
// memory or one indexed query, and is about the Request's workspace only.
type Memory interface {
	// Opened is the last Home committed for somebody who has opened theirs, with
	// the words and the page they were at; false for everybody else. It must cost
	// no more than a map look-up.
	Opened(workspace.UserID) (action.Home, bool)
	// Openers is everybody for whom Opened is true, in no promised order.
	Openers() []workspace.UserID
	// Lately are a cluster's last decisions other than Allow, newest first, at most n.
	Lately(cluster string, n int) []Recorded
	// Blocked are the channels and user groups in which Usher cannot act until
	// somebody changes something, in a stable order.
	Blocked() []Trouble
	// Touched are the channels that a reaction has done something to within the
	// last hour, in no promised order.
	Touched(reaction string) []workspace.ChannelID
	// Held is what administrators have been asked about, by key.
	Held() []Held
	// Waits are the channels in which something waits for the release of a word,
	// sorted.
	Waits(hold string) []workspace.ChannelID
	// Spared are those who stay although a rule does not let them. It must not be
	// changed.
	Spared() rules.Spared
	// TakenOut is how often somebody who came into a channel was to be removed, since
	// a time.
	TakenOut(s workspace.Seat, since time.Time) int
	// Added is who brought in somebody of whom it could not be said whether they
	// may be there; empty: nobody is known.
	Added(workspace.Seat) workspace.UserID
	// Doubted is since when what cannot be decided has been so, by its key. It must
	// not be changed.
	Doubted() map[string]time.Time
	// Awaited reports whether something is to be read, and nobody has tried yet.
	Awaited(action.Refresh) bool
	// Runs are the last runs, newest first, at most n; Run is one of them.
	Runs(n int) []PastRun
	Run(id string) (PastRun, bool)
	// Standing is how the workspace is doing.
	Standing() Standing
}

// Recorded is one decision of the past with what came of it.
type Recorded struct {
	At       time.Time
	Decision rules.Decision
	Result   Result // of its last action; the zero Result while that waits, or when it had none
}

// Trouble is something Usher cannot do until a person acts.
type Trouble struct {
	Channel   workspace.ChannelID
	Usergroup workspace.UsergroupID
	Since     time.Time
	Sentence  string // who must change what; plain text
}

// Standing is how a workspace is doing, for `status` and the Home.
type Standing struct {
	Paused    bool // nothing is changed until somebody resumes
	PausedBy  workspace.UserID
	PausedAt  time.Time
	PausedWhy string    // what they typed; may be empty
	Reading   bool      // the first reading of the workspace is not over
	Waiting   int       // stored actions not carried out yet
	Planned   time.Time // when the whole workspace was last compared with the policy
	Sockets   int       // open connections to Slack
}

// nothing is the Memory of a Request that has none.
type nothing struct{}

func (nothing) Opened(workspace.UserID) (action.Home, bool) { return action.Home{}, false }
func (nothing) Openers() []workspace.UserID                 { return nil }
func (nothing) Lately(string, int) []Recorded               { return nil }
func (nothing) Blocked() []Trouble                          { return nil }
func (nothing) Touched(string) []workspace.ChannelID        { return nil }
func (nothing) Held() []Held                                { return nil }
func (nothing) Waits(string) []workspace.ChannelID          { return nil }
func (nothing) Spared() rules.Spared                        { return nil }
func (nothing) TakenOut(workspace.Seat, time.Time) int      { return 0 }
func (nothing) Added(workspace.Seat) workspace.UserID       { return "" }
func (nothing) Doubted() map[string]time.Time               { return nil }
func (nothing) Awaited(action.Refresh) bool                 { return false }
func (nothing) Runs(int) []PastRun                          { return nil }
func (nothing) Run(string) (PastRun, bool)                  { return PastRun{}, false }
func (nothing) Standing() Standing                          { return Standing{} }

func (r Request) memory() Memory {
	if r.Recent == nil {
		return nothing{}
	}
	return r.Recent
}
