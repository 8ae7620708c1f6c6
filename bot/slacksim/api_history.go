package slacksim

import (
	"slices"
	"strconv"
)

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
	for ts, code := range map[string]string{oldest: "invalid_ts_oldest", latest: "invalid_ts_latest"} {
		if _, err := strconv.ParseFloat(ts, 64); ts != "" && err != nil {
			return nil, fail(code)
		}
	}
	var all []*message
	threads := map[string]*thread{}
	for _, m := range slices.Backward(c.w.messages) {
		if m.channel != ch.id || m.to != "" || m.deleted {
			continue
		}
		if m.replies() { // a history has what threads hang on, not the threads
			threads[m.thread] = threads[m.thread].and(m)
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
		list = append(list, merge(m.body(), threads[m.ts].body(m)))
	}
	return answer{"messages": list, "has_more": next != "", "pin_count": len(ch.pins), "response_metadata": cursorOf(next)}, nil
}

// thread is what a history says of a message's thread.
type thread struct {
	count  int
	latest string
	people []string
}

// and is a thread with an older reply.
func (t *thread) and(m *message) *thread {
	if t == nil {
		t = &thread{latest: m.ts}
	}
	t.count++
	if !slices.Contains(t.people, m.user) {
		t.people = append(t.people, m.user)
	}
	return t
}

func (t *thread) body(parent *message) answer {
	if t == nil {
		return answer{}
	}
	return answer{
		"thread_ts": parent.ts, "reply_count": t.count, "reply_users_count": len(t.people), "reply_users": t.people,
		"latest_reply": t.latest, "is_locked": false, "subscribed": false,
	}
}
