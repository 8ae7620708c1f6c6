package gateway

import (
	"context"
	"slices"
	"strings"

	"usher/rules/workspace"
)

// MembersChange is what is to change in a user group's list: the whole list by
// Set, then who comes and who goes.
type MembersChange struct {
	Set, Add, Remove []workspace.UserID
	// Allow is asked about who would go and who would be left before anything is
	// written; nil: nobody is asked.
	Allow func(going, left []workspace.UserID) bool
}

// MembersResult is what became of a MembersChange.
type MembersResult struct {
	Before, After  []workspace.UserID // as read before, and as read back
	Added, Removed []workspace.UserID // by this change
	Written        bool
	Tries          int // writings; more than one: somebody else wrote meanwhile
}

// mergeTries is how often a list is written that somebody else keeps changing.
const mergeTries = 4

// CodeChanging is a list that changed again every time it was written.
const CodeChanging = "changing"

// ChangeUsergroupUsers merges a change into a user group's list: Slack only takes
// whole lists, so it is read, written and read back, and again where somebody
// else wrote between. Three calls without such a somebody, one where nothing has
// to change. A list is never written empty: that is Slack's no_users_provided,
// without a call.
func (g *Gateway) ChangeUsergroupUsers(ctx context.Context, team workspace.TeamID, id workspace.UsergroupID, c MembersChange) (MembersResult, error) {
	var r MembersResult
	now, err := g.UsergroupUsers(ctx, team, id)
	if err != nil {
		return r, err
	}
	r.Before, r.After = now, now
	for r.Tries = 0; r.Tries < mergeTries; r.Tries++ {
		next := c.merged(now)
		if sameUsers(now, next) {
			return r, nil
		}
		added, removed := minus(next, now), minus(now, next)
		if c.Allow != nil && !c.Allow(removed, next) {
			return r, nil
		}
		if len(next) == 0 {
			return r, &Error{Team: team, Method: "usergroups.users.update", Code: "no_users_provided"}
		}
		if _, err := g.SetUsergroupUsers(ctx, team, id, next); err != nil {
			return r, err
		}
		r.Written = true
		r.Added, r.Removed = append(r.Added, added...), append(r.Removed, removed...)
		if now, err = g.UsergroupUsers(ctx, team, id); err != nil {
			return r, err
		}
		r.After = now
		if sameUsers(now, next) {
			r.Tries++
			return r, nil
		}
		if c.Set != nil { // who writes last is right about a whole list; what comes and goes is still merged
			c.Set = nil
			c.Add, c.Remove = append(minus(c.Add, nil), added...), append(minus(c.Remove, nil), removed...)
		}
	}
	if sameUsers(now, c.merged(now)) {
		return r, nil
	}
	return r, &Error{Team: team, Method: "usergroups.users.update", Code: CodeChanging}
}

// merged is a list with the change in it, in the order of the list.
func (c MembersChange) merged(now []workspace.UserID) []workspace.UserID {
	if c.Set != nil {
		now = c.Set
	}
	next := minus(now, c.Remove)
	return append(next, minus(c.Add, next)...)
}

// minus is all without some, each once, in their order.
func minus(all, some []workspace.UserID) []workspace.UserID {
	seen := make(map[workspace.UserID]bool, len(all)+len(some))
	for _, u := range some {
		seen[u] = true
	}
	left := make([]workspace.UserID, 0, len(all))
	for _, u := range all {
		if !seen[u] {
			seen[u] = true
			left = append(left, u)
		}
	}
	return left
}

func sameUsers(a, b []workspace.UserID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// joined is ids as a result keeps them.
func joined(ids []workspace.UserID) string { return strings.Join(texts(ids), ",") }
