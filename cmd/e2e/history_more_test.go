package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim"
)

// wanted is who has to be in the governed user group; false where a source
// cannot be believed, or nobody is left: then nobody is put in or taken out.
func (o *oracle) wanted(g *groupRule) (ids []string, known bool) {
	for _, f := range g.members {
		in, known := o.within(f)
		if !known || len(in) == 0 && f.kind != "title" {
			return nil, false
		}
		ids = append(ids, in...)
	}
	for _, f := range g.except {
		out, known := o.within(f)
		if !known {
			return nil, false
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(out, id) })
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		u := o.Users[id]
		return u.Deleted || u.IsBot || u.IsRestricted || u.IsUltraRestricted || o.external(u) || id == o.bot
	})
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return ids, len(ids) > 0
}

// listed is what is not as it should be of the governed user group.
func (o *oracle) listed(held map[string]bool, tally map[string]int) []string {
	rule := o.charter.group
	if rule == nil {
		return nil
	}
	var all []string
	for _, g := range o.Usergroups {
		want, known := o.wanted(rule)
		if g.Handle != governed || !known || held[g.ID] || held["@"+g.Handle] {
			continue
		}
		tally["user groups compared"]++
		has := slices.Clone(g.Users)
		slices.Sort(has)
		if !slices.Equal(has, want) || g.DateDelete != 0 {
			all = append(all, fmt.Sprintf("%s: @%s has %v (disabled %d), and %v belong there", o.team, governed, has, g.DateDelete, want))
		}
	}
	return all
}

// made remembers public channels that were made for a team, for as long as
// nobody does anything else to them.
func (h *history) made(a slacksim.Act, answer slacksim.ActAnswer) {
	switch {
	case a.Do == "create_channel" && !a.Private && strings.HasPrefix(a.Name, "team-") && !h.keeping && !h.dying:
		h.teamRooms[seat{team: a.Team, channel: answer.Channel.ID}] = time.Now()
	case a.Do != "join" && a.Do != "leave" && a.Do != "invite" && a.Do != "slash":
		delete(h.teamRooms, seat{team: a.Team, channel: a.Channel})
	}
}

// doubtRooms leaves out the rooms that may not be furnished yet when something
// begins to go wrong with that.
func (h *history) doubtRooms() {
	for at, made := range h.teamRooms {
		if time.Since(made) < unheard {
			delete(h.teamRooms, at)
		}
	}
}

// welcomed checks that a reaction did each of its steps once: never twice, and
// where nothing kept it from them, not less either.
func (h *history) welcomed(s slacksim.State) {
	posts := map[seat]int{}
	for _, team := range h.teams {
		w := s.Workspaces[team]
		for _, m := range w.Messages {
			if len(m.To) == 0 && strings.HasPrefix(m.Text, welcome) {
				posts[seat{team: team, channel: m.Channel}]++
			}
		}
		for id, c := range w.Channels {
			at := seat{team: team, channel: id}
			if n := posts[at]; n > 1 || n == 1 && !h.charter.welcome {
				h.wrong("%s: %s was welcomed %d times", team, c.Name, n)
			}
			h.tally["channels welcomed"] += posts[at]
			if _, whole := h.teamRooms[at]; !whole || !h.charter.welcome {
				continue
			}
			h.tally["channels that had to be welcomed"]++
			if posts[at] == 0 || !strings.HasPrefix(c.Topic, "The team of") || !slices.Contains(c.Members, userNamed(w, "usher")) {
				h.wrong("%s: %s (%s) was not furnished: topic %q, %d posts, members %v", team, c.Name, id, c.Topic, posts[at], c.Members)
			}
		}
	}
}
