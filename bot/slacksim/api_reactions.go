package slacksim

import (
	"slices"
	"strings"
)

// reactionMethods are about emoji under messages.
var reactionMethods = map[string]handler{"reactions.add": reactionsAdd}

// reaction is one emoji under a message and who chose it.
type reaction struct {
	name string
	by   []string
}

func reactionsAdd(c *call) (answer, *failure) {
	ch := c.w.channels[c.text("channel")]
	name := strings.Trim(c.text("name"), ":")
	switch {
	case ch == nil || !c.w.visible(ch, c.me):
		return nil, fail("channel_not_found")
	case ch.archived:
		return nil, fail("is_archived")
	case !strings.Contains(c.text("timestamp"), "."):
		return nil, fail("bad_timestamp")
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r == ' ' || r >= 'A' && r <= 'Z' }):
		return nil, fail("invalid_name")
	}
	m := c.w.message(ch.id, c.text("timestamp"))
	if m == nil || m.to != "" {
		return nil, fail("message_not_found")
	}
	for _, r := range m.reactions {
		if r.name != name {
			continue
		}
		if slices.Contains(r.by, c.me.id) {
			return nil, fail("already_reacted")
		}
		r.by = append(r.by, c.me.id)
		return answer{}, nil
	}
	m.reactions = append(m.reactions, &reaction{name, []string{c.me.id}})
	return answer{}, nil
}
