package handlers

import (
	"github.com/slack-go/slack"

	"usher/handlers/view"
	"usher/rules/action"
)

// Home draws somebody's App Home as it is now. Only Policy, Workspace, At,
// Recent and Settings of the request are looked at.
func Home(r Request, a action.Home) slack.HomeTabViewRequest { return slack.HomeTabViewRequest{} }

// Notice puts a Tell into words. Only Policy, Workspace, At and Settings of the
// request are looked at.
func Notice(r Request, a action.Tell) view.Message { return view.Message{} }
