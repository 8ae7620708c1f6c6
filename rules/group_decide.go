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
	return newSurvey(p, w, at, cause).groups(handles, users)
}

func (s *survey) groups(handles []string, users []workspace.UserID) GroupOutcome {
	var out GroupOutcome
	decoupled := map[workspace.ChannelID][]Decision{}
	for i := range s.p.usergroups {
		g := &s.p.usergroups[i]
		if g.Mode == ModeOff || handles != nil && !slices.Contains(handles, g.Handle) {
			continue
		}
		v := s.group(g)
		s.groupOutcome(&out, v, users)
		s.uncouple(decoupled, &out, v)
	}
	slices.SortStableFunc(out.Decisions, byGroup)
	s.decoupled(&out, decoupled, users)
	return out
}

func (s *survey) groupOutcome(out *GroupOutcome, v *groupView, users []workspace.UserID) {
	g := v.g
	for _, r := range v.doubts {
		out.Doubts = append(out.Doubts, Doubt{Usergroup: v.now.ID, Reason: r, People: v.roster.Set.Len()})
	}
	if g.Mode == ModeEnforce {
		out.Refresh = append(out.Refresh, v.reads...)
	}
	out.Rebased = append(out.Rebased, v.rebase(s)...)
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
	decide := func(set workspace.Set, verdict Verdict, of []workspace.UserID) []Decision {
		var all []Decision
		for _, u := range idsIn(s.w, set) {
			if len(of) == 0 || slices.Contains(of, u) {
				all = append(all, s.groupDecision(v, u, verdict, act))
			}
		}
		return all
	}
	if want.Members {
		of := users
		if enforced && held {
			of = nil // whoever is asked about: it is all of them that wait
		}
		drops := decide(v.drop, Remove, of)
		out.Decisions = append(out.Decisions, decide(v.add, Allow, users)...)
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
		switch {
		case u.Deleted:
			d.Reasons = []Reason{{Code: CodeDeactivated, Cluster: v.cluster.Name, Subject: string(user)}}
		case verdict == Allow && v.joined.Has(u) && !v.eligible.Has(u):
			d.Reasons = append(d.Reasons, Reason{Code: CodeJoined, Cluster: v.cluster.Name})
		case verdict == Remove && v.left.Has(u):
			d.Reasons = append(d.Reasons, Reason{Code: CodeLeft, Cluster: v.cluster.Name})
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
	parts := p.bases[found.ID]
	switch {
	case in == standsIn && !g.exact() && slices.Contains(parts[PartLeft], user):
		d.Verdict = Remove
		d.Reasons = append(d.Reasons, Reason{Code: CodeLeft, Cluster: c.Name})
		return d, true
	case in == standsOut && g.Join != JoinClosed && slices.Contains(parts[PartJoined], user) && !p.excepted(w, g, u):
		d.Verdict = Allow
		d.Reasons = append(d.Reasons, Reason{Code: CodeJoined, Cluster: c.Name})
		return d, true
	}
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
// from, or are coupled to, and that Usher has to join first.
func (s *survey) groupMasters() []workspace.ChannelID {
	var ids []workspace.ChannelID
	outside := func(id workspace.ChannelID) {
		if s.joins(id) {
			ids = append(ids, id)
		}
	}
	for i := range s.p.usergroups {
		g := &s.p.usergroups[i]
		if g.Mode != ModeEnforce {
			continue
		}
		for _, src := range slices.Concat(g.members, g.except) {
			if src.kind == FromChannel {
				outside(workspace.ChannelID(src.id))
			}
		}
		if now, ok := g.found(s.w); ok && g.Coupled {
			for _, ch := range now.Channels {
				outside(ch)
			}
		}
	}
	return ids
}

func byGroup(a, b Decision) int {
	return strings.Compare(a.Cluster+"\x00"+string(a.User), b.Cluster+"\x00"+string(b.User))
}

// planGroups adds what the managed user groups need.
func (s *survey) planGroups(plan *Plan) {
	out := s.groups(nil, nil)
	plan.Decisions = append(plan.Decisions, out.Decisions...)
	plan.Actions = append(plan.Actions, out.Actions...)
	plan.Held = append(plan.Held, out.Held...)
	plan.Doubts = append(plan.Doubts, out.Doubts...)
	plan.Refresh = append(plan.Refresh, out.Refresh...)
	plan.Rebased = append(plan.Rebased, out.Rebased...)
	plan.Rebased = append(plan.Rebased, s.forgotten()...)
}

// Feeds reports whether clusters or managed user groups take people from something.
func (p *Policy) Feeds(kind SourceKind, id string) bool {
	return len(p.FedBy(kind, id)) > 0 || len(p.GroupsFedBy(kind, id)) > 0
}
