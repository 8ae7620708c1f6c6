package dispatch

import (
	"context"
	"maps"
	"strings"
	"time"

	"usher/bot/config"
	"usher/rules"
	"usher/rules/workspace"
)

// move has the names that stood for a channel stand for its new id.
func (r *Requests) move(ctx context.Context, team workspace.TeamID, from, to workspace.ChannelID) {
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.load(ctx, team, s) == nil {
		s.pinned, s.bound, s.unkept = s.pinned.Moved(from, to), nil, true
	}
}

// rebindAfter is how long names that stand for nothing are left alone while
// only members come and go.
const rebindAfter = time.Second

// open reports whether names that stand for nothing may stand for something by now.
func (s *scene) open(kind string, at time.Time) bool {
	return len(s.problems) > 0 && (!strings.HasPrefix(kind, "event:member_") || at.Sub(s.at) >= rebindAfter)
}

// load reads back what is kept of a workspace, once.
func (r *Requests) load(ctx context.Context, team workspace.TeamID, s *scene) error {
	if s.loaded {
		return nil
	}
	pinned, err := r.config.Store.Bindings(ctx, team)
	if err != nil {
		return err
	}
	sizes, err := r.config.Store.SourceSizes(ctx, team)
	if err != nil {
		return err
	}
	if s.steering, err = r.loadSteering(ctx, team); err != nil {
		return err
	}
	homes, err := r.config.Store.Homes(ctx, team)
	if err != nil {
		return err
	}
	bases, err := r.loadBases(ctx, team)
	if err != nil {
		return err
	}
	s.pinned, s.sizes, s.bases, s.loaded = pinned, sizes, bases, true
	for _, h := range homes {
		s.homes[h.User] = h
	}
	return nil
}

func (r *Requests) bind(team workspace.TeamID, s *scene, policy *rules.Policy, w *workspace.Snapshot, at time.Time) {
	bound, now, problems := policy.Remember(s.sizes).Recall(s.bases).Bind(w, s.pinned)
	if !maps.Equal(now, s.pinned) {
		s.unkept, s.grown = true, s.grown || s.of == policy
	}
	told := map[string]bool{}
	for _, p := range s.problems {
		told[p.Error()] = s.said
	}
	s.said = !r.config.Standing(team).Reading // before everything was read, much stands for nothing
	for _, p := range problems {
		if s.said && !told[p.Error()] {
			r.config.Log.Warn().Str(config.FieldTeam, string(team)).Str(config.FieldPlace, p.At.String()).Str("rule", p.Rule).
				Str(config.FieldReason, p.What).Msg("found a problem in the policy")
		}
	}
	bound = bound.Spare(s.steering.spared)
	s.bound, s.of, s.at, s.problems, s.pinned = bound, policy, at, problems, now
}
