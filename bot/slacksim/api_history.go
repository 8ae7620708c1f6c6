package slacksim

import "slices"

// conversationsHistory reads backwards from the latest message.
func conversationsHistory(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	switch {
	case f != nil:
		return nil, f
	case !ch.members.has(c.me.id):
		return nil, fail("not_in_channel")
	}
	oldest, latest, inclusive := c.text("oldest"), c.text("latest"), c.flag("inclusive")
	var all []*message
	for _, m := range slices.Backward(c.w.messages) {
		if m.channel != ch.id || m.to != "" || m.deleted {
			continue
		}
		if m.ts > oldest && (latest == "" || m.ts < latest) || inclusive && (m.ts == oldest || m.ts == latest) {
			all = append(all, m)
		}
	}
	cut, next, f := page(c, all, func(m *message) string { return m.ts })
	if f != nil {
		return nil, f
	}
	list := make([]answer, 0, len(cut))
	for _, m := range cut {
		list = append(list, m.body())
	}
	return answer{"messages": list, "has_more": next != "", "pin_count": len(ch.pins), "response_metadata": cursorOf(next)}, nil
}
