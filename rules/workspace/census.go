package workspace

import "github.com/RoaringBitmap/roaring/v2"

// Census asks questions about every account and remembers the answers: asked
// about a later snapshot it only asks about the accounts that changed. The
// answers are the same as if everybody had been asked. The zero value is ready;
// it is for one goroutine at a time.
type Census struct {
	users     any // the accounts that were asked about last
	seen      []*User
	questions []*question
}

type question struct {
	key         any
	ask         func(User) (yes, sure bool)
	yes, unsure *roaring.Bitmap // shared with those who were answered; cloned before it is written to
}

// Ask is for whom the answer is yes, and for whom there is none. The key names
// the question, which always has to give the same answer about the same account.
func (c *Census) Ask(s *Snapshot, key any, ask func(User) (yes, sure bool)) (yes, unsure Set) {
	c.update(s)
	for _, q := range c.questions {
		if q.key == key {
			return Set{q.yes}, Set{q.unsure}
		}
	}
	q := &question{key: key, ask: ask, yes: newBits(), unsure: newBits()}
	for _, u := range c.seen {
		put(q, u)
	}
	c.questions = append(c.questions, q)
	return Set{q.yes}, Set{q.unsure}
}

// put writes one answer; the bitmaps are q's own.
func put(q *question, u *User) {
	yes, sure := q.ask(*u)
	set(q.yes, u.index, yes && sure)
	set(q.unsure, u.index, !sure)
}

func set(b *roaring.Bitmap, i uint32, in bool) {
	if in {
		b.Add(i)
	} else {
		b.Remove(i)
	}
}

// update asks every question about the accounts that are not as they were.
func (c *Census) update(s *Snapshot) {
	if c.users == any(s.users) {
		return
	}
	n := s.byIndex.Len()
	gone := len(c.seen) > n
	c.seen = append(c.seen, make([]*User, max(0, n-len(c.seen)))...)[:n]
	var changed []*User
	for it := s.users.Iterator(); !it.Done(); {
		_, u, _ := it.Next()
		if c.seen[u.index-1] != u {
			c.seen[u.index-1] = u
			changed = append(changed, u)
		}
	}
	c.users = s.users
	if len(changed) == 0 && !gone {
		return
	}
	for _, q := range c.questions {
		q.yes, q.unsure = q.yes.Clone(), q.unsure.Clone()
		if gone {
			q.yes.RemoveRange(uint64(n)+1, 1<<32)
			q.unsure.RemoveRange(uint64(n)+1, 1<<32)
		}
		for _, u := range changed {
			put(q, u)
		}
	}
}
