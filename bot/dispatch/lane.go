package dispatch

import (
	"context"
	"errors"
	"time"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/queue"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// lane is one workspace's: first in, first handled.
type lane struct {
	*Dispatcher
	team   workspace.TeamID
	in     chan *entry
	missed bool // events went by that could not be committed
}

// run answers what comes in until in is closed or the lanes may not go on.
func (l *lane) run() {
	for first := range l.in {
		if first.passed != nil {
			close(first.passed)
			continue
		}
		batch := []*entry{first}
		var passed chan struct{}
		for len(batch) < l.config.Batch && passed == nil {
			select {
			case e, ok := <-l.in:
				if ok && e.passed != nil {
					passed = e.passed
					continue
				}
				if ok {
					batch = append(batch, e)
					continue
				}
			default:
			}
			break
		}
		if l.ctx.Err() != nil {
			for _, e := range batch {
				l.sorry(&turn{e: e})
			}
			l.fail(batch, ErrClosed)
		} else {
			l.answer(batch)
		}
		if passed != nil {
			close(passed)
		}
	}
	if err := l.config.Directory.Save(context.WithoutCancel(l.ctx), l.team); err != nil {
		l.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Msg("could not save the mirror")
	}
}

// answer handles a batch, commits it whole and lets out what was waiting for
// that. Where the store refuses it for what is in it, the entries are committed
// one by one, so that one of them does not take the others along.
func (l *lane) answer(batch []*entry) {
	known := l.handled(batch)
	var turns []*turn
	var again []*entry // handled before, or twice in this batch
	for _, e := range batch {
		if known[e.id] {
			again = append(again, e)
			continue
		}
		known[e.id] = true
		turns = append(turns, l.handle(e))
	}
	err := l.commit(turns)
	if errors.Is(err, store.ErrNotOwner) {
		l.pass(batch, err)
		return
	}
	if err != nil && !store.Passing(err) && l.ctx.Err() == nil {
		for _, t := range turns {
			if err := l.commit([]*turn{t}); err != nil {
				l.spoilt(t, err)
			}
		}
		err = nil
	}
	if err != nil {
		l.missed = true
		l.log.Error().Err(err).Str(config.FieldTeam, string(l.team)).Int(config.FieldCount, len(turns)).Msg("could not commit; what was not acknowledged comes again")
		for _, t := range turns {
			l.sorry(t)
		}
		l.fail(batch, err)
		return
	}
	for _, e := range again {
		l.log.Info().Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, e.id).Str(config.FieldKind, e.kind).
			Str(config.FieldOutcome, "duplicate").Msg("handled an event")
		l.config.Metrics.Envelope(l.team, e.kind, "duplicate", 0)
		l.release(e, nil)
	}
}

// handled is which of a batch's events were committed before. Where the store
// does not say, the commit still does.
func (l *lane) handled(batch []*entry) map[string]bool {
	ids := make([]string, len(batch))
	for i, e := range batch {
		ids[i] = e.id
	}
	known, err := l.config.Store.Handled(l.ctx, l.team, ids...)
	if err != nil {
		return map[string]bool{}
	}
	return known
}

// commit stores what a batch leaves behind, with what the mirror learnt, and
// lets out what waits for it.
func (l *lane) commit(turns []*turn) error {
	if len(turns) == 0 {
		return nil
	}
	changes, err := l.config.Directory.Take(l.ctx, l.team)
	if err != nil {
		return err
	}
	commits := l.commits(turns, changes)
	var receipts []store.Receipt
	switch {
	case len(commits) > 0:
		receipts, err = l.persist(commits)
	case !l.config.Owns(l.team): // there was no mirror any more to learn from it
		err = store.ErrNotOwner
	}
	if err != nil {
		changes.Lost()
		return err
	}
	changes.Kept()
	l.missed = false
	stored := 0
	for i, r := range receipts {
		stored += r.Stored
		if i > 0 {
			turns[i-1].before = r.Before
			turns[i-1].said = turns[i-1].said || r.Late
		}
	}
	for _, t := range turns {
		l.config.Requests.committed(l.team, t)
	}
	if stored > 0 {
		l.config.Wake(l.team)
	}
	for _, t := range turns {
		l.finish(t)
	}
	return nil
}

// commits is what to store: first what belongs to no single event, then each
// turn's, in their order. It is nil where there is nothing at all.
func (l *lane) commits(turns []*turn, changes *directory.Changes) []store.Commit {
	var first store.Commit
	if changes != nil {
		first.Mirror, first.Graces = changes.Parts, changes.Graces
	}
	if l.missed {
		first.Actions = append(first.Actions, store.Due{Action: action.Replan{Why: "gap"}})
	}
	commits := []store.Commit{first}
	needed := changes != nil || l.missed
	for _, t := range turns {
		if t.e.from != nil {
			t.commit.Closing, needed = t.closing(), true
		}
		if t.e.late() && !t.said && !t.relayed {
			if due := t.e.afterwards(t.out.Reply); due != nil {
				t.commit.Actions, t.said = append(t.commit.Actions, *due), true
			}
		}
		needed = needed || !t.ignored || len(t.commit.Actions) > 0
		commits = append(commits, t.commit)
	}
	if !needed {
		return nil
	}
	return commits
}

// persist stores commits.
func (l *lane) persist(commits []store.Commit) (receipts []store.Receipt, err error) {
	err = l.patiently(func() error {
		receipts, err = l.config.Store.Commit(l.ctx, l.team, commits...)
		return err
	})
	return receipts, err
}

// patiently tries for a little while where the store is gone: a server that
// changes over is back within seconds.
func (d *Dispatcher) patiently(keep func() error) error {
	end := d.config.Clock().Add(d.config.Patch)
	for n := 0; ; n++ {
		err := keep()
		if err == nil || !store.Passing(err) || !d.config.Clock().Before(end) {
			return err
		}
		wait := time.NewTimer(min(50*time.Millisecond<<min(n, 4), d.config.Patch))
		select {
		case <-wait.C:
		case <-d.ctx.Done():
			wait.Stop()
			return err
		}
	}
}

var _ queue.Lane = (*Dispatcher)(nil)
