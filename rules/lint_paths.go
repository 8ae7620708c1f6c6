package rules

import (
	"fmt"
	"slices"
	"strings"
)

// paths finds how people let themselves into what makes them eligible.
func (l *linter) paths() {
	g := l.graph()
	for _, c := range l.live() {
		l.entrances(g, "cluster "+c.Name, c.members)
	}
	for _, u := range l.groups() {
		l.entrances(g, "usergroup "+u.Handle, u.members)
	}
}

// entrances looks at each source of one rule.
func (l *linter) entrances(g *graph, rule string, members []source) {
	const hint = "make the channel private, let the other rule join by request, or take people from a user group or an idp_group"
	for i := range members {
		s := &members[i]
		at := spotOf(s)
		if at.kind == "" {
			continue
		}
		if spots, by := g.path(at); len(spots) == 1 {
			l.add(s.at, DangerLetIn, rule, g.open(at)+", which makes them eligible for "+rule, hint)
			continue
		} else if len(spots) > 1 {
			l.add(s.at, DangerLetIn, rule, fmt.Sprintf("%s, and from there let themselves into %s, which makes them eligible for %s (%s, by %s)",
				g.open(spots[0]), g.names[at], rule, g.row(spots), strings.Join(by, ", then ")), hint)
			continue
		}
		var told []string
		for _, w := range g.in[at] {
			if !w.enter || w.quiet || w.rule == rule || slices.Contains(told, w.rule) {
				continue
			}
			told = append(told, w.rule)
			l.add(s.at, DangerLetIn, rule, fmt.Sprintf("joining %s by %s makes people eligible for %s through %s", g.names[at], w.rule, rule, g.names[at]), hint)
		}
	}
}

// cycles finds masters and user groups whose people depend on one another.
func (l *linter) cycles() {
	g := l.graph()
	for _, ring := range g.rings() {
		start, rule := ring[0], ""
		for _, w := range g.out[start] {
			if slices.Contains(ring, w.to) {
				rule = w.rule
				break
			}
		}
		l.add(l.placeOf(start), DangerCycle, rule,
			fmt.Sprintf("%s → %s is a circle: whoever is in one of them gets into the next, so that taking somebody out of one does not hold", g.row(ring), g.names[start]),
			"take the people of one of them from somewhere else")
	}
}

// placeOf is where a spot is first named as a source.
func (l *linter) placeOf(s spot) Place {
	lists := [][]source{}
	for _, c := range l.live() {
		lists = append(lists, c.members)
	}
	for _, u := range l.groups() {
		lists = append(lists, u.members)
	}
	for _, list := range lists {
		for i := range list {
			if spotOf(&list[i]) == s {
				return list[i].at
			}
		}
	}
	return Place{}
}

// rings are the circles in the graph, one for each set of spots that all lead
// into one another, shortest way round from the first of them.
func (g *graph) rings() [][]spot {
	reach := map[spot]map[spot]bool{}
	for _, s := range g.spots {
		reach[s] = map[spot]bool{}
		for queue := []spot{s}; len(queue) > 0; queue = queue[1:] {
			for _, w := range g.out[queue[0]] {
				if !reach[s][w.to] {
					reach[s][w.to] = true
					queue = append(queue, w.to)
				}
			}
		}
	}
	var rings [][]spot
	told := map[spot]bool{}
	for _, s := range g.spots {
		if !reach[s][s] || told[s] {
			continue
		}
		for _, other := range g.spots {
			if reach[s][other] && reach[other][s] {
				told[other] = true
			}
		}
		rings = append(rings, g.round(s))
	}
	return rings
}

// round is the shortest way from a spot back to it.
func (g *graph) round(start spot) []spot {
	before := map[spot]spot{}
	for queue := []spot{start}; len(queue) > 0; queue = queue[1:] {
		for _, w := range g.out[queue[0]] {
			if w.to == start {
				ring := []spot{queue[0]}
				for ring[0] != start {
					ring = append([]spot{before[ring[0]]}, ring...)
				}
				return ring
			}
			if _, seen := before[w.to]; !seen {
				before[w.to] = queue[0]
				queue = append(queue, w.to)
			}
		}
	}
	return []spot{start}
}
