package gateway

import (
	"context"
	"errors"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Apply carries out one stored action against Slack, once. It waits for the
// method's allowance (at most Config.MaxWait and never past the context's
// deadline: then the result is Later and Snoozed) and never retries by itself:
// Later says when to come back. Every action that changes a state may be
// applied again after an unknown outcome; what is so already is Already. A
// message whose outcome is unknown is Done and Unconfirmed, because it must not
// be sent twice.
//
// A context that ends first makes Later with the Code "ended".
func (g *Gateway) Apply(ctx context.Context, team workspace.TeamID, a action.Action) Result {
	ctx = with(ctx, func(c *calling) {
		c.team, c.priority, c.maxWait = team, action.PriorityOf(a), g.config.MaxWait
	})
	switch a := a.(type) {
	case action.Remove:
		return g.remove(ctx, team, a)
	case action.Invite:
		return g.invite(ctx, team, a)
	case action.Join:
		return g.join(ctx, team, a)
	case action.Tell:
		return g.tell(ctx, team, a)
	case action.Reply:
		return g.reply(ctx, team, a)
	case action.Home:
		return g.home(ctx, team, a)
	case action.Step:
		return g.step(ctx, team, a)
	case action.Archive:
		return g.archive(ctx, team, a)
	case action.Rename:
		return g.rename(ctx, team, a)
	case action.KeepUsergroup:
		return g.keepUsergroup(ctx, team, a)
	case action.EditMembers:
		return g.editMembers(ctx, team, a)
	case action.ChangeUsergroup:
		return g.changeUsergroup(ctx, team, a)
	}
	return Result{Class: Never, Code: codeNotACall, Sentence: "This is nothing that Slack is asked to do."}
}

// methods is which method an action spends.
var methods = map[action.Kind]string{
	action.KindRemove: "conversations.kick",
	action.KindInvite: "conversations.invite",
	action.KindJoin:   "conversations.join",
	action.KindTell:   postMethod,
	action.KindReply:  respondMethod,
	action.KindHome:   "views.publish",

	action.KindArchive: "conversations.archive",
	action.KindRename:  "conversations.rename",

	action.KindKeepUsergroup:   "usergroups.users.update",
	action.KindEditMembers:     "usergroups.users.update",
	action.KindChangeUsergroup: "usergroups.update",
}

// Calls reports whether an action is carried out by Apply; the others
// (rechecks, plans, readings) are not the gateway's.
func Calls(a action.Action) bool { return methodOf(a) != "" }

// Wait is how long an action would wait for its turn if it were applied now.
func (g *Gateway) Wait(team workspace.TeamID, a action.Action) time.Duration {
	method := methodOf(a)
	if method == "" {
		return 0
	}
	c := calling{team: team, priority: action.PriorityOf(a)}
	if tell, ok := a.(action.Tell); ok {
		c.channel = string(tell.To)
	}
	return g.governor.wait(method, c)
}

// result is what a call's error makes of an action about a thing.
func result(err error, stuck action.Key) Result {
	if err == nil {
		return Result{Class: Done}
	}
	e, ok := errors.AsType[*Error](err)
	if !ok { // the context ended
		return Result{Class: Later, Code: "ended", Snoozed: true}
	}
	r := judge(e)
	if r.Class == Blocked && r.Stuck == "" {
		r.Stuck = stuck
	}
	return r
}
