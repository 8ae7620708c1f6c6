package dispatch

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/directory"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// RequestsConfig is what Requests are made of. Store and Directory are needed.
type RequestsConfig struct {
	Store     *store.Store
	Directory *directory.Directory
	Policy    *rules.Policy // not bound; nil: an empty one, until SetPolicy
	Settings  handlers.Settings
	Standing  func(workspace.TeamID) handlers.Standing // what dispatch does not know: Reading, Sockets; may be nil
	Clock     func() time.Time                         // nil: time.Now
	Log       zerolog.Logger
}

// Requests is what handlers, and whoever draws Homes and words notices, are
// given to look at: the workspace as it is now, the policy bound to it, and
// what was done before. It is safe for concurrent use.
type Requests struct {
	config RequestsConfig

	mu     sync.Mutex
	policy *rules.Policy
	teams  map[workspace.TeamID]*scene
}

// scene is what is kept of one workspace between two looks.
type scene struct {
	mu       sync.Mutex
	loaded   bool
	steering steering
	bound    *rules.Policy
	of       *rules.Policy // what bound was made of
	at       time.Time     // when
	problems []rules.Problem
	said     bool // the operator was told of the problems
	pinned   rules.Bindings
	unkept   bool // pinned is not what is stored
	grown    bool // a name came to stand for something that stood for nothing before
	sizes    rules.Sizes
	homes    map[workspace.UserID]action.Home
	touched  touches
	bases    rules.Bases
}

// binding is what the binding of a policy has to have stored.
type binding struct {
	pinned map[string]string // nil: as before
	grown  bool              // a name came to stand for something that stood for nothing
}

// NewRequests makes Requests; nothing is read yet.
func NewRequests(c RequestsConfig) *Requests {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Standing == nil {
		c.Standing = func(workspace.TeamID) handlers.Standing { return handlers.Standing{} }
	}
	if c.Policy == nil {
		c.Policy, _ = rules.Compile(rules.Config{}) // nothing in it can be wrong
	}
	return &Requests{config: c, policy: c.Policy, teams: map[workspace.TeamID]*scene{}}
}

// SetPolicy has every look from now on see another policy, and every known
// workspace compared with it. It is recorded where it is not the one that was
// in force before.
func (r *Requests) SetPolicy(ctx context.Context, p *rules.Policy, wake func(workspace.TeamID)) error {
	r.mu.Lock()
	r.policy = p
	r.mu.Unlock()
	var errs []error
	for _, team := range r.config.Directory.Teams() {
		last, _, err := r.config.Store.Noted(ctx, team, store.NotePolicy, "hash")
		if err != nil || last.Value == p.Hash() {
			errs = append(errs, err)
			continue
		}
		_, err = r.config.Store.Commit(ctx, team, store.Commit{
			Actions: []store.Due{{Action: action.Replan{Why: "policy"}}},
			Notes:   []store.Note{{Kind: store.NotePolicy, Name: "hash", Value: p.Hash()}},
			Records: []store.Record{{Kind: store.RecordPolicy, Actor: "policy", Line: "follow policy " + p.Hash(), Body: map[string]any{"before": last.Value}}},
		})
		errs = append(errs, err)
		wake(team)
	}
	return errors.Join(errs...)
}

// For is a look at a workspace as it is now, outside of any event.
func (r *Requests) For(ctx context.Context, team workspace.TeamID) (handlers.Request, error) {
	req, _, err := r.look(ctx, team, func(*scene, time.Time) bool { return false })
	return req, err
}

// Problems are what is wrong with the policy in a workspace: names that stand
// for nothing, and those that have changed.
func (r *Requests) Problems(team workspace.TeamID) []rules.Problem {
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problems
}

// Forget drops what is kept of a workspace between two looks; the next one reads
// it back. It is for when others may have written since, or may from now on.
func (r *Requests) Forget(team workspace.TeamID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.teams, team)
}

func (r *Requests) scene(team workspace.TeamID) *scene {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.teams[team]
	if !ok {
		s = &scene{homes: map[workspace.UserID]action.Home{}}
		r.teams[team] = s
	}
	return s
}

// next is the look of an entry in the lane. Names that stood for nothing are
// tried again, and what that changes is to be stored.
func (r *Requests) next(ctx context.Context, team workspace.TeamID, e *entry) (handlers.Request, binding, error) {
	if from, to, ok := moved(e); ok {
		r.move(ctx, team, from, to)
	}
	req, s, err := r.look(ctx, team, func(s *scene, at time.Time) bool { return s.open(e.kind, at) })
	req.EventID, req.Payload = e.id, e.payload
	if err != nil {
		return req, binding{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := binding{grown: s.grown}
	if s.grown = false; s.unkept {
		b.pinned = maps.Clone(s.pinned)
	}
	return req, b, nil
}

// look is a look at a workspace. again says whether names that were bound are
// to be tried again.
func (r *Requests) look(ctx context.Context, team workspace.TeamID, again func(*scene, time.Time) bool) (handlers.Request, *scene, error) {
	r.mu.Lock()
	policy := r.policy
	r.mu.Unlock()
	w := r.config.Directory.Snapshot(team)
	req := handlers.Request{
		Team: team, At: r.config.Clock(), Workspace: w, Settings: r.config.Settings,
		Recent: memory{r, team}, Policy: policy,
	}
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.load(ctx, team, s); err != nil {
		return req, s, err
	}
	if s.of != policy || s.bound == nil || again(s, req.At) {
		r.bind(team, s, policy, w, req.At)
	}
	req.Policy = s.bound
	return req, s, nil
}

// committed takes note of what was stored of a turn.
func (r *Requests) committed(team workspace.TeamID, t *turn) {
	if t.before {
		return
	}
	r.config.Directory.Note(team, t.out.Decisions, t.req.At)
	for _, h := range t.out.Heard {
		r.config.Directory.Heard(team, h.Channel, h.Change)
	}
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range t.commit.Actions {
		if h, ok := d.Action.(action.Home); ok {
			s.homes[h.User] = h
		}
	}
	s.steer(t)
	if t.commit.Bindings != nil && maps.Equal(s.pinned, rules.Bindings(t.commit.Bindings)) {
		s.unkept = false
	}
	if t.out.Sizes != nil {
		s.sizes = t.out.Sizes
		if s.bound != nil {
			s.bound = s.bound.Remember(s.sizes)
		}
	}
}
