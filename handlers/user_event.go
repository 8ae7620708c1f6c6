package handlers

import (
	"context"

	"usher/rules"
	"usher/rules/workspace"
)

// userEvent is team_join, user_change and user_profile_changed.
type userEvent struct {
	User struct {
		ID workspace.UserID `json:"id"`
	} `json:"user"`
}

// userChanged asks about somebody everywhere: an account came, or its profile,
// its role or its being active changed.
func userChanged(_ context.Context, r Request, e userEvent) (Outcome, error) {
	var out Outcome
	r.user(&out, e.User.ID, rules.CauseProfile)
	r.groupsOf(&out, rules.CauseProfile, nil, e.User.ID)
	r.publish(&out, e.User.ID)
	return out, nil
}
