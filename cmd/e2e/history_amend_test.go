package e2e

import (
	"fmt"
	"slices"
	"time"
)

// amend puts another policy into force.
func (h *history) amend() {
	next := *h.charter
	next.rules = slices.Clone(next.rules)
	kind := h.change(&next)
	h.follow(&next)
	h.count("policy changed", kind)
}

// follow has the bot follow another policy.
func (h *history) follow(c *charter) {
	h.mu.Lock()
	h.charter = c
	h.mu.Unlock()
	h.write()
	h.look()
	select {
	case h.reload <- struct{}{}:
	default:
	}
}

// change is one change of a policy, and its name.
func (h *history) change(c *charter) string {
	r := &c.rules[h.r.IntN(len(c.rules))]
	switch h.r.IntN(10) {
	case 0, 1, 2:
		treatment := pick(h.r, "remove", "remove", "warn", "report")
		for i := range c.rules {
			c.rules[i].others = treatment
			c.rules[i].mode = pick(h.r, "enforce", "enforce", "report", "off")
		}
		return "all rules: " + treatment
	case 3: // a rule on its way into force
		r.mode = map[string]string{"off": "report", "report": "enforce", "enforce": "off"}[r.mode]
		return r.name + ": " + r.mode
	case 4:
		if r.butNot = nil; h.r.IntN(2) == 0 {
			r.butNot = []string{pick(h.r, r.prefixes[0]+"public-", r.prefixes[0]+"re", "finance-f", "ops-")}
		}
		return fmt.Sprintf("%s: but not %v", r.name, r.butNot)
	case 5:
		r.grace = time.Duration(h.r.IntN(3)*h.r.IntN(8)) * time.Minute
		return fmt.Sprintf("%s: grace %s", r.name, r.grace)
	case 6:
		if r.except = nil; h.r.IntN(2) == 0 {
			r.except = h.knownFeeds(1)
		}
		return r.name + ": except"
	case 7:
		r.members = append(slices.Clone(r.members[h.r.IntN(len(r.members)):]), h.knownFeeds(h.r.IntN(2))...)
		return r.name + ": members"
	case 8:
		if len(c.rules) > 1 && h.r.IntN(2) == 0 {
			i := h.r.IntN(len(c.rules))
			gone := c.rules[i].name
			c.rules = slices.Delete(c.rules, i, i+1)
			return gone + " is gone"
		}
		fallthrough
	default:
		h.added++
		c.rules = append(c.rules, rule{
			name: fmt.Sprintf("added%d", h.added), prefixes: []string{pick(h.r, "lounge", "quarters", "team-", "ops-", "finance-", "sales-n")}, members: h.knownFeeds(1 + h.r.IntN(2)),
			join: pick(h.r, "self", "everyone", "closed"), others: pick(h.r, "remove", "remove", "report"), mode: pick(h.r, "enforce", "enforce", "report"),
		})
		return c.rules[len(c.rules)-1].name + " is new"
	}
}

// knownFeeds are sources of which the policy so far names the channel: a name
// that it never named may stand for another channel by now.
func (h *history) knownFeeds(n int) []feed {
	var known []string
	for i := range h.charter.rules {
		for _, f := range slices.Concat(h.charter.rules[i].members, h.charter.rules[i].except) {
			known = append(known, f.yaml())
		}
	}
	all := randomFeeds(h.r, n)
	for i, f := range all {
		if f.kind == "channel" && !slices.Contains(known, f.yaml()) {
			all[i] = feed{kind: "users", who: some(h.r, regulars, 1+h.r.IntN(4))}
		}
	}
	return all
}
