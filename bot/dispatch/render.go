package dispatch

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"usher/bot/gateway"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Notice puts a direct message into words, as it goes out.
func (r *Requests) Notice(team workspace.TeamID, a action.Tell) (string, []slack.Block, error) {
	req, err := r.For(context.Background(), team)
	if err != nil {
		return "", nil, err
	}
	m := handlers.Notice(req, a)
	return m.Text, m.Blocks, nil
}

// Home draws somebody's App Home, as it goes out.
func (r *Requests) Home(team workspace.TeamID, a action.Home) (slack.HomeTabViewRequest, error) {
	req, err := r.For(context.Background(), team)
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	return handlers.Home(req, a), nil
}

// Guard asks the rules again right before an action is carried out.
func (r *Requests) Guard(ctx context.Context, team workspace.TeamID, a action.Action) (now action.Action, still bool, why rules.Decision, err error) {
	if remove, ok := a.(action.Remove); ok && remove.Asked == nil {
		if err := r.config.Directory.Confirm(ctx, team, remove.User); err != nil {
			return a, false, rules.Decision{}, err
		}
	}
	req, err := r.For(ctx, team)
	if err != nil {
		return a, false, rules.Decision{}, err
	}
	if still, why = req.Policy.Still(req.Workspace, req.At, a); still {
		a = r.ready(ctx, req, req.Policy.Narrow(req.Workspace, req.At, a))
	}
	if !still && why.Verdict == rules.Undetermined && waits(a) {
		return a, false, why, errUnsure
	}
	return a, still, why, nil
}

// errUnsure has an action wait that nothing else would ask for again.
var errUnsure = errors.New("it is not known well enough yet whether this is still right")

// waits reports whether an action is asked for only once, by what it follows from.
func waits(a action.Action) bool {
	r, ok := a.(action.Remove)
	return ok && r.Usergroup != ""
}

var _ gateway.Render = (*Requests)(nil)

// Modals shows modals through the gateway.
func Modals(g *gateway.Gateway) Show {
	return func(ctx context.Context, team workspace.TeamID, m handlers.Modal) error {
		var err error
		switch {
		case m.ViewID != "":
			_, err = g.UpdateView(ctx, team, m.ViewID, m.Hash, m.View)
		case m.TriggerID == "":
			err = errors.New("show a modal: neither a trigger nor a view was given")
		case m.Push:
			_, err = g.PushView(ctx, team, m.TriggerID, m.View)
		default:
			_, err = g.OpenView(ctx, team, m.TriggerID, m.View)
		}
		return err
	}
}
