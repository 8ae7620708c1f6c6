package slacksim

import (
	"encoding/json"
	"slices"
)

// message is something said in a channel or direct message. Ephemeral ones
// have to set: the only person who sees them.
type message struct {
	ts, channel string
	user, botID string
	username    string
	text        string
	blocks      json.RawMessage
	attachments json.RawMessage
	thread      string
	to          string
	deleted     bool
	edited      string
	reactions   []*reaction
	chosen      viewState // what people chose in the message's elements
}

// post keeps a message and tells the app where it may know.
func (w *workspace) post(c *channel, m *message) *message {
	m.channel = c.id
	m.ts = w.ts()
	w.messages = append(w.messages, m)
	w.messageAt[c.id+" "+m.ts] = m
	if m.to == "" {
		c.lastTS = m.ts
		w.emitMessage(c, m)
	}
	return m
}

// erase deletes a message, and its pin with it.
func (w *workspace) erase(m *message) {
	m.deleted = true
	if c := w.channels[m.channel]; c != nil {
		c.pins = slices.DeleteFunc(slices.Clone(c.pins), func(p pin) bool { return p.ts == m.ts })
	}
	w.emitEdited(m, m.body())
}

// message finds one by channel and ts; ephemeral ones only for those who see
// them.
func (w *workspace) message(channel, ts string) *message {
	if m := w.messageAt[channel+" "+ts]; m != nil && !m.deleted {
		return m
	}
	return nil
}

// audience lists who sees a direct or an ephemeral message; it is empty for a
// channel message.
func (w *workspace) audience(m *message) []string {
	if m.to != "" {
		return []string{m.to}
	}
	if c := w.channels[m.channel]; c != nil && c.dm {
		return c.members.all()
	}
	return []string{}
}

// sees says whether a person has the message in front of them.
func (w *workspace) sees(m *message, u *user) bool {
	c := w.channels[m.channel]
	if m.deleted || c == nil {
		return false
	}
	if m.to != "" {
		return m.to == u.id
	}
	return w.visible(c, u)
}

// replies says whether the message is in another one's thread.
func (m *message) replies() bool { return m.thread != "" && m.thread != m.ts }

func (m *message) body() answer {
	b := answer{"type": "message", "ts": m.ts, "text": m.text, "user": m.user}
	if m.botID != "" {
		b["bot_id"] = m.botID
	}
	if m.username != "" {
		b["username"], b["subtype"] = m.username, "bot_message"
	}
	if len(m.blocks) > 0 {
		b["blocks"] = m.blocks
	}
	if len(m.attachments) > 0 {
		b["attachments"] = m.attachments
	}
	if len(m.reactions) > 0 {
		list := []answer{}
		for _, r := range m.reactions {
			list = append(list, answer{"name": r.name, "users": slices.Clone(r.by), "count": len(r.by)})
		}
		b["reactions"] = list
	}
	if m.thread != "" {
		b["thread_ts"] = m.thread
	}
	if m.edited != "" {
		b["edited"] = answer{"user": m.user, "ts": m.edited}
	}
	if m.to != "" {
		b["is_ephemeral"] = true
	}
	return b
}
