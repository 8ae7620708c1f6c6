package dispatch

import (
	"context"
	"encoding/json"
	"fmt"

	"usher/bot/gateway"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

func (m memory) Runs(n int) []handlers.PastRun {
	return remembered(m, func(ctx context.Context) ([]handlers.PastRun, error) {
		runs, err := m.r.config.Store.Runs(ctx, m.team, n)
		all := make([]handlers.PastRun, 0, len(runs))
		for _, r := range runs {
			past, err := m.past(ctx, r)
			if err != nil {
				return all, err
			}
			all = append(all, past)
		}
		return all, err
	})
}

func (m memory) past(ctx context.Context, r store.Run) (handlers.PastRun, error) {
	var body runBody
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return handlers.PastRun{}, fmt.Errorf("read the run %s: %w", r.ID, err)
	}
	past := handlers.PastRun{At: r.At, Run: handlers.Run{ID: r.ID, Why: body.Why, By: body.By, Hash: r.Hash, Undoes: body.Undoes}}
	counts, err := m.r.config.Store.Tally(ctx, m.team, r.ID)
	lists := false
	for _, c := range counts {
		lists = lists || c.Kind == action.KindKeepUsergroup && c.Class == handlers.Done
		switch {
		case c.Class == "":
			past.Waiting += c.N
		case store.Failed(c.Class):
			past.Failed += c.N
		case c.Class == handlers.Done && c.Kind == action.KindRemove:
			past.Removals += c.N
		}
	}
	if err == nil && lists {
		var actions []store.Stored
		actions, err = m.r.config.Store.OfRun(ctx, m.team, r.ID)
		for _, a := range actions {
			past.Removals += len(ungrouped(a))
		}
	}
	return past, err
}

// ungrouped is whom an action took out of a user group by its rule.
func ungrouped(a store.Stored) []workspace.UserID {
	if a.Kind != action.KindKeepUsergroup || a.Result.Class != handlers.Done {
		return nil
	}
	return idsOf(a.Result.Value[gateway.ValueRemoved])
}

type foundRun struct {
	run handlers.PastRun
	ok  bool
}

func (m memory) Run(id string) (handlers.PastRun, bool) {
	found := remembered(m, func(ctx context.Context) (f foundRun, err error) {
		r, ok, err := m.r.config.Store.Run(ctx, m.team, id)
		if err != nil || !ok {
			return f, err
		}
		if f.run, err = m.past(ctx, r); err != nil {
			return f, err
		}
		f.ok = true
		actions, err := m.r.config.Store.OfRun(ctx, m.team, id)
		for _, a := range actions {
			if gone, is := a.Action.(action.Remove); is && a.Result.Class == handlers.Done {
				f.run.Removed = append(f.run.Removed, workspace.Seat{Channel: gone.Channel, User: gone.User})
			}
			if gone := ungrouped(a); len(gone) > 0 {
				if f.run.Ungrouped == nil {
					f.run.Ungrouped = map[workspace.UsergroupID][]workspace.UserID{}
				}
				id := workspace.UsergroupID(a.Result.Value[gateway.ValueGroup])
				f.run.Ungrouped[id] = append(f.run.Ungrouped[id], gone...)
			}
		}
		return f, err
	})
	return found.run, found.ok
}
