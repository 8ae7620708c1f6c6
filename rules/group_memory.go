package rules

import (
	"maps"
	"slices"

	"usher/rules/workspace"
)

// Part is one sort of people that is remembered of a managed user group.
type Part string

// The parts. A name is stored and never changed.
const (
	// PartRuled are those whom its rule put into it when it was last brought into
	// line. It tells what people changed by hand from what the rule did.
	PartRuled Part = ""
	// PartJoined are those who came through Usher: by themselves, or added there by
	// somebody who answers for the group.
	PartJoined Part = "joined"
	// PartLeft are those who went, or were taken out, through Usher.
	PartLeft Part = "left"
	// PartCoupled are those in whom its default channels are coupled to it: who is
	// in it, and who has left it and not yet them.
	PartCoupled Part = "coupled"
)

// Bases is what is remembered of each managed user group.
type Bases map[workspace.UsergroupID]map[Part][]workspace.UserID

// Recall is the same policy remembering its user groups. Without that everybody
// found in a group was put there by hand, and nobody has left it.
func (p *Policy) Recall(b Bases) *Policy {
	q := *p
	q.bases = b
	return &q
}

// Joined are those of a user group who came through Usher.
func (p *Policy) Joined(id workspace.UsergroupID) []workspace.UserID { return p.bases[id][PartJoined] }

// Rebase is how one part of what is remembered of a user group changes.
type Rebase struct {
	Group     workspace.UsergroupID
	Part      Part
	Add, Drop []workspace.UserID
}

// After is what is remembered when some of it has changed.
func (b Bases) After(changed ...Rebase) Bases {
	next := make(Bases, len(b)+1)
	maps.Copy(next, b)
	for _, c := range changed {
		parts := map[Part][]workspace.UserID{}
		maps.Copy(parts, next[c.Group])
		gone := make(map[workspace.UserID]bool, len(c.Drop))
		for _, u := range c.Drop {
			gone[u] = true
		}
		ids := slices.DeleteFunc(slices.Clone(parts[c.Part]), func(u workspace.UserID) bool { return gone[u] })
		ids = append(ids, c.Add...)
		slices.Sort(ids)
		parts[c.Part] = slices.Compact(ids)
		next[c.Group] = parts
	}
	return next
}

// rebase is what has to be remembered of the group where nothing is to be written
// for it: those whom the rule wants are in already, those whom it lets go are
// out, those who came through Usher are left out by now, and those who went are
// no more wanted.
func (v *groupView) rebase(s *survey) []Rebase {
	if len(v.doubts) > 0 || !v.exists || !v.cluster.enforced() {
		return nil
	}
	parts := s.p.bases[v.now.ID]
	gone := func(part Part, stay workspace.Set) Rebase {
		return Rebase{Group: v.now.ID, Part: part, Drop: idsIn(s.w, s.w.SetOf(parts[part]...).Minus(stay))}
	}
	var all []Rebase
	for _, b := range []Rebase{
		{
			Group: v.now.ID,
			Add:   idsIn(s.w, v.eligible.Minus(v.base).And(v.roster.Set)), Drop: idsIn(s.w, v.base.Minus(v.eligible).Minus(v.roster.Set)),
		},
		gone(PartJoined, s.w.SetOf(parts[PartJoined]...).Minus(v.out)),
		gone(PartLeft, v.eligible.Or(v.keep)),
	} {
		if len(b.Add)+len(b.Drop) > 0 {
			all = append(all, b)
		}
	}
	return all
}
