package dispatch

import (
	"context"
	"maps"
	"slices"
	"strings"

	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

// loadBases reads back whom the rules put into user groups.
func (r *Requests) loadBases(ctx context.Context, team workspace.TeamID) (rules.Bases, error) {
	notes, err := r.config.Store.Notes(ctx, team, store.NoteUsergroupBase)
	bases := rules.Bases{}
	for _, n := range notes {
		bases[workspace.UsergroupID(n.Name)] = baseOf(n.Value)
	}
	return bases, err
}

// nobody stands for an empty base: an empty note would be none.
const nobody = "-"

func baseOf(value string) []workspace.UserID {
	ids := []workspace.UserID{}
	for id := range strings.SplitSeq(value, ",") {
		if id != "" && id != nobody {
			ids = append(ids, workspace.UserID(id))
		}
	}
	return ids
}

// rebase has every look from now on know what the rules' parts of user groups
// are by now, and is the notes that keep it.
func (r *Requests) rebase(team workspace.TeamID, changed []rules.Rebase) []store.Note {
	if len(changed) == 0 {
		return nil
	}
	s := r.scene(team)
	s.mu.Lock()
	defer s.mu.Unlock()
	bases := rules.Bases{}
	maps.Copy(bases, s.bases)
	var notes []store.Note
	for _, c := range changed {
		gone := map[workspace.UserID]bool{}
		for _, u := range slices.Concat(c.Drop, c.Add) {
			gone[u] = true
		}
		ids := []workspace.UserID{}
		for _, u := range bases[c.Group] {
			if !gone[u] {
				ids = append(ids, u)
			}
		}
		ids = append(ids, c.Add...)
		slices.Sort(ids)
		ids = slices.Compact(ids)
		bases[c.Group] = ids
		texts := make([]string, len(ids))
		for i, u := range ids {
			texts[i] = string(u)
		}
		value := strings.Join(texts, ",")
		if value == "" {
			value = nobody
		}
		notes = append(notes, store.Note{Kind: store.NoteUsergroupBase, Name: string(c.Group), Value: value})
	}
	s.bases = bases
	if s.bound != nil {
		s.bound = s.bound.Recall(s.bases)
	}
	return notes
}
