package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// noteSockets is the note of when Slack was last connected.
const noteSockets = "sockets"

const (
	// heartbeat is between two notes of that; Slack sends again what nobody
	// acknowledged for longer.
	heartbeat = 30 * time.Second
	// readAgain is how long to wait when not everything could be read.
	readAgain = time.Minute
	// progressEvery is between two lines about a reading that takes long.
	progressEvery = 2 * time.Second
)

// reading keeps the mirrors whole: it reads each workspace at the start, after
// every gap in the connection and on a schedule, and has it compared with the
// policy each time.
type reading struct {
	workspaces *workspaces
	owners     *ownership
	directory  *directory.Directory
	store      *store.Store
	wake       func(workspace.TeamID) // something was stored for the queue
	sockets    func() (ready bool, changed <-chan struct{})
	follows    func(context.Context) error // workspaces that followed another policy are compared with the one in force
	every      time.Duration
	log        zerolog.Logger

	mu    sync.Mutex
	gaps  chan struct{} // closed at the next gap
	first map[workspace.TeamID]bool
}

// gap says that nothing was heard since a time.
func (r *reading) gap(since time.Time) {
	for _, team := range r.workspaces.list() {
		r.directory.Doubt(team, since)
	}
	r.log.Warn().Time("since", since).Msg("heard nothing for a while, reading what may have changed")
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.gaps)
	r.gaps = make(chan struct{})
}

// unread reports whether a workspace has not been read as a whole yet: its first
// reading is not over, or it failed.
func (r *reading) unread(team workspace.TeamID) bool {
	w := r.directory.Snapshot(team)
	return r.underway(team) || w.UsersKnown().At.IsZero() || w.ChannelsKnown().At.IsZero()
}

// underway reports whether a workspace's first reading is not over.
func (r *reading) underway(team workspace.TeamID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first[team]
}

func (r *reading) run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { r.beat(ctx) })
	followed := map[workspace.TeamID]<-chan struct{}{}
	for {
		teams, changed := r.owners.list()
		for _, team := range teams {
			if over, ok := followed[team]; ok {
				select {
				case <-over:
				default:
					continue
				}
			}
			owned, done, ok := r.owners.during(ctx, team)
			if !ok {
				continue
			}
			followed[team] = owned.Done()
			all.Go(func() {
				defer done()
				r.follow(owned, team)
			})
		}
		select {
		case <-ctx.Done():
			all.Wait()
			return nil
		case <-changed:
		}
	}
}

// follow reads one workspace again and again.
func (r *reading) follow(ctx context.Context, team workspace.TeamID) {
	r.mu.Lock()
	gaps := r.gaps
	r.first[team] = !r.directory.Snapshot(team).UsersKnown().Complete
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.first, team)
	}()
	for why := "start"; ; {
		wait := r.every
		if !r.read(ctx, team, why) {
			wait = min(wait, readAgain)
		}
		again := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
			why = "schedule"
		case <-gaps:
			again.Stop()
			why = "gap"
		}
		r.mu.Lock()
		gaps = r.gaps
		r.mu.Unlock()
	}
}

// read reads a workspace and has it compared with the policy; false where
// something could not be read.
func (r *reading) read(ctx context.Context, team workspace.TeamID, why string) bool {
	began := time.Now()
	log := r.log.With().Str(config.FieldTeam, string(team)).Str(config.FieldReason, why).Logger()
	var pages int
	said := began
	_, err := r.directory.Refresh(ctx, team, func(p directory.Progress) {
		pages = p.PagesDone
		if p.Done || time.Since(said) < progressEvery {
			return
		}
		said = time.Now()
		log.Info().Int("pages", p.PagesDone).Int("calls_left", p.CallsLeft).Str("time_left", p.TimeLeft.Round(time.Second).String()).Msg("reading the workspace")
	})
	if ctx.Err() != nil {
		return false
	}
	line := log.Info()
	if err != nil {
		line = log.Warn().Err(err)
	}
	line.Int("pages", pages).Dur(config.FieldTook, time.Since(began)).Msg("read the workspace")
	r.mu.Lock()
	delete(r.first, team)
	r.mu.Unlock()
	r.compare(ctx) // first: of two comparisons that wait the later one counts, and this one knows that all was read
	_, failed := r.store.Commit(ctx, team, store.Commit{Actions: []store.Due{{Action: action.Replan{Why: why}}}})
	if failed != nil && !errors.Is(failed, context.Canceled) {
		log.Error().Err(failed).Msg("could not have the workspace compared with the policy")
	}
	r.wake(team)
	return err == nil && failed == nil
}

// compare has the workspaces follow the policy in force. Those not read for the
// first time are left for when they are: its names would stand for nothing.
func (r *reading) compare(ctx context.Context) {
	if slices.ContainsFunc(r.workspaces.list(), r.underway) {
		return
	}
	if err := r.follows(ctx); err != nil && ctx.Err() == nil {
		r.log.Error().Err(err).Msg("could not have the workspaces compared with the policy in force")
	}
}

// beat notes when Slack was last connected, for whoever starts next: at once
// when it is, and then now and then.
func (r *reading) beat(ctx context.Context) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for was := false; ; {
		ready, changed := r.sockets()
		if ready && !was {
			r.note(ctx)
		}
		was = ready
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
			was = false
		}
	}
}

func (r *reading) note(ctx context.Context) {
	teams, _ := r.owners.list()
	for _, team := range teams {
		err := r.store.Note(ctx, team, store.Note{Kind: store.NoteHeard, Name: noteSockets, Value: "connected"})
		if err != nil && ctx.Err() == nil {
			r.log.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not note that Slack is connected")
		}
	}
}
