package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"usher/bot/slacksim"
)

// A method's faults are drawn from those that Slack documents for it, and from
// what any method may answer.
var (
	methods = []string{
		"*", "*", "*", "conversations.kick", "conversations.kick", "conversations.invite", "conversations.members", "conversations.list",
		"conversations.info", "conversations.join", "users.list", "users.info", "usergroups.list", "chat.postMessage", "views.publish",
		"apps.connections.open", "auth.test", "usergroups.users.update", "usergroups.users.list", "conversations.setTopic",
	}
	failures = map[string][]string{
		"*":                     {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "token_revoked", "account_inactive", "missing_scope"},
		"conversations.kick":    {"restricted_action", "not_in_channel", "channel_not_found", "user_not_found", "internal_error", "missing_scope"},
		"conversations.invite":  {"cant_invite", "not_in_channel", "channel_not_found", "no_permission", "internal_error"},
		"conversations.members": {"channel_not_found", "fetch_members_failed", "invalid_cursor", "internal_error"},
		"conversations.list":    {"invalid_cursor", "internal_error", "missing_scope"},
		"conversations.info":    {"channel_not_found", "internal_error"},
		"conversations.join":    {"channel_not_found", "internal_error", "too_many_members"},
		"users.list":            {"invalid_cursor", "limit_required", "internal_error"},
		"users.info":            {"user_not_found", "internal_error"},
		"usergroups.list":       {"internal_error", "missing_scope"},
		"chat.postMessage":      {"rate_limited", "internal_error", "restricted_action", "message_limit_exceeded", "channel_not_found"},
		"views.publish":         {"hash_conflict", "not_enabled", "internal_error"},
		"apps.connections.open": {"internal_error", "invalid_auth"},
		"auth.test":             {"internal_error"},

		"usergroups.users.update": {"permission_denied", "invalid_users", "internal_error"},
		"usergroups.users.list":   {"internal_error"},
		"conversations.setTopic":  {"internal_error"},
	}
)

// methodFault is something wrong with the Web API.
func methodFault(r *rand.Rand) (kind string, f slacksim.Fault) {
	f = slacksim.Fault{Method: pick(r, methods...), Times: 1 + r.IntN(12)}
	switch r.IntN(6) {
	case 0, 1:
		f.Error = pick(r, failures[f.Method]...)
		return "error", f
	case 2:
		f.Status = pick(r, 500, 502, 503, 504)
		return "5xx", f
	case 3:
		f.RetryAfter = 1 + r.IntN(40)
		return "429", f
	case 4:
		f.Delay = time.Duration(1+r.IntN(15_000)) * time.Millisecond
		return "slow answer", f
	}
	f.Truncate = true
	return "half body", f
}

// wireFault is something wrong with the sockets or what goes over them.
func wireFault(r *rand.Rand) (kind string, f slacksim.Fault) {
	w := &f.Wire
	switch r.IntN(8) {
	case 0, 1:
		w.Socket = "drop"
		return "socket drop", f
	case 2:
		w.Socket, w.Reason = "disconnect", pick(r, "warning", "refresh_requested", "refresh_requested", "link_disabled")
		return "disconnect", f
	case 3:
		w.Socket, w.For = "refuse", time.Duration(1+r.IntN(90))*time.Second
		return "sockets refused", f
	case 4, 5:
		w.Envelopes, w.Times = "duplicate", 1+r.IntN(10)
		return "duplicates", f
	case 6:
		w.Envelopes, w.Window, w.Times = "reorder", 2+r.IntN(4), 4+r.IntN(20)
		return "reordering", f
	}
	w.Envelopes, w.By, w.Times = "delay", time.Duration(1+r.IntN(20_000))*time.Millisecond, 1+r.IntN(8)
	return "late envelopes", f
}

// fault has something go wrong.
func (h *history) fault() {
	var kind string
	var f slacksim.Fault
	switch n := h.r.IntN(20); {
	case n < 9:
		kind, f = methodFault(h.r)
	case n < 15:
		kind, f = wireFault(h.r)
	case n < 16 && h.r.IntN(2) == 0:
		long := time.Duration(1+h.r.IntN(20)) * time.Second
		h.count("database gone", long.String())
		h.beside.Go(func() {
			if err := h.disk.take(long); err != nil {
				h.wrong("take the database: %v", err)
			}
		})
		return
	case n < 18:
		h.count("kill -9", "")
		h.certain, h.dying = false, true
		h.doubtRooms()
		h.killSoon(h.r.IntN(200))
		return
	case n < 19:
		h.count("restart", "")
		h.restart()
		return
	default:
		f = slacksim.Fault{Clear: true}
		h.note("faults end")
	}
	h.certain, h.slow = h.certain && !hides(f), h.slow || f.Delay > 0
	if keeps(f) {
		h.keeping = true
		h.doubtRooms()
	}
	if f.Clear {
		kind, h.keeping = "clear", false
	} else {
		h.count(kind, fmt.Sprintf("%+v", f))
	}
	if err := h.slack.Fault(f); err != nil {
		h.wrong("fault %s: %v", kind, err)
	}
}

// hides reports whether a notice may be lost by a fault: it went out, and nobody
// knows whether it arrived, or it never can.
func hides(f slacksim.Fault) bool {
	return (f.Method == "*" || f.Method == "chat.postMessage") && (f.Truncate || f.Status != 0 || f.Error != "" || f.Delay > 0)
}

// keeps reports whether a fault may keep a reaction from one of its steps: it is
// given up, as where Slack says that there is no such channel, or nobody knows
// whether it was done.
func keeps(f slacksim.Fault) bool {
	return f.Error == "channel_not_found" || slices.Contains([]string{"*", "conversations.join", "conversations.setTopic", "chat.postMessage"}, f.Method) &&
		(f.Truncate || f.Status != 0 || f.Error != "" || f.Delay > 0)
}

// count notes a fault of a kind.
func (h *history) count(kind, what string) {
	h.tally[kind]++
	h.note("fault: %s %s", kind, what)
}
