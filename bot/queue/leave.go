package queue

import (
	"context"

	"usher/rules/workspace"
)

// leaving is somebody who waits for a workspace to come to rest.
type leaving struct {
	team workspace.TeamID
	rest chan struct{} // closed when nothing of it is under way
}

// Leave waits until nothing of a workspace is being carried out any more, and
// what came of it is stored. Owns has to say no by then: nothing new is begun.
// The error is ctx's.
func (q *Queue) Leave(ctx context.Context, team workspace.TeamID) error {
	l := leaving{team: team, rest: make(chan struct{})}
	select {
	case q.leave <- l: // the pump itself is not claiming now
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-l.rest:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rested tells those who wait for a workspace, once it is at rest.
func (l *lot) rested() {
	if l.total > 0 || l.echoing {
		return
	}
	for _, rest := range l.leaving {
		close(rest)
	}
	l.leaving = nil
}
