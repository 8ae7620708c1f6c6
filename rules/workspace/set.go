package workspace

import "github.com/RoaringBitmap/roaring/v2"

// Set is an immutable set of users of one workspace, a compressed bitmap over
// the snapshot's interned users. The zero value is empty. Sets of different
// workspaces must not meet; sets of successive snapshots of one workspace may.
type Set struct{ bits *roaring.Bitmap }

var nobody = roaring.New()

func (s Set) raw() *roaring.Bitmap {
	if s.bits == nil {
		return nobody
	}
	return s.bits
}

// Len is the number of users in s.
func (s Set) Len() int { return int(s.raw().GetCardinality()) }

// Empty reports whether nobody is in s.
func (s Set) Empty() bool { return s.raw().IsEmpty() }

// And is everybody in both.
func (s Set) And(o Set) Set { return Set{roaring.And(s.raw(), o.raw())} }

// Or is everybody in either.
func (s Set) Or(o Set) Set { return Set{roaring.Or(s.raw(), o.raw())} }

// Minus is everybody in s who is not in o.
func (s Set) Minus(o Set) Set { return Set{roaring.AndNot(s.raw(), o.raw())} }

// Equal reports whether the same users are in both.
func (s Set) Equal(o Set) bool { return s.raw().Equals(o.raw()) }

// Has reports whether u is in s. u must come from a snapshot of the same workspace.
func (s Set) Has(u User) bool { return s.raw().Contains(u.index) }

// with and without copy: a bitmap once in a snapshot is never written again.
func (s Set) with(i uint32) Set    { b := s.raw().Clone(); b.Add(i); return Set{b} }
func (s Set) without(i uint32) Set { b := s.raw().Clone(); b.Remove(i); return Set{b} }

// Roster is a list of people with how well it is known: the members of a
// channel, of a user group or of an IdP group.
type Roster struct {
	Set Set
	Knowledge
	// Newcomers are those seen to arrive and not found eligible since. Only
	// channels have them: an outsider's own join has no grace, somebody who lost
	// eligibility has.
	Newcomers Set
}
