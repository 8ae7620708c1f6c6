package e2e

import (
	"slices"
	"time"

	"usher/bot/slacksim"
)

// outsider is goes where somebody in a channel should not be there by an enforced
// rule, whether that takes them out or asks them to leave: their time begins with
// either. open: it cannot be said.
func (o *oracle) outsider(c slacksim.Channel, id string) answer {
	u := o.Users[id]
	if c.IsArchived || u.Deleted || o.shielded(u) {
		return stays
	}
	asks, result := false, goes
	for _, r := range o.governing(c) {
		if r.others == "allow" {
			return stays
		}
		result = min(result, o.eligible(r, id))
		asks = asks || r.enforced() && (r.others == "remove" || r.others == "warn")
	}
	if !asks {
		return stays
	}
	return result
}

// time is the least that an enforced rule gives those whom it takes out; false
// where none does.
func (o *oracle) time(c slacksim.Channel) (least time.Duration, any bool) {
	for _, r := range o.governing(c) {
		if r.enforced() && r.others == "remove" && (!any || r.grace < least) {
			least, any = r.grace, true
		}
	}
	return least, any
}

// unseen is for how long somebody may belong again unseen by Usher:
// events come late, lists have to be read again, and a bot may be down.
const unseen = 2 * time.Minute

// rushed reports whether somebody was removed before their time was over: they
// were in the channel from the beginning, belonged there until a moment, and had
// by each policy since then more time than until the removal.
func (h *history) rushed(at seat, when time.Time) bool {
	var lost, back time.Time // since when they belong no more, and do again; zero: not so
	given := time.Duration(-1)
	for i, m := range h.times {
		if m.at.After(when) {
			break
		}
		o := h.oracle(m.charter, at.team, m.state)
		c, ok := o.Channels[at.channel]
		if !ok {
			return false
		}
		out := o.outsider(c, at.user)
		if out == goes && !back.IsZero() && m.at.Sub(back) >= unseen {
			lost, given = time.Time{}, -1
		}
		if least, any := o.time(c); any && (given < 0 || least < given) && (!lost.IsZero() || out == goes) {
			given = least
		}
		if m.at.Equal(when) { // the removal itself may have been seen
			continue
		}
		if !slices.Contains(c.Members, at.user) || !slices.Contains(c.Members, o.bot) {
			return false // they came later, or Usher could not see them
		}
		switch {
		case out != stays && i == 0:
			return false
		case out == stays && !lost.IsZero() && back.IsZero():
			back = m.at
		case out == goes:
			back = time.Time{}
			if lost.IsZero() {
				lost = m.at
			}
		}
	}
	return given > 0 && !lost.IsZero() && when.Before(lost.Add(given-time.Second)) // a look at the truth may come a little later than the bot's
}
