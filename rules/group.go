package rules

import (
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// clusterName is how a managed user group is called where a cluster's name stands.
func (g *Usergroup) clusterName() string { return "@" + g.Handle }

// asCluster is the eligibility of a user group: its sources and what they leave out.
func (g *Usergroup) asCluster() *cluster {
	return &cluster{Cluster: Cluster{Name: g.clusterName(), Mode: g.Mode}, members: g.members, except: g.except, owners: g.owners, at: g.at}
}

// reverts reports whether the list is the rule's, and that of those who came and
// went through Usher where it lets people join; what was done in Slack is not.
func (g *Usergroup) reverts() bool { return g.ByHand == ByHandRevert }

// exact reports whether the list is the rule's alone.
func (g *Usergroup) exact() bool { return g.reverts() && g.Join == JoinClosed }

// found is the group that a rule is about; false where there is none yet.
func (g *Usergroup) found(w *workspace.Snapshot) (workspace.Usergroup, bool) {
	if g.id != "" {
		return w.Usergroup(workspace.UsergroupID(g.id))
	}
	return w.UsergroupByHandle(g.Handle)
}

// Groupable reports whether Slack lets somebody be in a user group: not guests,
// bots, people of other organisations or deactivated accounts.
func Groupable(bot workspace.UserID, u workspace.User) bool {
	return !u.Stub && !u.Deleted && !u.Bot && !u.External && u.Guest == workspace.FullMember && u.ID != bot
}

// groupView is one managed user group as it is, beside what its rule wants.
type groupView struct {
	g        *Usergroup
	cluster  *cluster
	now      workspace.Usergroup
	exists   bool
	roster   workspace.Roster
	eligible workspace.Set
	keep     workspace.Set // who stays whatever the rule says: it cannot say
	base     workspace.Set
	joined   workspace.Set // who is in it by having come through Usher, where the rule lets people join
	out      workspace.Set // whom the rule leaves out
	left     workspace.Set // who went through Usher, and has belonged by the rule ever since
	add      workspace.Set // against what is there now
	drop     workspace.Set
	empty    bool // nobody would be in it
	handsOff bool // somebody disabled it by hand, and what is done by hand is kept
	doubts   []Reason
	reads    []action.Refresh
}

func (v *groupView) doubt(r Reason, reads ...action.Refresh) {
	v.doubts = append(v.doubts, r)
	v.reads = append(v.reads, reads...)
}

// group compares one managed user group with its rule.
func (s *survey) group(g *Usergroup) *groupView {
	v := &groupView{g: g, cluster: g.asCluster()}
	v.now, v.exists = g.found(s.w)
	name := v.cluster.Name
	if !v.exists && (g.id != "" || !s.w.UsergroupsKnown().Complete) {
		v.doubt(Reason{Code: CodeRosterUnknown, Cluster: name, Subject: g.id})
	}
	if !s.w.UsersKnown().Complete {
		v.doubt(Reason{Code: CodeUsersUnknown, Cluster: name}, action.Refresh{Users: true})
	}
	if v.exists {
		v.roster = s.w.UsergroupMembers(v.now.ID)
		if !v.roster.Complete {
			v.doubt(Reason{Code: CodeRosterUnknown, Cluster: name, Subject: string(v.now.ID)}, action.Refresh{Usergroup: v.now.ID})
		}
	}
	r := s.reach(v.cluster)
	for _, why := range r.why {
		v.doubt(why)
	}
	for _, rd := range r.reads {
		if a, ok := rd.source.refresh(rd.gap); ok {
			v.reads = append(v.reads, a)
		}
	}
	if len(v.doubts) > 0 {
		return v
	}
	ungrouped := s.p.ungrouped(s.w)
	v.eligible = r.sure.Minus(ungrouped)
	v.keep = r.maybe
	for i := range g.members {
		_, unsure, _ := s.set(&g.members[i], true)
		v.keep = v.keep.Or(unsure)
	}
	v.keep = v.keep.Or(s.p.stubs(s.w)).Minus(r.out)
	v.out = r.out
	parts := s.p.bases[v.now.ID]
	v.base = s.w.SetOf(parts[PartRuled]...)
	if g.Join != JoinClosed {
		v.joined = s.w.SetOf(parts[PartJoined]...).Minus(ungrouped).Minus(r.out)
	}
	if !g.exact() {
		v.left = s.w.SetOf(parts[PartLeft]...).And(v.eligible)
	}
	v.compare(s)
	return v
}

// compare finds who has to come and to go.
func (v *groupView) compare(s *survey) {
	in := v.roster.Set
	if v.g.reverts() {
		belong := v.eligible.Or(v.joined).Minus(v.left)
		v.add = belong.Minus(in).Minus(v.keep)
		v.drop = in.Minus(belong).Minus(v.keep)
	} else {
		v.add = v.eligible.Minus(v.base).Minus(v.left).Minus(in)
		v.drop = in.And(v.base.Minus(v.eligible).Or(v.out)).Minus(v.keep)
		if v.exists && v.now.Disabled && v.base.Empty() { // who stands in its list is in it no more
			v.drop = in.Minus(v.eligible.Minus(v.left)).Minus(v.keep)
		}
	}
	placeholder := s.w.SetOf(v.g.placeholderID(s.w)...)
	left := in.Minus(v.drop).Or(v.add)
	v.empty = left.Minus(placeholder).Empty()
	switch {
	case v.exists && v.now.Disabled && !v.g.reverts() && !v.base.Empty():
		v.handsOff = true
	case !v.empty:
		v.drop = v.drop.Or(in.And(placeholder).Minus(v.eligible))
	case v.g.WhenEmpty == EmptyPlaceholder && !placeholder.Empty():
		v.add = placeholder.Minus(in)
		v.drop = v.drop.Minus(placeholder)
	case v.g.WhenEmpty == EmptyDisable:
	default: // kept as it is
		v.drop = workspace.Set{}
	}
	if v.handsOff || v.empty && v.exists && v.now.Disabled {
		v.add, v.drop = workspace.Set{}, workspace.Set{}
	}
}

// gone are those of drop who were out before: they stand in the list of a group that
// was disabled since.
func (v *groupView) gone() workspace.Set {
	if !v.exists || !v.now.Disabled {
		return workspace.Set{}
	}
	return v.drop.Minus(v.base)
}

// ungrouped is everybody whom Slack lets into no user group.
func (p *Policy) ungrouped(w *workspace.Snapshot) workspace.Set {
	bot := w.Team().Bot
	yes, _ := p.memo.ask(w, isUngrouped, func(u workspace.User) (bool, bool) { return !Groupable(bot, u), true })
	return yes
}

// stubs is everybody of whom nothing but the id is known.
func (p *Policy) stubs(w *workspace.Snapshot) workspace.Set {
	yes, _ := p.memo.ask(w, isStub, func(u workspace.User) (bool, bool) { return u.Stub, true })
	return yes
}

const (
	isUngrouped question = "ungrouped"
	isStub      question = "stub"
)

// placeholderID is the account that stands in an empty group, at most one.
func (g *Usergroup) placeholderID(w *workspace.Snapshot) []workspace.UserID {
	if g.WhenEmpty != EmptyPlaceholder || g.Placeholder == "" {
		return nil
	}
	if isUserID(g.Placeholder) {
		return []workspace.UserID{workspace.UserID(g.Placeholder)}
	}
	if u, ok := w.UserByEmail(strings.ToLower(g.Placeholder)); ok {
		return []workspace.UserID{u.ID}
	}
	return nil
}

// managed is the rule about a user group of this handle.
func (p *Policy) managed(handle string) *Usergroup {
	for i := range p.usergroups {
		if p.usergroups[i].Handle == handle && p.usergroups[i].Mode != ModeOff {
			return &p.usergroups[i]
		}
	}
	return nil
}

// Makes reports whether the policy makes a user group of this handle where there is
// none.
func (p *Policy) Makes(handle string) bool {
	g := p.managed(handle)
	return g != nil && g.Mode == ModeEnforce
}

// ManagedGroup is the rule about a user group; false where none is, or it is off.
func (p *Policy) ManagedGroup(w *workspace.Snapshot, id workspace.UsergroupID) (Usergroup, bool) {
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if found, ok := g.found(w); ok && found.ID == id && g.Mode != ModeOff {
			return *g, true
		}
	}
	return Usergroup{}, false
}

// readyGroup is an action about a managed group with what it has to become by now.
func (p *Policy) readyGroup(w *workspace.Snapshot, at time.Time, a action.KeepUsergroup) action.KeepUsergroup {
	if g := p.managed(a.Handle); g != nil {
		s := newSurvey(p, w, at, CausePlan)
		a.Want, _ = s.group(g).wanted(s, a.Release)
	}
	return a
}

// stillGroup reports whether a managed group is still not as its rule wants it.
func (p *Policy) stillGroup(w *workspace.Snapshot, at time.Time, a action.KeepUsergroup) (bool, Decision) {
	d := Decision{Membership: Membership{Usergroup: a.Group, Cause: CausePlan}, Cluster: "@" + a.Handle}
	g := p.managed(a.Handle)
	if g == nil || g.Mode != ModeEnforce {
		return false, d
	}
	s := newSurvey(p, w, at, CausePlan)
	v := s.group(g)
	if len(v.doubts) > 0 {
		d.Verdict, d.Reasons = Undetermined, v.doubts
		return false, d
	}
	_, differs := v.wanted(s, a.Release)
	return differs, d
}
