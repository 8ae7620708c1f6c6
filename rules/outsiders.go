package rules

import (
	"slices"
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// outsiders decides about everybody in a channel who is not allowed for certain.
func (s *survey) outsiders(out *ChannelOutcome, c workspace.Channel, clusters []*cluster, roster workspace.Roster, people workspace.Set) {
	var undecided workspace.Set
	for _, cl := range clusters {
		r := s.reach(cl)
		open := r.undecided(people)
		if open.Empty() {
			continue
		}
		undecided = undecided.Or(open)
		for _, why := range r.why {
			out.Doubts = append(out.Doubts, Doubt{Channel: c.ID, Reason: why, People: open.Len()})
		}
		for _, rd := range r.reads {
			if a, ok := rd.source.refresh(rd.gap); ok {
				out.Refresh = append(out.Refresh, a)
			}
		}
	}
	var ids []workspace.UserID
	for u := range s.w.In(people.Minus(undecided)) {
		if !u.Deleted {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	decisions := make([]Decision, 0, len(ids))
	for _, id := range ids {
		d := s.p.DecideMember(s.w, s.at, Membership{Channel: c.ID, User: id, Cause: s.cause})
		switch d.Verdict {
		case Undetermined:
			out.doubt(d)
		case Review, Warn, Remove:
			decisions = append(decisions, d)
		case Allow, Unmanaged:
		}
	}
	if c.Private {
		s.keepLast(decisions, roster)
	}
	s.brake(out, c, roster, decisions)
}

func (out *ChannelOutcome) doubt(d Decision) {
	out.Doubts = append(out.Doubts, Doubt{Channel: d.Channel, Reason: d.Reasons[len(d.Reasons)-1], People: 1})
	for _, a := range d.Actions {
		if r, ok := a.(action.Refresh); ok {
			out.Refresh = append(out.Refresh, r)
		}
	}
}

// keepLast lets the last of those who would be removed stay where nobody else
// would be left.
func (s *survey) keepLast(decisions []Decision, roster workspace.Roster) {
	var going []workspace.UserID
	last := -1
	for i, d := range decisions {
		if d.Verdict == Remove {
			going, last = append(going, d.User), i
		}
	}
	if last < 0 {
		return
	}
	for u := range s.w.In(roster.Set) {
		if isPerson(s.w, u) && !slices.Contains(going, u.ID) {
			return
		}
	}
	d := &decisions[last]
	d.Verdict, d.Actions = Review, nil
	at := slices.IndexFunc(d.Reasons, func(r Reason) bool { return r.Code == CodeDryRun })
	if at < 0 {
		at = len(d.Reasons)
	}
	d.Reasons = slices.Insert(slices.Clone(d.Reasons), at, Reason{Code: CodeLastMember})
}

// brake holds what would take too many people out of one channel. Newcomers do
// not count: each of them is dealt with as they come. Those who came while the
// rule removed nobody are none (Decision.Remember).
func (s *survey) brake(out *ChannelOutcome, c workspace.Channel, roster workspace.Roster, decisions []Decision) {
	costs := func(d Decision) bool {
		if d.DryRun || len(d.Actions) == 0 || d.Verdict == Warn && d.Until.IsZero() || d.Verdict == Review {
			return false
		}
		u, ok := s.w.User(d.User)
		return ok && !roster.Newcomers.Has(u)
	}
	n := 0
	for _, d := range decisions {
		if costs(d) {
			n++
		}
	}
	kind := s.p.brakes.over(n, roster.Set.Len())
	held := Brake{Kind: kind, Channel: c.ID, Has: n, Had: roster.Set.Len()}
	for _, d := range decisions {
		if kind != "" && costs(d) {
			held.Decisions = append(held.Decisions, d)
			if !slices.Contains(held.Clusters, d.Cluster) {
				held.Clusters = append(held.Clusters, d.Cluster)
			}
			continue
		}
		out.Decisions = append(out.Decisions, d)
		out.Actions = append(out.Actions, d.Actions...)
	}
	if kind != "" {
		slices.SortFunc(held.Clusters, strings.Compare)
		out.Held = append(out.Held, held)
	}
}
