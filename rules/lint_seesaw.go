package rules

import "fmt"

// seesaws finds rules that leave out those whom they let in: whoever comes in goes
// out because of it, and then belongs again.
func (l *linter) seesaws() {
	g := l.graph()
	look := func(rule string, except []source, into []spot) {
		for i := range except {
			s := &except[i]
			at := spotOf(s)
			if at.kind == "" {
				continue
			}
			for _, in := range into {
				if in == at || !g.leads(in, at) {
					continue
				}
				l.add(s.at, DangerCycle, rule,
					fmt.Sprintf("being in %s leads into %s, which leaves people out of %s: whoever comes in goes out again, and then belongs again, for ever", g.names[in], s.text, rule),
					"leave out people of whom that does not depend")
				break
			}
		}
	}
	for _, c := range l.live() {
		var into []spot
		for _, s := range g.spots {
			if s.kind == FromChannel && g.claims(c, s) {
				into = append(into, s)
			}
		}
		look("cluster "+c.Name, c.except, into)
	}
	for _, u := range l.groups() {
		look("usergroup "+u.Handle, u.except, []spot{g.group(u)})
	}
}

// leads reports whether being in one spot makes people eligible for another, at
// once or through others.
func (g *graph) leads(from, to spot) bool {
	seen := map[spot]bool{from: true}
	for queue := []spot{from}; len(queue) > 0; queue = queue[1:] {
		for _, w := range g.out[queue[0]] {
			if w.to == to {
				return true
			}
			if !seen[w.to] {
				seen[w.to] = true
				queue = append(queue, w.to)
			}
		}
	}
	return false
}
