package gateway

import (
	"context"
	"time"
)

// freshFor is how long a change may wait for its turn without being asked about again.
const freshFor = 500 * time.Millisecond

// WithStill has a change that waited for its turn asked about again when the
// turn has come: where still says that it is not due any more, no call is made
// and the result is Later, with no attempt counted. The limits may hold it for
// seconds, and meanwhile somebody may have become eligible, or an administrator
// may have stopped every change.
func WithStill(ctx context.Context, still func(context.Context) bool) context.Context {
	return with(ctx, func(c *calling) { c.still = still })
}

// overtaken reports whether what was right when a call began to wait is not any more.
func (c calling) overtaken(ctx context.Context, call Call) bool {
	if c.still == nil || call.Waited <= freshFor {
		return false
	}
	return !c.still(WithStill(ctx, nil)) // what is read for the answer has nothing to be asked about
}
