package dispatch

import (
	"context"
	"encoding/json"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// touchedFor is how long a channel counts that a reaction touched.
const touchedFor = time.Hour

// touches is when each reaction last touched which channel, for the brakes.
type touches map[string]map[workspace.ChannelID]time.Time

// Touched are the channels that a reaction has touched within the last hour.
func (m memory) Touched(reaction string) []workspace.ChannelID {
	s := m.r.scene(m.team)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loadTouched(m)
	var all []workspace.ChannelID
	oldest := m.r.config.Clock().Add(-touchedFor)
	for id, at := range s.touched[reaction] {
		if at.After(oldest) {
			all = append(all, id)
		}
	}
	return all
}

// loadTouched reads back what was touched before this program began; the lock is held.
func (s *scene) loadTouched(m memory) {
	if s.touched != nil {
		return
	}
	s.touched = touches{}
	notes := remembered(m, func(ctx context.Context) ([]store.Note, error) {
		return m.r.config.Store.Notes(ctx, m.team, store.NoteTouched)
	})
	for _, n := range notes {
		var at map[workspace.ChannelID]time.Time
		if json.Unmarshal([]byte(n.Value), &at) == nil {
			s.touched[n.Name] = at
		}
	}
}

// reacted puts what reactions made of a turn on record, and counts what they touch.
func (l *lane) reacted(t *turn) {
	for _, re := range t.out.Reacted {
		t.commit.Records = append(t.commit.Records, recordOf(re))
		if re.DryRun || re.Hold != "" || len(re.Actions) == 0 {
			continue
		}
		if n, ok := l.config.Requests.touch(l.team, re, t.req.At); ok {
			t.commit.Notes = append(t.commit.Notes, n)
		}
	}
}

// touch counts a channel, and is the note that keeps the count.
func (r *Requests) touch(team workspace.TeamID, re handlers.Reacted, at time.Time) (store.Note, bool) {
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loadTouched(memory{r, team})
	kept := map[workspace.ChannelID]time.Time{re.Channel: at}
	for id, when := range s.touched[re.Reaction] {
		if at.Sub(when) < touchedFor && id != re.Channel {
			kept[id] = when
		}
	}
	s.touched[re.Reaction] = kept
	value, err := json.Marshal(kept)
	return store.Note{Kind: store.NoteTouched, Name: re.Reaction, Value: string(value), At: at}, err == nil
}

// recordOf is the audit's row about a reaction: what it does and what it leaves out.
func recordOf(re handlers.Reacted) store.Record {
	verdict := "react"
	switch {
	case re.DryRun:
		verdict = "report"
	case re.Hold != "":
		verdict = "held"
	}
	steps, skips := []string{}, []string{}
	for _, a := range re.Actions {
		steps = append(steps, stepName(a))
	}
	for _, s := range re.Skips {
		skips = append(skips, string(s.Verb)+": "+s.Why)
	}
	return store.Record{
		Kind: store.RecordReaction, Actor: string(re.Actor), Channel: re.Channel, Cluster: re.Reaction, Verdict: verdict,
		Line: verdict + " " + re.Reaction + " in " + string(re.Channel) + " (" + string(re.Change) + ")",
		Body: map[string]any{"change": re.Change, "steps": steps, "skips": skips},
	}
}

// stepName is an action of a reaction as its policy names the step.
func stepName(a action.Action) string {
	switch a := a.(type) {
	case action.Archive:
		return string(rules.VerbArchive)
	case action.Step:
		if a.Pins {
			return "pin what was posted"
		}
		return a.Verb
	}
	return string(a.Kind())
}

// ready is an action in the words it goes out with, referring to what another
// left behind.
func (r *Requests) ready(ctx context.Context, req handlers.Request, a action.Action) action.Action {
	step, ok := a.(action.Step)
	if !ok || !step.Pins {
		return handlers.Ready(req, a)
	}
	ts, err := r.config.Store.Posted(ctx, req.Team, step)
	if err != nil {
		r.config.Log.Warn().Err(err).Str(config.FieldTeam, string(req.Team)).Msg("could not find what a step posted")
	}
	step.TS = ts
	return step
}
