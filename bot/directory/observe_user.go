package directory

import (
	"github.com/slack-go/slack"

	"usher/bot/gateway"
	"usher/rules/action"
	"usher/rules/workspace"
)

// person is team_join, user_change or user_profile_changed: the account as it
// is now.
func person(e event) {
	var ev struct {
		User slack.User `json:"user"`
	}
	if !e.decode(&ev) || ev.User.ID == "" {
		return
	}
	u := gateway.UserOf(&ev.User, e.team)
	old, known := e.was.User(u.ID)
	if !e.m.heard.newest("user "+ev.User.ID, e.stamp, e.now) {
		if known && old.Deleted != u.Deleted { // switched off and on again meanwhile
			e.regroup(u.ID)
		}
		return
	}
	if known && u.Email == "" {
		u.Email = old.Email // not every event carries it
	}
	e.putUser(u)
	if known && !old.Stub && old.Deleted != u.Deleted {
		e.regroup(u.ID)
	}
}

// regroup doubts the user groups of somebody who was switched off, and all of
// them for somebody who is or was switched on again: no event says what that
// did to them. Reading one reads all that are doubted.
func (e event) regroup(id workspace.UserID) {
	user, _ := e.was.User(id)
	var first workspace.UsergroupID
	for g := range e.was.Usergroups() {
		if user.Deleted || e.was.UsergroupMembers(g.ID).Set.Has(user) {
			e.doubtUsergroup(g.ID)
			e.m.heard.newest("usergroup "+string(g.ID), e.stamp, e.now) // lists from before are not believed
			if first == "" || g.ID < first {
				first = g.ID
			}
		}
	}
	if first != "" {
		e.want(action.Refresh{Usergroup: first})
	}
}
