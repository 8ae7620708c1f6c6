package rules

import (
	"fmt"
	"slices"
	"strings"
)

// shadows finds what has no effect beside something else.
func (l *linter) shadows() {
	live := l.live()
	for _, c := range live {
		rule := "cluster " + c.Name
		l.doubles(rule, &c.claims)
		for _, by := range live {
			if by == c || !by.claims.cover(&c.claims) {
				continue
			}
			switch {
			case by.Others == OthersAllow && c.Others != OthersAllow:
				l.add(c.at, DangerShadowed, rule, fmt.Sprintf("others: %s of %s has no effect: cluster %s is about the same channels and allows others", c.Others, rule, by.Name),
					"narrow the channels of one of them with but_not")
			case by.enforced() && !c.enforced() && c.Others != OthersAllow:
				l.add(c.at, DangerShadowed, rule, fmt.Sprintf("others: %s of %s has no effect: cluster %s is about the same channels and is enforced", c.Others, rule, by.Name),
					"enforce both, or narrow the channels of one of them with but_not")
			}
		}
	}
	for i := range l.p.reactions {
		if r := &l.p.reactions[i]; r.Mode != ModeOff {
			l.doubles("reaction "+r.Name, &r.claims)
		}
	}
}

// doubles finds patterns of one rule that others of the same rule make idle.
func (l *linter) doubles(rule string, c *claims) {
	for i := range c.patterns {
		m := &c.patterns[i]
		for j := range c.butNot {
			if c.butNot[j].covers(m) {
				l.add(m.at, DangerShadowed, rule, fmt.Sprintf("%q has no effect: but_not %q takes all of it away", m.text, c.butNot[j].text), "take one of them out")
			}
		}
		for j := range c.patterns {
			other := &c.patterns[j]
			if i == j || !other.covers(m) || m.covers(other) && i < j {
				continue
			}
			l.add(m.at, DangerShadowed, rule, fmt.Sprintf("%q has no effect beside %q", m.text, other.text), "take it out")
			break
		}
	}
}

// cover reports whether every channel that b claims is claimed by c too, as far
// as can be told.
func (c *claims) cover(b *claims) bool {
	if len(c.butNot) > 0 || len(c.butNotIDs) > 0 || len(b.patterns) == 0 || len(b.ids) > 0 {
		return false
	}
	for i := range b.patterns {
		covered := false
		for j := range c.patterns {
			covered = covered || c.patterns[j].covers(&b.patterns[i])
		}
		if !covered {
			return false
		}
	}
	return true
}

// templates finds fields that no pattern fills.
func (l *linter) templates() {
	for i := range l.p.reactions {
		r := &l.p.reactions[i]
		var groups []string
		for j := range r.claims.patterns {
			if re := r.claims.patterns[j].re; re != nil {
				groups = append(groups, re.SubexpNames()...)
			}
		}
		if r.Mode == ModeOff || strings.Join(groups, "") != "" {
			continue
		}
		for _, s := range r.Steps {
			for _, part := range slices.Concat(s.Text.parts, s.Link.parts) {
				if name, ok := strings.CutPrefix(part.field, "Match."); ok {
					l.add(r.at, DangerTemplate, "reaction "+r.Name, fmt.Sprintf("{{.%s}} in %s stays empty: no pattern has a group of that name", part.field, s.Verb),
						fmt.Sprintf("write a named group into the pattern: (?P<%s>…)", name))
				}
			}
		}
	}
}
