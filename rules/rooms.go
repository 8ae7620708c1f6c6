package rules

import (
	"slices"
	"strings"
	"time"

	"usher/rules/workspace"
)

// Room is a governed channel as one person sees it.
type Room struct {
	Channel workspace.Channel
	In      bool
	Join    Decision // what DecideJoin says, for those outside
}

// Rooms are the governed channels and masters that somebody is in, and those
// that they may come into, at will or by asking, sorted by name. Archived ones
// and rules that are only tried out are left out, except where the person is
// inside. Channels of which they may not even know are not in it.
func (p *Policy) Rooms(w *workspace.Snapshot, at time.Time, user workspace.UserID) []Room {
	u, ok := w.User(user)
	if !ok || u.Stub || u.Deleted {
		return nil
	}
	standing := map[*cluster]bool{}
	in := func(c *cluster) bool {
		in, asked := standing[c]
		if !asked {
			st, _, _ := p.eligible(w, c, u)
			in = st == standsIn
			standing[c] = in
		}
		return in
	}
	var all []Room
	seen := map[workspace.ChannelID]bool{}
	for _, g := range p.governedChannels(w) {
		c, _ := w.Channel(g.channel)
		seen[c.ID] = true
		if c.Archived {
			continue
		}
		if w.Members(c.ID).Set.Has(u) {
			all = append(all, Room{Channel: c, In: true})
			continue
		}
		if _, granted := w.Grant(c.ID, user); !granted && !slices.ContainsFunc(g.clusters, in) {
			continue
		}
		d := p.DecideJoin(w, at, c.ID, user)
		if !d.DryRun && (d.Verdict == Allow || d.Verdict == Review && d.Join == JoinRequest) {
			all = append(all, Room{Channel: c, Join: d})
		}
	}
	for _, cl := range p.clusters {
		if cl.aside || cl.Mode == ModeOff {
			continue
		}
		for i := range cl.members {
			c, ok := w.Channel(workspace.ChannelID(cl.members[i].id))
			if cl.members[i].kind != FromChannel || !ok || seen[c.ID] || c.Archived {
				continue
			}
			seen[c.ID] = true
			if w.Members(c.ID).Set.Has(u) {
				all = append(all, Room{Channel: c, In: true})
			}
		}
	}
	slices.SortFunc(all, func(a, b Room) int {
		return strings.Compare(a.Channel.Name+"\x00"+string(a.Channel.ID), b.Channel.Name+"\x00"+string(b.Channel.ID))
	})
	return all
}
