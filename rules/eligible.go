package rules

import (
	"usher/rules/action"
	"usher/rules/workspace"
)

// standing is what a source or a cluster says of one person.
type standing int

const (
	standsOut standing = iota
	standsIn
	standsUnknown
)

// stand is what one source says of one person.
func (p *Policy) stand(w *workspace.Snapshot, s *source, u workspace.User, memberSource bool) (standing, gap) {
	switch s.kind {
	case FromUsers:
		open := false
		for _, named := range s.people {
			if named.id == u.ID {
				return standsIn, ""
			}
			open = open || named.id == ""
		}
		if open {
			return standsUnknown, gapUnresolved
		}
		return standsOut, ""
	case FromWhere:
		if !w.UsersKnown().Complete {
			return standsUnknown, gapStale
		}
		yes, sure := s.when.holds(u)
		switch {
		case !sure:
			return standsUnknown, gapBroken
		case yes:
			return standsIn, ""
		case memberSource:
			if g := p.faded(w, s); g != "" {
				return standsUnknown, g
			}
		}
		return standsOut, ""
	case FromChannel, FromUsergroup, FromIDPGroup:
	}
	r, g := s.roster(w)
	if g == "" && memberSource {
		g = p.doubt(s, size(w, r.Set))
	}
	switch {
	case g != "":
		return standsUnknown, g
	case r.Set.Has(u):
		return standsIn, ""
	}
	return standsOut, ""
}

// doubt is why a source that was read whole is still not believed. That a
// condition holds for nobody is an answer: it was asked about every account, and
// a list of accounts does not read empty by mistake.
func (p *Policy) doubt(s *source, has int) gap {
	had, remembered := p.sizes[s.text]
	switch {
	case s.kind != FromWhere && has == 0 && !(remembered && had == 0):
		return gapEmpty
	case remembered && p.brakes.shrunk(had, has):
		return gapShrunk
	}
	return ""
}

// faded is doubt about a condition that does not hold for the person in
// question. Only one that held for many is asked about everybody.
func (p *Policy) faded(w *workspace.Snapshot, s *source) gap {
	if p.sizes[s.text] < handful {
		return ""
	}
	yes, _ := p.matching(w, s.when)
	return p.doubt(s, size(w, yes))
}

// eligible asks one cluster about one person who is not deactivated.
func (p *Policy) eligible(w *workspace.Snapshot, c *cluster, u workspace.User) (standing, []Reason, []action.Action) {
	if c.aside {
		return standsUnknown, []Reason{{Code: CodeRuleAside, Cluster: c.Name}}, nil
	}
	var (
		reasons []Reason
		reads   []action.Action
		in      = standsOut
	)
	for i := range c.members {
		s := &c.members[i]
		st, g := p.stand(w, s, u, true)
		r := Reason{Code: CodeNotInSource, Cluster: c.Name, Source: s.text, Subject: s.id}
		switch st {
		case standsIn:
			r.Code = CodeInSource
		case standsUnknown:
			r.Code, r.Detail = CodeSourceUnknown, string(g)
			if read, ok := s.refresh(g); ok {
				reads = append(reads, read)
			}
			in = standsUnknown
		case standsOut:
		}
		reasons = append(reasons, r)
		if st == standsIn {
			in = standsIn
			break
		}
	}
	if in == standsOut {
		return in, reasons, nil
	}
	open := false
	for i := range c.except {
		s := &c.except[i]
		switch st, g := p.stand(w, s, u, false); st {
		case standsIn:
			return standsOut, append(reasons, Reason{Code: CodeExcepted, Cluster: c.Name, Source: s.text, Subject: s.id}), nil
		case standsUnknown:
			open = true
			reasons = append(reasons, Reason{Code: CodeExceptUnknown, Cluster: c.Name, Source: s.text, Subject: s.id, Detail: string(g)})
			if read, ok := s.refresh(g); ok {
				reads = append(reads, read)
			}
		case standsOut:
		}
	}
	if open {
		in = standsUnknown
	}
	if in == standsIn {
		reads = nil
	}
	return in, reasons, reads
}
