package gateway

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Names in the Value of results about user groups.
const (
	ValueGroup    = "group"    // its id
	ValueAdded    = "added"    // who came, by this
	ValueRemoved  = "removed"  // who went
	ValueEmptied  = "emptied"  // what became of a group that nobody is left in
	ValueCount    = "count"    // how many are in it afterwards
	ValueBaseAdd  = "base_add" // how the rule's part of the list changed
	ValueBaseDrop = "base_drop"
)

// keepUsergroup brings a managed user group to what was found to be wanted.
func (g *Gateway) keepUsergroup(ctx context.Context, team workspace.TeamID, a action.KeepUsergroup) Result {
	w := a.Want
	value := map[string]string{}
	id, wrote, err := g.shapeUsergroup(ctx, team, w)
	if id != "" {
		value[ValueGroup] = string(id)
	}
	if err == nil && w.Members {
		var some bool
		some, err = g.keepMembers(ctx, team, id, w, value)
		wrote = wrote || some
	}
	r := result(err, a.Key())
	if err != nil && r.Class != Later {
		if r.Value == nil && id != "" {
			r.Value = map[string]string{ValueGroup: string(id)}
		}
		return r
	}
	if err == nil {
		if !wrote {
			r.Class = Already
		}
		value[ValueBaseAdd], value[ValueBaseDrop] = joined(w.BaseAdd), joined(w.BaseDrop)
		r.Value = value
	}
	return r
}

// shapeUsergroup makes the group, brings it back and changes everything but its
// list, where that is wanted.
func (g *Gateway) shapeUsergroup(ctx context.Context, team workspace.TeamID, w action.Wanted) (id workspace.UsergroupID, wrote bool, err error) {
	id = w.Group
	change := UsergroupChange{
		Name: w.Name, Handle: w.Handle, Description: w.Description,
		Channels: w.Channels, AdditionalChannels: w.AdditionalChannels, Section: w.Section,
	}
	if id == "" {
		made, err := g.CreateUsergroup(ctx, team, change)
		return made.ID, err == nil, err
	}
	if w.Enable {
		if _, err := g.EnableUsergroup(ctx, team, id); err != nil && codeOf(err) != "already_enabled" {
			return id, wrote, err
		}
		wrote = true
	}
	if !w.Unchanged() && change != (UsergroupChange{}) {
		if _, err := g.UpdateUsergroup(ctx, team, id, change); err != nil {
			return id, wrote, err
		}
		wrote = true
	}
	return id, wrote, nil
}

// keepMembers brings the list into line; where nobody would be left it does what
// the rule says about that.
func (g *Gateway) keepMembers(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, w action.Wanted, value map[string]string) (wrote bool, err error) {
	empty, braked := false, false
	c := MembersChange{Add: w.Add, Remove: w.Drop}
	if w.Exact {
		c = MembersChange{Set: append([]workspace.UserID{}, w.Users...)}
	}
	if w.Most >= 0 && len(w.Drop) > w.Most { // only who comes
		c = MembersChange{Add: w.Add}
	}
	c.Allow = func(going, left []workspace.UserID) bool {
		braked = w.Most >= 0 && len(going) > w.Most && len(minus(going, w.Drop)) > 0
		empty = len(left) == 0 || len(minus(left, w.Placeholder)) == 0 && len(w.Placeholder) > 0
		return !empty && !braked
	}
	r, err := g.ChangeUsergroupUsers(ctx, team, id, c)
	switch {
	case err != nil:
		return r.Written, err
	case empty, !r.Written && !braked && len(minus(r.After, w.Placeholder)) == 0:
		return g.emptied(ctx, team, id, w, value)
	}
	if len(r.Added) > 0 {
		value[ValueAdded] = joined(minus(r.Added, w.Placeholder))
	}
	if len(r.Removed) > 0 {
		value[ValueRemoved] = joined(minus(minus(r.Removed, w.Placeholder), w.Gone))
	}
	return r.Written, nil
}

// emptied does with a group that nobody belongs to what its rule says; Slack has
// no empty ones.
func (g *Gateway) emptied(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, w action.Wanted, value map[string]string) (wrote bool, err error) {
	switch w.Empty {
	case "disable":
		_, err = g.DisableUsergroup(ctx, team, id)
		if codeOf(err) == "already_disabled" {
			return false, nil
		}
		if err == nil && len(w.Drop) > 0 { // they stand in its list still, and are in it no more
			value[ValueRemoved] = joined(minus(w.Drop, w.Placeholder))
		}
		return err == nil, err
	case "placeholder":
		if len(w.Placeholder) == 0 {
			return false, nil
		}
		r, err := g.ChangeUsergroupUsers(ctx, team, id, MembersChange{Set: w.Placeholder})
		if code := codeOf(err); code == "invalid_users" || code == "users_not_found" {
			return false, nil // Slack does not take this account after all: the group is kept as it is
		}
		if gone := minus(r.Removed, w.Placeholder); len(gone) > 0 {
			value[ValueRemoved] = joined(gone)
		}
		return r.Written, err
	}
	return false, nil
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// editMembers merges what people want into a group's list.
func (g *Gateway) editMembers(ctx context.Context, team workspace.TeamID, a action.EditMembers) Result {
	if a.Enable {
		if _, err := g.EnableUsergroup(ctx, team, a.Group); err != nil && codeOf(err) != "already_enabled" {
			return result(err, a.Key())
		}
	}
	r, err := g.ChangeUsergroupUsers(ctx, team, a.Group, MembersChange{Set: a.Set, Add: a.Add, Remove: slices.Concat(a.Remove, a.Stale)})
	if codeOf(err) == "no_users_provided" && a.Empty != "" {
		return g.emptiedByHand(ctx, team, a, r.Before, err)
	}
	out := result(err, a.Key())
	if err == nil {
		if !r.Written {
			out.Class = Already
		}
		out.Value = map[string]string{ValueGroup: string(a.Group), ValueAdded: joined(r.Added), ValueRemoved: joined(minus(r.Removed, a.Stale)), ValueCount: strconv.Itoa(len(r.After))}
	}
	return out
}

// emptiedByHand does with a group that the last one leaves what its rule says;
// where that cannot be, the last one stays.
func (g *Gateway) emptiedByHand(ctx context.Context, team workspace.TeamID, a action.EditMembers, before []workspace.UserID, stays error) Result {
	left := a.Placeholder
	if a.Empty == "disable" {
		left = nil
	}
	value := map[string]string{ValueGroup: string(a.Group), ValueAdded: "", ValueRemoved: "", ValueCount: strconv.Itoa(len(left)), ValueEmptied: a.Empty}
	wrote, err := g.emptied(ctx, team, a.Group, action.Wanted{Empty: a.Empty, Placeholder: a.Placeholder, Drop: before}, value)
	if err == nil && !wrote && a.Empty == "placeholder" {
		err = stays
	}
	out := result(err, a.Key())
	if err == nil {
		out.Value = value
	}
	return out
}

// changeUsergroup makes a group or changes what a person wanted changed.
func (g *Gateway) changeUsergroup(ctx context.Context, team workspace.TeamID, a action.ChangeUsergroup) Result {
	change := UsergroupChange{
		Name: a.Name, Handle: a.Handle, Description: a.Description,
		Channels: a.Channels, AdditionalChannels: a.AdditionalChannels, Section: a.Section,
	}
	id := a.Group
	var err error
	if id == "" {
		var made UsergroupMembers
		made, err = g.CreateUsergroup(ctx, team, change)
		if id = made.ID; err == nil && len(a.Users) > 0 {
			_, err = g.ChangeUsergroupUsers(ctx, team, id, MembersChange{Set: slices.Clone(a.Users)})
		}
	} else {
		if a.Enabled != nil && *a.Enabled {
			_, err = g.EnableUsergroup(ctx, team, id)
		}
		if err == nil && change != (UsergroupChange{}) {
			_, err = g.UpdateUsergroup(ctx, team, id, change)
		}
		if err == nil && a.Enabled != nil && !*a.Enabled {
			_, err = g.DisableUsergroup(ctx, team, id)
		}
	}
	r := result(err, a.Key())
	if id != "" {
		r.Value = map[string]string{ValueGroup: string(id)}
	}
	return r
}
