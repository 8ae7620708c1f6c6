package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// NoteKind names a sort of note.
type NoteKind string

// Kinds of notes the program keeps. A name is unique within its kind.
const (
	NoteSourceSize NoteKind = "source-size" // by source: how many people it had at the last plan
	NoteHeard      NoteKind = "heard"       // by "sockets": when Slack was last connected
	NotePlanned    NoteKind = "planned"     // by "workspace": when everything was last compared
	NotePolicy     NoteKind = "policy"      // by "hash": the policy in force
	noteTrouble    NoteKind = "trouble"     // by key and kind of action: why it cannot be done
)

// Note is a small fact, replaced by the next of its kind and name.
type Note struct {
	Kind  NoteKind
	Name  string
	Value string    // empty: forgotten
	At    time.Time // the zero time is now
}

func (t *tx) keepNote(ctx context.Context, n Note) error {
	if n.Value == "" {
		return run(ctx, t, "DELETE FROM notes WHERE team = $1 AND kind = $2 AND name = $3", t.team, n.Kind, n.Name)
	}
	if n.At.IsZero() {
		n.At = t.now
	}
	return run(ctx, t, `INSERT INTO notes (team, kind, name, value, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (team, kind, name) DO UPDATE SET value = excluded.value, at = excluded.at`, t.team, n.Kind, n.Name, clean(n.Value), nanos(n.At))
}

// Note keeps notes outside of any event.
func (s *Store) Note(ctx context.Context, team workspace.TeamID, notes ...Note) error {
	return s.write(ctx, team, "keep a note", func(ctx context.Context, t *tx) error {
		for _, n := range notes {
			if err := t.keepNote(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// Notes are a workspace's notes of one kind, sorted by name.
func (s *Store) Notes(ctx context.Context, team workspace.TeamID, kind NoteKind) ([]Note, error) {
	notes, err := all(ctx, s.reads, func(rows *sql.Rows) (Note, error) {
		n := Note{Kind: kind}
		var at int64
		err := rows.Scan(&n.Name, &n.Value, &at)
		n.At = fromNanos(at)
		return n, err
	}, "SELECT name, value, at FROM notes WHERE team = $1 AND kind = $2 ORDER BY name", team, kind)
	return notes, s.fault("read notes", err)
}

// Noted is one note; false when there is none.
func (s *Store) Noted(ctx context.Context, team workspace.TeamID, kind NoteKind, name string) (Note, bool, error) {
	n := Note{Kind: kind, Name: name}
	var at int64
	found, err := one(ctx, s.reads, "SELECT value, at FROM notes WHERE team = $1 AND kind = $2 AND name = $3", args(team, kind, name), &n.Value, &at)
	n.At = fromNanos(at)
	return n, found, s.fault("read a note", err)
}

// SourceSizes are how many people each source had when they were last counted.
func (s *Store) SourceSizes(ctx context.Context, team workspace.TeamID) (map[string]int, error) {
	notes, err := s.Notes(ctx, team, NoteSourceSize)
	sizes := make(map[string]int, len(notes))
	for _, n := range notes {
		if size, err := strconv.Atoi(n.Value); err == nil {
			sizes[n.Name] = size
		}
	}
	return sizes, err
}

// noteTrouble keeps what somebody has to change, until the same sort of action
// succeeds on the same thing: a success elsewhere does not clear it.
func (t *tx) noteTrouble(ctx context.Context, st Settlement) error {
	kind := " " + string(st.Claim.Action.Kind())
	own := string(st.Claim.Action.Key()) + kind
	switch st.Result.Class {
	case handlers.Blocked:
		if st.Stuck == "" && asked(st.Claim.Action) {
			return nil // whoever asked is told, and nothing waits
		}
		name := own
		if st.Stuck != "" {
			name = string(st.Stuck) + kind
		}
		n := Note{Kind: noteTrouble, Name: name, Value: st.Result.Sentence, At: t.now}
		if n.Value == "" {
			n.Value = st.Result.Code
		}
		var since int64
		if found, err := one(ctx, t, "SELECT at FROM notes WHERE team = $1 AND kind = $2 AND name = $3", args(t.team, noteTrouble, name), &since); err != nil {
			return err
		} else if found {
			n.At = fromNanos(since)
		}
		return t.keepNote(ctx, n)
	case handlers.Done, handlers.Already:
		return run(ctx, t, "DELETE FROM notes WHERE team = $1 AND kind = $2 AND name IN ($3, $4)", t.team, noteTrouble, own, everywhere+kind)
	}
	return nil
}

// asked reports whether an action is only ever what somebody asked for by hand.
func asked(a action.Action) bool {
	return a.Kind() == action.KindChangeUsergroup || a.Kind() == action.KindEditMembers
}

// everywhere is the Stuck of what concerns a whole workspace.
const everywhere = "workspace"

// Troubles are what cannot be done in a workspace until somebody acts, in a
// stable order.
func (s *Store) Troubles(ctx context.Context, team workspace.TeamID) ([]handlers.Trouble, error) {
	notes, err := s.Notes(ctx, team, noteTrouble)
	var out []handlers.Trouble
	for _, n := range notes {
		key, _, _ := strings.Cut(n.Name, " ")
		what, id, _ := strings.Cut(key, ":")
		t := handlers.Trouble{Since: n.At, Sentence: n.Value}
		switch what {
		case "channel":
			t.Channel = workspace.ChannelID(id)
		case "usergroup":
			t.Usergroup = workspace.UsergroupID(id)
		}
		out = append(out, t)
	}
	return out, err
}

func (t *tx) keepBindings(ctx context.Context, b map[string]string) error {
	if b == nil {
		return nil
	}
	if err := run(ctx, t, "DELETE FROM bindings WHERE team = $1", t.team); err != nil {
		return err
	}
	for name, id := range b {
		if err := run(ctx, t, "INSERT INTO bindings (team, name, id) VALUES ($1, $2, $3)", t.team, clean(name), id); err != nil {
			return err
		}
	}
	return nil
}

// Bindings are the ids that the names in the policy were pinned to.
func (s *Store) Bindings(ctx context.Context, team workspace.TeamID) (map[string]string, error) {
	pairs, err := all(ctx, s.reads, func(rows *sql.Rows) (p [2]string, err error) {
		err = rows.Scan(&p[0], &p[1])
		return p, err
	}, "SELECT name, id FROM bindings WHERE team = $1", team)
	b := make(map[string]string, len(pairs))
	for _, p := range pairs {
		b[p[0]] = p[1]
	}
	return b, s.fault("read bindings", err)
}

// openHome remembers that somebody has opened their Home, and at what.
func (t *tx) openHome(ctx context.Context, u workspace.UserID, body string) error {
	return run(ctx, t, `INSERT INTO homes (team, member, opened, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (team, member) DO UPDATE SET opened = excluded.opened, body = excluded.body`, t.team, u, nanos(t.now), body)
}

// Homes are the last Home committed for everybody who has opened theirs.
func (s *Store) Homes(ctx context.Context, team workspace.TeamID) ([]action.Home, error) {
	homes, err := all(ctx, s.reads, func(rows *sql.Rows) (action.Home, error) {
		var body string
		var h action.Home
		err := rows.Scan(&body)
		if err == nil {
			err = json.Unmarshal([]byte(body), &h)
		}
		if err != nil {
			return h, fmt.Errorf("read a Home: %w", err)
		}
		return h, nil
	}, "SELECT body FROM homes WHERE team = $1 AND opened > 0 ORDER BY member", team)
	return homes, s.fault("read who has opened their Home", err)
}

// PublishedHome is the fingerprint of the Home somebody has, "" for none.
func (s *Store) PublishedHome(ctx context.Context, team workspace.TeamID, u workspace.UserID) (fingerprint string, err error) {
	_, err = one(ctx, s.reads, "SELECT published FROM homes WHERE team = $1 AND member = $2", args(team, u), &fingerprint)
	return fingerprint, s.fault("read a Home's fingerprint", err)
}

// RememberHome replaces the fingerprint of the Home somebody has.
func (s *Store) RememberHome(ctx context.Context, team workspace.TeamID, u workspace.UserID, fingerprint string) error {
	return s.write(ctx, team, "remember a Home's fingerprint", func(ctx context.Context, t *tx) error {
		return run(ctx, t, `INSERT INTO homes (team, member, published) VALUES ($1, $2, $3)
			ON CONFLICT (team, member) DO UPDATE SET published = excluded.published`, team, u, fingerprint)
	})
}
