package bot

import (
	"context"

	"usher/bot/directory"
	"usher/bot/gateway"
	"usher/rules/action"
	"usher/rules/workspace"
)

// codeNotOwner is the result of what another replica carries out by now.
const codeNotOwner = "not_owner"

// carrier is the gateway for a queue: what waits for its turn there is given up
// when the workspace is lost.
type carrier struct {
	*gateway.Gateway
	owners *ownership
}

// Apply carries out an action of a workspace that is owned.
func (c carrier) Apply(ctx context.Context, team workspace.TeamID, a action.Action) gateway.Result {
	ctx, done, ok := c.owners.under(ctx, team)
	defer done()
	if !ok {
		return gateway.Result{Class: gateway.Later, Code: codeNotOwner, Snoozed: true}
	}
	return c.Gateway.Apply(ctx, team, a)
}

// reads is directory.Read for a queue.
func (o *ownership) reads(d *directory.Directory) func(context.Context, workspace.TeamID, action.Refresh) error {
	return func(ctx context.Context, team workspace.TeamID, a action.Refresh) error {
		ctx, done, ok := o.under(ctx, team)
		defer done()
		if !ok {
			return context.Canceled
		}
		return d.Read(ctx, team, a)
	}
}
