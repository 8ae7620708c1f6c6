package e2e

import (
	"slices"
	"time"
)

// rushed reports whether somebody was removed before their time was over: they
// were in the channel from the beginning, belonged there by each policy until a
// moment, and had by each policy since then more time than until the removal.
func (h *history) rushed(at seat, when time.Time) bool {
	var lost time.Time // since when they belong no more; zero: they do
	var most time.Duration
	for i, m := range h.times {
		if !m.at.Before(when) {
			break
		}
		o := h.oracle(m.charter, at.team, m.state)
		c, ok := o.Channels[at.channel]
		if !ok || !slices.Contains(c.Members, at.user) || !slices.Contains(c.Members, o.bot) {
			return false // they came later, or Usher could not see them
		}
		least := time.Duration(-1)
		for _, r := range o.governing(c) {
			if r.enforced() && r.others == "remove" && (least < 0 || r.grace < least) {
				least = r.grace
			}
		}
		switch goes := o.of(c, at.user) == goes; {
		case goes && i == 0:
			return false
		case !goes:
			lost, most = time.Time{}, 0
		case lost.IsZero():
			lost, most = m.at, least
		default:
			most = min(most, least)
		}
	}
	return most > 0 && when.Before(lost.Add(most))
}
