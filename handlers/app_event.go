package handlers

import (
	"context"

	"usher/rules/action"
	"usher/rules/workspace"
)

// homeOpenedEvent is app_home_opened.
type homeOpenedEvent struct {
	User workspace.UserID `json:"user"`
	Tab  string           `json:"tab"` // home or messages
}

// homeOpened publishes the Home of whoever opens it, from its beginning.
func homeOpened(_ context.Context, _ Request, e homeOpenedEvent) (Outcome, error) {
	var out Outcome
	if e.Tab != "messages" && e.User != "" {
		out.do(action.Home{User: e.User})
	}
	return out, nil
}

// appEvent is app_uninstalled and tokens_revoked.
type appEvent struct{}

// appGone causes nothing: with its tokens gone, Usher can do nothing in this
// workspace. That it happened is on record.
func appGone(context.Context, Request, appEvent) (Outcome, error) { return Outcome{}, nil }
