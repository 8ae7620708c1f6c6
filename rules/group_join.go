package rules

import (
	"slices"
	"strings"
	"time"

	"usher/rules/workspace"
)

// GroupRoom is a managed user group as one person sees it.
type GroupRoom struct {
	Group    workspace.Usergroup
	Rule     Usergroup
	In       bool
	MayJoin  bool // at will
	MayAsk   bool // one of those who answer for it adds them
	MayLeave bool // they are in it, and no rule would put them back
	Vacant   bool // it is disabled because nobody is in it: whoever joins brings it back
}

// GroupRooms are the managed user groups that somebody is in, and those they may
// join at will or by asking, by handle. Those whose rule is only tried out, or
// that somebody has disabled, cannot be joined.
func (p *Policy) GroupRooms(w *workspace.Snapshot, at time.Time, user workspace.UserID) []GroupRoom {
	var all []GroupRoom
	for i := range p.usergroups {
		g := &p.usergroups[i]
		now, ok := g.found(w)
		if !ok || g.Mode == ModeOff {
			continue
		}
		r := p.groupRoom(w, g, now, user)
		if !now.Disabled && r.In || r.MayJoin || r.MayAsk {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b GroupRoom) int { return strings.Compare(a.Group.Handle, b.Group.Handle) })
	return all
}

// GroupRoom is one user group as somebody sees it; one without a rule can
// neither be joined nor left through Usher.
func (p *Policy) GroupRoom(w *workspace.Snapshot, id workspace.UsergroupID, user workspace.UserID) GroupRoom {
	now, _ := w.Usergroup(id)
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if found, ok := g.found(w); ok && found.ID == id && g.Mode != ModeOff {
			return p.groupRoom(w, g, now, user)
		}
	}
	u, _ := w.User(user)
	return GroupRoom{Group: now, In: w.UsergroupMembers(id).Set.Has(u)}
}

func (p *Policy) groupRoom(w *workspace.Snapshot, g *Usergroup, now workspace.Usergroup, user workspace.UserID) GroupRoom {
	u, known := w.User(user)
	r := GroupRoom{Group: now, Rule: *g, In: known && w.UsergroupMembers(now.ID).Set.Has(u)}
	r.Vacant = p.vacant(w, g, now)
	r.In = r.In && !r.Vacant
	enforced := g.Mode == ModeEnforce && (!now.Disabled || r.Vacant)
	switch {
	case !known || !Groupable(w.Team().Bot, u):
	case r.In:
		r.MayLeave = enforced && !g.exact()
	case enforced && g.Join != JoinClosed && !p.excepted(w, g, u):
		r.MayJoin, r.MayAsk = g.Join == JoinSelf, g.Join == JoinRequest
	}
	return r
}

// vacant reports whether a group is disabled because nobody is in it, and not
// because somebody disabled it by hand.
func (p *Policy) vacant(w *workspace.Snapshot, g *Usergroup, now workspace.Usergroup) bool {
	if !now.Disabled || g.Mode != ModeEnforce || g.WhenEmpty != EmptyDisable {
		return false
	}
	parts := p.bases[now.ID]
	return g.reverts() || w.SetOf(parts[PartRuled]...).Or(w.SetOf(parts[PartJoined]...)).Minus(w.SetOf(parts[PartLeft]...)).Empty()
}

// WhenEmptied is what becomes of a user group that the last one leaves, and the
// account that then stands in it; empty where the last one stays.
func (p *Policy) WhenEmptied(w *workspace.Snapshot, id workspace.UsergroupID) (WhenEmpty, []workspace.UserID) {
	g, ok := p.ManagedGroup(w, id)
	if !ok || g.Mode != ModeEnforce {
		return "", nil
	}
	placeholder := g.placeholderID(w)
	if g.WhenEmpty == EmptyDisable || g.WhenEmpty == EmptyPlaceholder && len(placeholder) > 0 {
		return g.WhenEmpty, placeholder
	}
	return "", nil
}

// excepted reports whether the rule leaves somebody out, or may.
func (p *Policy) excepted(w *workspace.Snapshot, g *Usergroup, u workspace.User) bool {
	for i := range g.except {
		if st, _ := p.stand(w, &g.except[i], u, false); st != standsOut {
			return true
		}
	}
	return false
}

// MayBeBackInGroup reports whether somebody who was taken out of a user group may
// be brought back, by what its rule says now, and the decision that says so: they
// belong to it, or people come into it by other ways too and they are not left
// out, or nothing that is enforced is about it.
func (p *Policy) MayBeBackInGroup(w *workspace.Snapshot, at time.Time, id workspace.UsergroupID, user workspace.UserID) (bool, Decision) {
	none := Decision{Membership: Membership{Usergroup: id, User: user, Cause: CausePlan}}
	u, known := w.User(user)
	g, managed := p.ManagedGroup(w, id)
	switch {
	case !known:
		none.Reasons = []Reason{{Code: CodeUserUnknown}}
		return false, none
	case u.Deleted:
		none.Reasons = []Reason{{Code: CodeDeactivated, Subject: string(user)}}
		return false, none
	case !managed || g.Mode != ModeEnforce:
		return Groupable(w.Team().Bot, u), none
	}
	d, _ := p.GroupWhy(w, at, g.Handle, user)
	return d.Verdict == Allow || !g.exact() && Groupable(w.Team().Bot, u) && !p.excepted(w, &g, u), d
}

// Exact reports whether a user group's list is its rule's alone: nobody changes
// it by hand.
func (g Usergroup) Exact() bool { return g.exact() && g.Mode == ModeEnforce }

// IsGroupOwner reports whether somebody may change a managed user group by hand:
// whom its rule names, and administrators.
func (p *Policy) IsGroupOwner(w *workspace.Snapshot, handle string, user workspace.UserID) bool {
	if p.IsAdmin(w, user) {
		return true
	}
	g := p.managed(handle)
	u, ok := w.User(user)
	return g != nil && ok && !u.Stub && !u.Deleted && !u.Bot && p.named(w, g.owners, u)
}

// GroupsOwned are the managed user groups whose rule names somebody as one who
// answers for them, disabled ones too, by handle.
func (p *Policy) GroupsOwned(w *workspace.Snapshot, user workspace.UserID) []GroupRoom {
	u, ok := w.User(user)
	if !ok || u.Stub || u.Deleted || u.Bot {
		return nil
	}
	var all []GroupRoom
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if now, there := g.found(w); there && g.Mode != ModeOff && p.named(w, g.owners, u) {
			all = append(all, p.groupRoom(w, g, now, user))
		}
	}
	slices.SortFunc(all, func(a, b GroupRoom) int { return strings.Compare(a.Group.Handle, b.Group.Handle) })
	return all
}

// GroupOwners are the people to ask about a managed user group, sorted, at most
// 20; the administrators where it names none.
func (p *Policy) GroupOwners(w *workspace.Snapshot, handle string) []workspace.UserID {
	if g := p.managed(handle); g != nil {
		return p.people(w, g.owners)
	}
	return p.Admins(w)
}
