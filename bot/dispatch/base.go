package dispatch

import (
	"context"
	"strings"

	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

// loadBases reads back what is remembered of user groups.
func (r *Requests) loadBases(ctx context.Context, team workspace.TeamID) (rules.Bases, error) {
	bases := rules.Bases{}
	for _, part := range []rules.Part{rules.PartRuled, rules.PartJoined, rules.PartLeft, rules.PartCoupled} {
		notes, err := r.config.Store.Notes(ctx, team, store.NoteUsergroup(part))
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			bases = bases.After(rules.Rebase{Group: workspace.UsergroupID(n.Name), Part: part, Add: idsOf(n.Value)})
		}
	}
	return bases, nil
}

// nobody stood for an empty list in notes of former versions.
const nobody = "-"

func idsOf(value string) []workspace.UserID {
	ids := []workspace.UserID{}
	for id := range strings.SplitSeq(value, ",") {
		if id != "" && id != nobody {
			ids = append(ids, workspace.UserID(id))
		}
	}
	return ids
}

// rebase has every look from now on remember user groups as they have changed,
// and is the notes that keep it.
func (r *Requests) rebase(team workspace.TeamID, changed []rules.Rebase) []store.Note {
	if len(changed) == 0 {
		return nil
	}
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bases = s.bases.After(changed...)
	if s.bound != nil {
		s.bound = s.bound.Recall(s.bases)
	}
	var notes []store.Note
	for _, c := range changed {
		ids := s.bases[c.Group][c.Part]
		texts := make([]string, len(ids))
		for i, u := range ids {
			texts[i] = string(u)
		}
		notes = append(notes, store.Note{Kind: store.NoteUsergroup(c.Part), Name: string(c.Group), Value: strings.Join(texts, ",")})
	}
	return notes
}
