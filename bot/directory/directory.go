// Package directory is the mirror: what is known of each workspace, kept equal
// to Slack by its events and, where those do not reach, by reading it.
//
// It owns the snapshots and says honestly how well each list in them is known.
// It must never decide anything, act on Slack, or call a list complete of which
// a page or an event may be missing.
//
// Decision: a snapshot is replaced, never changed, so that reading it takes no
// lock; everything that changes it takes the mirror's one lock, for
// microseconds, so that hours of reading and the lane's events go on beside
// each other. What changed is kept as small parts that are saved before the
// event is acknowledged: after a crash the mirror may repeat an event but never
// lack one, and every list is doubted until it has been compared with Slack's
// own figures.
package directory

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"usher/bot/gateway"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Memory is where mirrors are kept.
type Memory interface {
	Mirror(ctx context.Context, team workspace.TeamID, kind string) iter.Seq2[store.Part, error]
	SaveMirror(ctx context.Context, team workspace.TeamID, parts ...store.Part) error
	Graces(context.Context, workspace.TeamID) ([]store.Grace, error)
	SetGraces(context.Context, workspace.TeamID, ...store.Grace) error
	Grants(context.Context, workspace.TeamID) ([]workspace.Grant, error)
}

// Lister reads a workspace. A failed page is an error, never an end.
type Lister interface {
	Users(ctx context.Context, team workspace.TeamID, cursor string) (gateway.Page[workspace.User], error)
	Channels(ctx context.Context, team workspace.TeamID, cursor string) (gateway.Page[workspace.Channel], error)
	Members(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, cursor string) (gateway.Page[workspace.UserID], error)
	Usergroups(context.Context, workspace.TeamID) ([]gateway.UsergroupMembers, error)
	UsergroupUsers(context.Context, workspace.TeamID, workspace.UsergroupID) ([]workspace.UserID, error)
	IDPGroup(context.Context, workspace.TeamID, workspace.IDPGroupID) (gateway.IDPGroupMembers, error)
	UserInfo(context.Context, workspace.TeamID, workspace.UserID) (workspace.User, error)
	ChannelInfo(context.Context, workspace.TeamID, workspace.ChannelID) (workspace.Channel, error)
}

// Config is what a Directory is made of. Matters may be nil: every channel in
// which Usher is matters.
type Config struct {
	Memory Memory
	Lister Lister
	Clock  func() time.Time
	// Matters says of which channels the members have to be known: those that
	// are governed, and those that are sources. It must not call the Directory.
	Matters func(*workspace.Snapshot, workspace.Channel) bool
	// IDPGroups are those of the identity provider's groups that have to be known.
	// No event tells of them. nil: none are.
	IDPGroups func() []workspace.IDPGroupID
	// Found is told what reading found that no event said, before it is saved; nil:
	// nobody is. It must not read.
	Found func(workspace.TeamID, Found)
}

// Directory holds the mirrors of all connected workspaces. It is safe for
// concurrent use.
type Directory struct {
	config Config
	mu     sync.RWMutex
	teams  map[workspace.TeamID]*mirror
}

// New is a Directory that knows nothing.
func New(c Config) *Directory {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.IDPGroups == nil {
		c.IDPGroups = func() []workspace.IDPGroupID { return nil }
	}
	if c.Matters == nil {
		c.Matters = func(_ *workspace.Snapshot, c workspace.Channel) bool { return c.BotIn && !c.Archived }
	}
	return &Directory{config: c, teams: map[workspace.TeamID]*mirror{}}
}

// Open reads back what was kept of a workspace. Nothing may have been heard
// since heard, so every list is doubted as by Doubt.
func (d *Directory) Open(ctx context.Context, team workspace.Team, heard time.Time) error {
	m := newMirror(team.ID, d.config.Clock)
	m.found = d.config.Found
	if err := d.load(ctx, m); err != nil {
		return fmt.Errorf("read back the mirror of %s: %w", team.ID, err)
	}
	m.change(func(e *edit) { e.putTeam(team) })
	m.doubt(heard, d.config.Clock())
	d.mu.Lock()
	defer d.mu.Unlock()
	d.teams[team.ID] = m
	return nil
}

// Teams are the opened workspaces, in no promised order.
func (d *Directory) Teams() []workspace.TeamID {
	d.mu.RLock()
	defer d.mu.RUnlock()
	teams := make([]workspace.TeamID, 0, len(d.teams))
	for id := range d.teams {
		teams = append(teams, id)
	}
	return teams
}

// Close forgets a workspace: it is another process's now, or was left.
func (d *Directory) Close(team workspace.TeamID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.teams, team)
}

func (d *Directory) mirror(team workspace.TeamID) *mirror {
	d.mu.RLock()
	m := d.teams[team]
	d.mu.RUnlock()
	if m == nil { // never opened: whatever it is told is about a workspace of which nothing is known
		m = newMirror(team, d.config.Clock)
	}
	return m
}

// Snapshot is the workspace as it is known now; of one that was not opened
// nothing is.
func (d *Directory) Snapshot(team workspace.TeamID) *workspace.Snapshot {
	return d.mirror(team).snap.Load()
}

// redelivery is for how long Slack surely sends again what was not acknowledged.
const redelivery = 4 * time.Minute

// comesFor is for how long after a gap Slack may still send what it could not
// deliver then: after a minute, after five more, and its way.
const comesFor = 7 * time.Minute

// Confirm reads one account again if news of it may still be on their way from
// a gap in the connection: lists have been compared by then, and what a person
// is would be older than they are.
func (d *Directory) Confirm(ctx context.Context, team workspace.TeamID, user workspace.UserID) error {
	m := d.mirror(team)
	m.mu.Lock()
	until := m.unheard
	m.mu.Unlock()
	if !d.config.Clock().Before(until) {
		return nil
	}
	return d.Read(ctx, team, action.Refresh{User: user})
}

// Doubt says that events may have been missed since a time: no connection was
// open. Lists of members count as incomplete until Refresh has compared them.
// After a short time equal figures are enough, because Slack sends again what
// was missed; after a longer one every list is read again, the accounts too.
func (d *Directory) Doubt(team workspace.TeamID, since time.Time) {
	d.mirror(team).doubt(since, d.config.Clock())
}
