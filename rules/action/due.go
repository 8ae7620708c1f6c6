package action

import (
	"fmt"

	"usher/rules/workspace"
)

// Kinds of this file.
const (
	KindRecheck Kind = "recheck"
	KindReplan  Kind = "replan"
)

// Recheck asks the rules about one membership again when it comes due: a grace
// or a grant has ended. It calls nothing; it enters the workspace's lane.
type Recheck struct {
	Channel workspace.ChannelID `json:"channel"`
	User    workspace.UserID    `json:"user"`
}

// Kind is KindRecheck.
func (Recheck) Kind() Kind { return KindRecheck }

// Key is one for each membership.
func (a Recheck) Key() Key { return Key("recheck:" + string(a.Channel) + ":" + string(a.User)) }

func (a Recheck) String() string { return fmt.Sprintf("ask again about %s in %s", a.User, a.Channel) }
func (Recheck) action()          {}
func (Recheck) supersedes()      {}

// Replan compares the whole workspace, or one channel of it, with the policy
// when it comes due. It calls nothing; it enters the workspace's lane.
type Replan struct {
	Channel workspace.ChannelID `json:"channel,omitempty"`
	Why     string              `json:"why,omitempty"` // start, schedule, gap, policy, refreshed, released, resumed, …
}

// Kind is KindReplan.
func (Replan) Kind() Kind { return KindReplan }

// Key is one for each channel and one for the whole workspace.
func (a Replan) Key() Key { return Key("replan:" + string(a.Channel)) }

func (a Replan) String() string {
	if a.Channel != "" {
		return fmt.Sprintf("compare %s with the policy", a.Channel)
	}
	return "compare the workspace with the policy"
}
func (Replan) action()     {}
func (Replan) supersedes() {}
