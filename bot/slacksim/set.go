package slacksim

import "slices"

// idSet is a set of ids that remembers the order in which they came, as Slack
// lists members in the order they joined. The zero value is empty.
type idSet struct {
	index map[string]struct{}
	order []string // never written in place once handed out
	dense bool     // order has been handed out
}

func newIDSet(ids ...string) idSet {
	var s idSet
	for _, id := range ids {
		s.add(id)
	}
	return s
}

func (s *idSet) has(id string) bool { _, ok := s.index[id]; return ok }
func (s *idSet) len() int           { return len(s.order) }

// add reports whether the id was new.
func (s *idSet) add(id string) bool {
	if s.has(id) {
		return false
	}
	if s.index == nil {
		s.index = map[string]struct{}{}
	}
	s.index[id] = struct{}{}
	s.order = append(s.order, id) // past the length of every slice handed out
	return true
}

// remove reports whether the id was there.
func (s *idSet) remove(id string) bool {
	if !s.has(id) {
		return false
	}
	delete(s.index, id)
	if s.dense {
		s.order, s.dense = slices.Clone(s.order), false
	}
	i := slices.Index(s.order, id)
	s.order = slices.Delete(s.order, i, i+1)
	return true
}

// all returns the ids in order. The slice stays as it is for ever.
func (s *idSet) all() []string {
	s.dense = true
	if s.order == nil {
		return []string{}
	}
	return slices.Clip(s.order)
}
