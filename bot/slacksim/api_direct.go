package slacksim

import (
	"slices"
	"strings"
)

// directMessages are a person's, oldest first.
func (w *workspace) directMessages(u *user, kinds map[string]bool) []*channel {
	var out []*channel
	for _, ch := range w.dms {
		if kinds[ch.kind()] && ch.members.has(u.id) {
			out = append(out, ch)
		}
	}
	slices.SortFunc(out, func(a, b *channel) int { return strings.Compare(a.id, b.id) })
	return out
}

// conversationsOpen opens or finds a direct message.
func conversationsOpen(c *call) (answer, *failure) {
	if id := c.text("channel"); id != "" {
		ch := c.w.channels[id]
		if ch == nil || !ch.dm || !ch.members.has(c.me.id) {
			return nil, fail("channel_not_found")
		}
		return answer{"channel": answer{"id": ch.id}, "no_op": true, "already_open": true}, nil
	}
	ids := c.list("users")
	switch {
	case len(ids) == 0:
		return nil, fail("users_list_not_supplied")
	case len(ids) > 8:
		return nil, fail("too_many_users")
	}
	var people []*user
	for _, id := range ids {
		u := c.w.users[id]
		switch {
		case u == nil:
			return nil, fail("user_not_found")
		case u.deleted:
			return nil, fail("user_disabled")
		}
		people = append(people, u)
	}
	kind := "im"
	if len(people) > 1 {
		kind = "mpim"
	}
	if f := c.scopeFor(kind); f != nil {
		return nil, f
	}
	before := len(c.w.dms)
	ch := c.w.dmWith(c.me, people[0], people[1:]...)
	out := answer{"channel": answer{"id": ch.id}}
	if c.flag("return_im") {
		out["channel"] = ch.body(c.w, c.me)
	}
	if len(c.w.dms) == before {
		out["no_op"], out["already_open"] = true, true
	}
	return out, nil
}
