package gateway

import (
	"context"
	"time"
)

// kickMethod is the call that cannot be taken back by whom it is about.
const kickMethod = "conversations.kick"

// freshFor is how long a removal may wait for its turn without being asked about again.
const freshFor = 500 * time.Millisecond

// WithStill has a removal that waited for its turn asked about again when the
// turn has come: where still says that it is not due any more, no call is made
// and the result is Later, with no attempt counted. The limits may hold it for
// seconds, and somebody may have become eligible meanwhile.
func WithStill(ctx context.Context, still func(context.Context) bool) context.Context {
	return with(ctx, func(c *calling) { c.still = still })
}

// overtaken reports whether what was right when a call began to wait is not any more.
func (c calling) overtaken(ctx context.Context, call Call) bool {
	return c.still != nil && call.Method == kickMethod && call.Waited > freshFor && !c.still(ctx)
}
