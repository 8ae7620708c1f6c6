package gateway

import (
	"context"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Opened is a view as Slack now shows it.
type Opened struct {
	ViewID string
	Hash   string
}

// OpenView opens a modal. The trigger lives for three seconds and is good once,
// so the call goes ahead of everything else and is not repeated.
func (g *Gateway) OpenView(ctx context.Context, team workspace.TeamID, trigger string, v slack.ModalViewRequest) (Opened, error) {
	return g.show(ctx, team, "views.open", func(ctx context.Context, api *slack.Client) (*slack.ViewResponse, error) {
		return api.OpenViewContext(ctx, trigger, v)
	})
}

// PushView puts a modal on top of the one that is open.
func (g *Gateway) PushView(ctx context.Context, team workspace.TeamID, trigger string, v slack.ModalViewRequest) (Opened, error) {
	return g.show(ctx, team, "views.push", func(ctx context.Context, api *slack.Client) (*slack.ViewResponse, error) {
		return api.PushViewContext(ctx, trigger, v)
	})
}

// UpdateView replaces an open view; where hash is given, only if it is still
// the one that the hash is of.
func (g *Gateway) UpdateView(ctx context.Context, team workspace.TeamID, viewID, hash string, v slack.ModalViewRequest) (Opened, error) {
	return g.show(ctx, team, "views.update", func(ctx context.Context, api *slack.Client) (*slack.ViewResponse, error) {
		return api.UpdateViewContext(ctx, v, "", hash, viewID)
	})
}

func (g *Gateway) show(ctx context.Context, team workspace.TeamID, method string, call func(context.Context, *slack.Client) (*slack.ViewResponse, error)) (Opened, error) {
	api, _, err := g.slackAs(team)
	if err != nil {
		return Opened{}, err
	}
	resp, err := call(WithPriority(about(ctx, team), action.Interactive), api)
	if err != nil {
		return Opened{}, refine(err, method)
	}
	return Opened{ViewID: resp.ID, Hash: resp.Hash}, nil
}
