package rules

import (
	"slices"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// GroupsFedBy are the handles of the managed user groups whose people, or those
// they leave out, come from something.
func (p *Policy) GroupsFedBy(kind SourceKind, id string) []string {
	var all []string
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if g.Mode == ModeOff {
			continue
		}
		feeds := func(s source) bool { return s.kind == kind && s.id == id }
		if slices.ContainsFunc(g.members, feeds) || slices.ContainsFunc(g.except, feeds) {
			all = append(all, g.Handle)
		}
	}
	return all
}

// GroupOutcome is what comes of comparing managed user groups with their rules.
type GroupOutcome struct {
	Decisions []Decision // who has to come or to go, by group and user
	Actions   []action.Action
	Held      []Brake
	Doubts    []Doubt
	Refresh   []action.Refresh
	Rebased   []Rebase // what has to be remembered without anything to be done
}

// DecideGroups compares managed user groups with their rules, all of them or
// those of some handles. With users, only decisions about those are given, but
// the actions bring the groups into line as a whole.
func (p *Policy) DecideGroups(w *workspace.Snapshot, at time.Time, cause Cause, handles []string, users ...workspace.UserID) GroupOutcome {
	var out GroupOutcome
	s := newSurvey(p, w, at, cause)
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if g.Mode == ModeOff || handles != nil && !slices.Contains(handles, g.Handle) {
			continue
		}
		s.groupOutcome(&out, g, users)
	}
	return out
}

func (s *survey) groupOutcome(out *GroupOutcome, g *Usergroup, users []workspace.UserID) {
	v := s.group(g)
	for _, r := range v.doubts {
		out.Doubts = append(out.Doubts, Doubt{Usergroup: v.now.ID, Reason: r, People: v.roster.Set.Len()})
	}
	if g.Mode == ModeEnforce {
		out.Refresh = append(out.Refresh, v.reads...)
	}
	if b, ok := v.rebase(s); ok {
		out.Rebased = append(out.Rebased, b)
	}
	want, differs := v.wanted(s, 0)
	if !differs {
		return
	}
	enforced := g.Mode == ModeEnforce
	var act []action.Action
	if enforced {
		act = []action.Action{v.keepAction(0)}
	}
	brake, held := v.brake(s)
	if v.empty && v.g.WhenEmpty == EmptyDisable && v.drop.Empty() {
		held = false
	}
	decide := func(set workspace.Set, verdict Verdict) []Decision {
		var all []Decision
		for _, u := range idsIn(s.w, set) {
			if len(users) == 0 || slices.Contains(users, u) {
				all = append(all, s.groupDecision(v, u, verdict, act))
			}
		}
		return all
	}
	if want.Members {
		drops := decide(v.drop, Remove)
		out.Decisions = append(out.Decisions, decide(v.add, Allow)...)
		if enforced && held {
			for i := range drops {
				drops[i].Actions = []action.Action{v.keepAction(brake.Has)}
			}
			brake.Decisions = drops
			out.Held = append(out.Held, brake)
		} else {
			out.Decisions = append(out.Decisions, drops...)
		}
		if enforced && held && v.add.Empty() && want.Unchanged() {
			return
		}
	}
	out.Actions = append(out.Actions, act...)
}

// groupDecision is the decision about one person who has to come or to go.
func (s *survey) groupDecision(v *groupView, user workspace.UserID, verdict Verdict, act []action.Action) Decision {
	d := Decision{
		Membership: Membership{Usergroup: v.now.ID, User: user, Cause: s.cause},
		Verdict:    verdict, Cluster: v.cluster.Name, DryRun: v.cluster.Mode != ModeEnforce, Actions: act,
	}
	if u, ok := s.w.User(user); ok {
		_, d.Reasons, _ = s.p.eligible(s.w, v.cluster, u)
		if u.Deleted {
			d.Reasons = []Reason{{Code: CodeDeactivated, Cluster: v.cluster.Name, Subject: string(user)}}
		}
	}
	if d.DryRun {
		d.Reasons = append(d.Reasons, Reason{Code: CodeDryRun, Cluster: v.cluster.Name})
	}
	return d
}

// GroupWhy says why somebody is, or is not, to be in a managed user group, as
// its rule says it now.
func (p *Policy) GroupWhy(w *workspace.Snapshot, at time.Time, handle string, user workspace.UserID) (Decision, bool) {
	g := p.managed(handle)
	u, known := w.User(user)
	if g == nil || !known {
		return Decision{}, false
	}
	c := g.asCluster()
	in, reasons, _ := p.eligible(w, c, u)
	found, _ := g.found(w)
	d := Decision{Membership: Membership{Usergroup: found.ID, User: user, Cause: CauseAsked}, Cluster: c.Name, DryRun: g.Mode != ModeEnforce, Reasons: reasons}
	switch in {
	case standsIn:
		d.Verdict = Allow
	case standsOut:
		d.Verdict = Remove
	case standsUnknown:
		d.Verdict = Undetermined
	}
	return d, true
}

// takers are the clusters, and the managed user groups as such, that take
// people from sources; those off or set aside left out.
func (p *Policy) takers() []*cluster {
	var all []*cluster
	for _, c := range p.clusters {
		if !c.aside && c.Mode != ModeOff {
			all = append(all, c)
		}
	}
	for i := range p.usergroups {
		if g := &p.usergroups[i]; g.Mode != ModeOff {
			all = append(all, g.asCluster())
		}
	}
	return all
}

// groupMasters are the public channels that enforced user groups take people
// from and that Usher has to join first.
func (s *survey) groupMasters() []workspace.ChannelID {
	var ids []workspace.ChannelID
	for i := range s.p.usergroups {
		g := &s.p.usergroups[i]
		if g.Mode != ModeEnforce {
			continue
		}
		for _, src := range slices.Concat(g.members, g.except) {
			if src.kind != FromChannel {
				continue
			}
			c, ok := s.w.Channel(workspace.ChannelID(src.id))
			if ok && !c.BotIn && !c.Private && !c.Archived && !slices.ContainsFunc(s.p.governing(c), (*cluster).enforced) {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

func byGroup(a, b Decision) int {
	return strings.Compare(a.Cluster+"\x00"+string(a.User), b.Cluster+"\x00"+string(b.User))
}

func (s *survey) planGroup(plan *Plan, g *Usergroup) {
	var out GroupOutcome
	s.groupOutcome(&out, g, nil)
	slices.SortStableFunc(out.Decisions, byGroup)
	plan.Decisions = append(plan.Decisions, out.Decisions...)
	plan.Actions = append(plan.Actions, out.Actions...)
	plan.Held = append(plan.Held, out.Held...)
	plan.Doubts = append(plan.Doubts, out.Doubts...)
	plan.Refresh = append(plan.Refresh, out.Refresh...)
	plan.Rebased = append(plan.Rebased, out.Rebased...)
}

// Feeds reports whether clusters or managed user groups take people from something.
func (p *Policy) Feeds(kind SourceKind, id string) bool {
	return len(p.FedBy(kind, id)) > 0 || len(p.GroupsFedBy(kind, id)) > 0
}
