package rules

import (
	"slices"
	"strings"

	"usher/rules/workspace"
)

// spot is something people can be in that can make them eligible for something.
type spot struct {
	kind SourceKind // FromChannel, FromUsergroup, FromIDPGroup
	id   string     // its id, or its name where no workspace is known
}

// way leads from one spot into another.
type way struct {
	from, to spot
	rule     string // by which
	enter    bool   // people get through by themselves, or are put through; else it only makes them eligible
	quiet    bool   // a user group kept by rule, which is no surprise by itself
}

// graph is how being in one spot leads into others.
type graph struct {
	l     *linter
	spots []spot
	names map[spot]string
	out   map[spot][]way
	in    map[spot][]way
}

func (l *linter) graph() *graph {
	g := &graph{l: l, names: map[spot]string{}, out: map[spot][]way{}, in: map[spot][]way{}}
	for _, c := range l.live() {
		g.sources(c.members)
		g.sources(c.except)
	}
	for _, u := range l.groups() {
		g.sources(u.members)
		g.sources(u.except)
		g.put(g.group(u), "@"+u.Handle)
		for _, name := range u.Channels {
			g.put(g.channel(name), "#"+name)
		}
	}
	for _, c := range l.live() {
		for _, to := range g.spots {
			if to.kind != FromChannel || !g.claims(c, to) || feedsSpot(c, to) {
				continue
			}
			g.lead(c.members, way{to: to, rule: "cluster " + c.Name, enter: c.Join == JoinSelf || c.Join == JoinEveryone})
		}
	}
	for _, u := range l.groups() {
		rule, in := "usergroup "+u.Handle, g.group(u)
		g.lead(u.members, way{to: in, rule: rule, enter: true, quiet: true})
		for _, name := range u.Channels {
			to := g.channel(name)
			// A channel whose people are the group leads nowhere new.
			if !slices.ContainsFunc(u.members, func(s source) bool { return spotOf(&s) == to }) {
				g.join(way{from: in, to: to, rule: rule, enter: true})
			}
		}
	}
	return g
}

func (g *graph) sources(all []source) {
	for i := range all {
		s := &all[i]
		switch s.kind {
		case FromChannel:
			g.put(spotOf(s), "#"+g.l.channelName(s))
		case FromUsergroup:
			g.put(spotOf(s), "@"+s.name)
		case FromIDPGroup:
			g.put(spotOf(s), s.text)
		case FromUsers, FromWhere:
		}
	}
}

func (g *graph) put(s spot, name string) {
	if _, known := g.names[s]; !known {
		g.names[s] = name
		g.spots = append(g.spots, s)
	}
}

// lead adds a way from each of some sources.
func (g *graph) lead(from []source, w way) {
	for i := range from {
		if s := spotOf(&from[i]); s.kind != "" {
			w.from = s
			g.join(w)
		}
	}
}

func (g *graph) join(w way) {
	g.out[w.from], g.in[w.to] = append(g.out[w.from], w), append(g.in[w.to], w)
}

func spotOf(s *source) spot {
	switch s.kind {
	case FromChannel, FromUsergroup, FromIDPGroup:
		if s.id != "" {
			return spot{s.kind, s.id}
		}
		return spot{s.kind, s.name}
	case FromUsers, FromWhere:
	}
	return spot{}
}

func (g *graph) group(u *Usergroup) spot {
	if g.l.w != nil {
		if found, ok := g.l.w.UsergroupByHandle(u.Handle); ok {
			return spot{FromUsergroup, string(found.ID)}
		}
	}
	return spot{FromUsergroup, u.Handle}
}

func (g *graph) channel(name string) spot {
	if g.l.w != nil && !isChannelID(name) {
		if found, ok := g.l.w.ChannelByName(name); ok {
			return spot{FromChannel, string(found.ID)}
		}
	}
	return spot{FromChannel, name}
}

// claims reports whether a cluster is about a channel, as far as that is known.
func (g *graph) claims(c *cluster, s spot) bool {
	ch := workspace.Channel{ID: workspace.ChannelID(s.id)}
	switch {
	case g.l.w != nil:
		if known, ok := g.l.w.Channel(ch.ID); ok {
			ch = known
		}
	case !isChannelID(s.id):
		ch = workspace.Channel{Name: s.id}
	}
	return c.claims.has(ch)
}

func feedsSpot(c *cluster, s spot) bool {
	for _, list := range [2][]source{c.members, c.except} {
		for i := range list {
			if spotOf(&list[i]) == s {
				return true
			}
		}
	}
	return false
}

// channelName is what a channel source is called now.
func (l *linter) channelName(s *source) string {
	if l.w != nil {
		if ch, ok := l.w.Channel(workspace.ChannelID(s.id)); ok {
			return ch.Name
		}
	}
	return s.name
}

// open says why anybody can get into a spot, or nothing.
func (g *graph) open(s spot) string {
	if s.kind == FromUsergroup {
		for _, u := range g.l.groups() {
			if g.group(u) == s && u.Join == JoinSelf {
				return "anybody can join " + g.names[s]
			}
		}
		return ""
	}
	if s.kind != FromChannel || g.l.w == nil {
		return ""
	}
	ch, ok := g.l.w.Channel(workspace.ChannelID(s.id))
	if !ok || ch.Private || ch.Archived {
		return ""
	}
	if by, allow := treatment(g.l.p.governing(ch)); by != nil && !allow && by.enforced() && by.Others == OthersRemove {
		return ""
	}
	return "anybody can join the public channel " + g.names[s]
}

// path is the shortest way by which anybody gets into a spot: the spots, the
// open one first, and the rules between them.
func (g *graph) path(to spot) (spots []spot, rules []string) {
	type step struct {
		at   spot
		next *step
		rule string
	}
	seen := map[spot]bool{to: true}
	for queue := []*step{{at: to}}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		if g.open(here.at) != "" {
			for s := here; s != nil; s = s.next {
				spots = append(spots, s.at)
				if s.next != nil {
					rules = append(rules, s.rule)
				}
			}
			return spots, rules
		}
		for _, w := range g.in[here.at] {
			if w.enter && !seen[w.from] {
				seen[w.from] = true
				queue = append(queue, &step{w.from, here, w.rule})
			}
		}
	}
	return nil, nil
}

// names of spots in a row.
func (g *graph) row(spots []spot) string {
	all := make([]string, len(spots))
	for i, s := range spots {
		all[i] = g.names[s]
	}
	return strings.Join(all, " → ")
}
