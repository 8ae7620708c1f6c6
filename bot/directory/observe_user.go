package directory

import (
	"github.com/slack-go/slack"

	"usher/bot/gateway"
)

// person is team_join, user_change or user_profile_changed: the account as it
// is now.
func person(e event) {
	var ev struct {
		User slack.User `json:"user"`
	}
	if !e.decode(&ev) || ev.User.ID == "" || !e.m.heard.newest("user "+ev.User.ID, e.stamp, e.now) {
		return
	}
	u := gateway.UserOf(&ev.User, e.team)
	if old, known := e.was.User(u.ID); known && u.Email == "" {
		u.Email = old.Email // not every event carries it
	}
	e.putUser(u)
}
