package rules

import (
	"time"

	"usher/rules/workspace"
)

// reach is what a cluster says of everybody at once: the same as asking about
// each person, by set arithmetic.
type reach struct {
	sure  workspace.Set // eligible for certain
	maybe workspace.Set // eligible as far as the members go; whether they are left out is not known
	open  bool          // anybody not in out may be eligible: a source is not known
	out   workspace.Set // left out for certain
	why   []Reason      // what is not known
	reads []read
}

// read is a source that has to be read again.
type read struct {
	source *source
	gap    gap
}

// undecided are those of some people of whom the cluster cannot say that they
// are not eligible.
func (r *reach) undecided(people workspace.Set) workspace.Set {
	if r.open {
		return people.Minus(r.out)
	}
	if r.maybe.Empty() {
		return workspace.Set{}
	}
	return people.And(r.maybe)
}

// survey looks at many memberships of one snapshot at one time.
type survey struct {
	p       *Policy
	w       *workspace.Snapshot
	at      time.Time
	cause   Cause
	reaches map[*cluster]*reach
	grants  map[workspace.ChannelID]workspace.Set
	welcome map[*cluster]workspace.Set // sure and shielded
}

func newSurvey(p *Policy, w *workspace.Snapshot, at time.Time, cause Cause) *survey {
	s := &survey{
		p: p, w: w, at: at, cause: cause,
		reaches: map[*cluster]*reach{}, grants: map[workspace.ChannelID]workspace.Set{}, welcome: map[*cluster]workspace.Set{},
	}
	for g := range w.Grants() {
		if !at.Before(g.From) && at.Before(g.Until) {
			s.grants[g.Channel] = s.grants[g.Channel].Or(w.SetOf(g.User))
		}
	}
	return s
}

// set is everybody whom a source names for certain, who cannot be worked out,
// and why others may be in it too.
func (s *survey) set(src *source, memberSource bool) (in, unsure workspace.Set, g gap) {
	switch src.kind {
	case FromUsers:
		var ids []workspace.UserID
		for _, named := range src.people {
			if named.id == "" {
				g = gapUnresolved
				continue
			}
			ids = append(ids, named.id)
		}
		return s.w.SetOf(ids...), unsure, g
	case FromWhere:
		if !s.w.UsersKnown().Complete {
			return in, unsure, gapStale
		}
		in, unsure = s.p.matching(s.w, src.when)
	case FromChannel, FromUsergroup, FromIDPGroup:
		var r workspace.Roster
		if r, g = src.roster(s.w); g != "" {
			return in, unsure, g
		}
		in = r.Set
	}
	if memberSource {
		if g = s.p.doubt(src, size(s.w, in)); g != "" {
			in = workspace.Set{}
		}
	}
	return in, unsure, g
}

func (s *survey) reach(c *cluster) *reach {
	if r, ok := s.reaches[c]; ok {
		return r
	}
	r := &reach{}
	s.reaches[c] = r
	if c.aside {
		r.open, r.why = true, []Reason{{Code: CodeRuleAside, Cluster: c.Name}}
		return r
	}
	in := make([]workspace.Set, 0, len(c.members))
	for i := range c.members {
		src := &c.members[i]
		set, _, g := s.set(src, true)
		in = append(in, set)
		if g != "" {
			r.open = true
			r.doubt(c, src, g, CodeSourceUnknown)
		}
	}
	exceptOpen := false
	var unsure workspace.Set
	for i := range c.except {
		src := &c.except[i]
		set, not, g := s.set(src, false)
		r.out = r.out.Or(set)
		unsure = unsure.Or(not)
		if g != "" {
			exceptOpen = true
			r.doubt(c, src, g, CodeExceptUnknown)
		}
	}
	all := union(in)
	if !r.out.Empty() {
		all = all.Minus(r.out)
	}
	switch {
	case exceptOpen:
		r.maybe = all
	case !unsure.Empty():
		r.maybe, r.sure = all.And(unsure), all.Minus(unsure)
	default:
		r.sure = all
	}
	return r
}

func (r *reach) doubt(c *cluster, src *source, g gap, code Code) {
	r.why = append(r.why, Reason{Code: code, Cluster: c.Name, Source: src.text, Subject: src.id, Detail: string(g)})
	r.reads = append(r.reads, read{src, g})
}

// mayStay is everybody who may be in channels that these clusters claim, grants
// left aside: eligible through one of them, or protected.
func (s *survey) mayStay(clusters []*cluster) workspace.Set {
	if len(clusters) == 1 {
		set, ok := s.welcome[clusters[0]]
		if !ok {
			set = s.reach(clusters[0]).sure.Or(s.p.shielded(s.w))
			s.welcome[clusters[0]] = set
		}
		return set
	}
	sets := []workspace.Set{s.p.shielded(s.w)}
	for _, c := range clusters {
		sets = append(sets, s.reach(c).sure)
	}
	return union(sets)
}

func union(sets []workspace.Set) workspace.Set {
	var all workspace.Set
	for i, set := range sets {
		if i == 0 {
			all = set
			continue
		}
		all = all.Or(set)
	}
	return all
}
