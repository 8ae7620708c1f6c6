package handlers

import (
	"context"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// mostAtOnce is how many people of one event are asked about one by one. For
// more the whole workspace is compared: the brakes, which count from five people
// on, look at a comparison and not at single people.
const mostAtOnce = 4

// usergroupMembersEvent is subteam_members_changed.
type usergroupMembersEvent struct {
	ID      workspace.UsergroupID `json:"subteam_id"`
	Added   []workspace.UserID    `json:"added_users"`
	Removed []workspace.UserID    `json:"removed_users"`
}

func usergroupMembers(_ context.Context, r Request, e usergroupMembersEvent) (Outcome, error) {
	var out Outcome
	changed := append(append([]workspace.UserID{}, e.Added...), e.Removed...)
	r.publish(&out, changed...)
	r.groupMoved(&out, e.ID, e.Added, e.Removed)
	if len(r.Policy.FedBy(rules.FromUsergroup, string(e.ID))) == 0 {
		return out, nil
	}
	switch {
	case !r.Workspace.UsergroupMembers(e.ID).Complete:
		out.do(action.Refresh{Usergroup: e.ID})
	case len(changed) == 0 || len(changed) > mostAtOnce:
		out.do(action.Replan{Why: whySource})
	default:
		r.hangsOn(&out, rules.FromUsergroup, string(e.ID), changed...)
	}
	return out, nil
}

// usergroupEvent is subteam_created and subteam_updated.
type usergroupEvent struct {
	Subteam struct {
		ID workspace.UsergroupID `json:"id"`
	} `json:"subteam"`
}

// usergroupChanged does not say who came or went, so everything that hangs on
// the group is looked at.
func usergroupChanged(_ context.Context, r Request, e usergroupEvent) (Outcome, error) {
	var out Outcome
	id := e.Subteam.ID
	r.groupMoved(&out, id, nil, nil)
	if len(r.Policy.FedBy(rules.FromUsergroup, string(id))) == 0 {
		return out, nil
	}
	if g, ok := r.Workspace.Usergroup(id); ok && !g.Disabled && !r.Workspace.UsergroupMembers(id).Complete {
		out.do(action.Refresh{Usergroup: id})
		return out, nil
	}
	out.do(action.Replan{Why: whySource})
	return out, nil
}
