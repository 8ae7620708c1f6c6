package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// steering is what administrators have decided, or have yet to, and what waits
// to be known. Its maps are replaced, never changed.
type steering struct {
	held    map[string]handlers.Held
	spared  rules.Spared
	added   map[workspace.Seat]workspace.UserID
	doubted map[string]time.Time
}

// loadSteering reads it back.
func (r *Requests) loadSteering(ctx context.Context, team workspace.TeamID) (s steering, err error) {
	s = steering{held: map[string]handlers.Held{}, spared: rules.Spared{}, added: map[workspace.Seat]workspace.UserID{}, doubted: map[string]time.Time{}}
	read := func(kind store.NoteKind, take func(store.Note) error) {
		if err != nil {
			return
		}
		var notes []store.Note
		if notes, err = r.config.Store.Notes(ctx, team, kind); err != nil {
			return
		}
		for _, n := range notes {
			if err = take(n); err != nil {
				err = fmt.Errorf("read a note of kind %s: %w", kind, err)
				return
			}
		}
	}
	read(store.NoteHeld, func(n store.Note) error {
		var h handlers.Held
		err := json.Unmarshal([]byte(n.Value), &h)
		s.held[n.Name] = h
		return err
	})
	read(store.NoteSpared, func(n store.Note) error { s.spared[seatOf(n.Name)] = rules.Code(n.Value); return nil })
	read(store.NoteAdded, func(n store.Note) error { s.added[seatOf(n.Name)] = workspace.UserID(n.Value); return nil })
	read(store.NoteDoubted, func(n store.Note) error { s.doubted[n.Name] = n.At; return nil })
	return s, err
}

func seatName(s workspace.Seat) string { return string(s.Channel) + " " + string(s.User) }

func seatOf(name string) workspace.Seat {
	c, u, _ := strings.Cut(name, " ")
	return workspace.Seat{Channel: workspace.ChannelID(c), User: workspace.UserID(u)}
}

// steered has a turn's commit hold what an outcome says about runs, pauses, what
// is held and what is not known.
func (l *lane) steered(t *turn) {
	out := &t.out
	t.commit.Notes = append(t.commit.Notes, steeringNotes(*out, l.config.Requests.steering(l.team), t.req.At)...)
	if p := out.Pause; p != nil {
		t.commit.Pause = &store.Pausing{On: p.On, By: string(p.By), Why: p.Why}
	}
	t.commit.Cancel = out.Cancel
	if u := out.Unhold; u != nil {
		t.commit.Unhold = &store.Unholding{Hold: u.Hold, Drop: u.Drop}
	}
	for _, r := range out.Records {
		t.commit.Records = append(t.commit.Records, store.Record{
			Kind: store.RecordKind(r.Kind), Actor: string(t.e.actor()), Channel: r.Channel, User: r.User, Cluster: r.Cluster, Line: r.Line, Body: r.Body,
		})
	}
	if out.Run != nil {
		l.ran(t)
	}
}

// ran has the actions of a turn belong to its run.
func (l *lane) ran(t *turn) {
	run := t.out.Run
	steps := 0
	for i := range t.commit.Actions {
		if d := &t.commit.Actions[i]; store.Changes(d.Action) {
			d.Run, d.Asked = run.ID, run.By != ""
			steps++
		}
	}
	state := store.RunApplied
	if len(t.out.Held) > 0 {
		state = store.RunHeld
	}
	body, err := json.Marshal(runBody{Why: run.Why, By: run.By, Undoes: run.Undoes, Steps: steps, Held: len(t.out.Held)})
	if err != nil {
		return // texts and numbers always have a JSON form
	}
	t.commit.Run = &store.Run{ID: run.ID, At: t.req.At, State: state, Hash: run.Hash, Body: body}
	t.commit.Records = append(t.commit.Records, store.Record{
		Kind: store.RecordPlan, Actor: string(run.By), Line: fmt.Sprintf("plan run %s (%s): %d steps, %d held", run.ID, run.Why, steps, len(t.out.Held)),
		Body: map[string]any{"run": run.ID, "why": run.Why, "hash": run.Hash, "undoes": run.Undoes, "steps": steps, "held": len(t.out.Held)},
	})
}

// runBody is what is kept of a run beside its columns.
type runBody struct {
	Why    string           `json:"why,omitempty"`
	By     workspace.UserID `json:"by,omitempty"`
	Undoes string           `json:"undoes,omitempty"`
	Steps  int              `json:"steps"`
	Held   int              `json:"held,omitempty"`
}

// steeringNotes are the notes that keep what an outcome changes.
func steeringNotes(out handlers.Outcome, now steering, at time.Time) []store.Note {
	var notes []store.Note
	for _, h := range out.Keep {
		if value, err := json.Marshal(h); err == nil {
			notes = append(notes, store.Note{Kind: store.NoteHeld, Name: h.Key, Value: string(value), At: at})
		}
	}
	for _, key := range out.Forget {
		notes = append(notes, store.Note{Kind: store.NoteHeld, Name: key})
	}
	for seat, code := range out.Spare {
		notes = append(notes, store.Note{Kind: store.NoteSpared, Name: seatName(seat), Value: string(code), At: at})
	}
	for seat, by := range out.Added {
		notes = append(notes, store.Note{Kind: store.NoteAdded, Name: seatName(seat), Value: string(by), At: at})
	}
	if out.Doubts != nil {
		for key := range out.Doubts {
			if _, known := now.doubted[key]; !known {
				notes = append(notes, store.Note{Kind: store.NoteDoubted, Name: key, Value: "doubted", At: at})
			}
		}
		for key := range now.doubted {
			if !out.Doubts[key] {
				notes = append(notes, store.Note{Kind: store.NoteDoubted, Name: key})
			}
		}
	}
	return notes
}

// steer takes note of what was stored; the scene's lock is held.
func (s *scene) steer(t *turn) {
	for _, n := range t.commit.Notes {
		switch n.Kind {
		case store.NoteHeld:
			var h handlers.Held
			if n.Value != "" && json.Unmarshal([]byte(n.Value), &h) != nil {
				continue
			}
			s.steering.held = with(s.steering.held, n.Name, h, n.Value != "")
		case store.NoteSpared:
			s.steering.spared = with(s.steering.spared, seatOf(n.Name), rules.Code(n.Value), n.Value != "")
		case store.NoteAdded:
			s.steering.added = with(s.steering.added, seatOf(n.Name), workspace.UserID(n.Value), n.Value != "")
		case store.NoteDoubted:
			s.steering.doubted = with(s.steering.doubted, n.Name, n.At, n.Value != "")
		default:
			continue
		}
		if n.Kind == store.NoteSpared && s.bound != nil {
			s.bound = s.bound.Spare(s.steering.spared)
		}
	}
}

// with is a map with one key set, or without it.
func with[M ~map[K]V, K comparable, V any](m M, key K, v V, set bool) M {
	next := maps.Clone(m)
	if next == nil {
		next = M{}
	}
	if set {
		next[key] = v
	} else {
		delete(next, key)
	}
	return next
}

func (r *Requests) steering(team workspace.TeamID) steering {
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.steering
}

func (m memory) Held() []handlers.Held {
	held := m.r.steering(m.team).held
	all := make([]handlers.Held, 0, len(held))
	for _, key := range slices.Sorted(maps.Keys(held)) {
		all = append(all, held[key])
	}
	return all
}

func (m memory) Waits(hold string) []workspace.ChannelID {
	return remembered(m, func(ctx context.Context) ([]workspace.ChannelID, error) {
		return m.r.config.Store.HeldChannels(ctx, m.team, hold)
	})
}

func (m memory) Spared() rules.Spared { return m.r.steering(m.team).spared }

func (m memory) Added(s workspace.Seat) workspace.UserID { return m.r.steering(m.team).added[s] }

func (m memory) Doubted() map[string]time.Time { return m.r.steering(m.team).doubted }

func (m memory) TakenOut(s workspace.Seat, since time.Time) int {
	return remembered(m, func(ctx context.Context) (int, error) { return m.r.config.Store.TakenOut(ctx, m.team, s, since) })
}

func (m memory) Awaited(a action.Refresh) bool {
	return remembered(m, func(ctx context.Context) (bool, error) { return m.r.config.Store.Awaited(ctx, m.team, a) })
}
