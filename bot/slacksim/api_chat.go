package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// chatMethods are about messages.
var chatMethods = map[string]handler{
	"chat.postMessage":   chatPostMessage,
	"chat.postEphemeral": chatPostEphemeral,
	"chat.update":        chatUpdate,
	"chat.delete":        chatDelete,
}

// Slack's limits for messages.
const (
	maxMessageText = 40_000
	maxAttachments = 100
)

// target is where a message goes: a channel, or the direct message with the
// person whose id was given.
func (c *call) target() (*channel, *failure) {
	ref := c.text("channel")
	if u := c.w.users[ref]; u != nil {
		if u.deleted || u.bot || u.external(c.w) {
			return nil, fail("channel_not_found")
		}
		return c.w.dmWith(c.me, u), nil
	}
	ch := c.w.channel(ref)
	switch {
	case ch == nil || !c.w.visible(ch, c.me):
		return nil, fail("channel_not_found")
	case ch.archived:
		return nil, fail("is_archived")
	}
	return ch, nil
}

// content reads what the message says.
func (c *call) content() (*message, *failure) {
	m := &message{user: c.me.id, text: c.text("text")}
	if md := c.text("markdown_text"); md != "" {
		if m.text != "" || c.has("blocks") {
			return nil, fail("markdown_text_conflict")
		}
		m.text = md
	}
	if c.token.kind == botToken {
		m.botID = c.w.botID
	}
	blocks, attachments := c.object("blocks"), c.object("attachments")
	switch {
	case c.has("blocks") && blocks == nil:
		return nil, fail("invalid_blocks_format")
	case c.has("attachments") && attachments == nil:
		return nil, c.badAttachments()
	case m.text == "" && emptyJSON(blocks) && emptyJSON(attachments):
		return nil, fail("no_text")
	case len([]rune(m.text)) > maxMessageText && c.method.Name == "chat.postMessage":
		m.text = string([]rune(m.text)[:maxMessageText])
	case len([]rune(m.text)) > maxMessageText:
		return nil, fail("msg_too_long")
	}
	if !emptyJSON(blocks) {
		if f := checkMessageBlocks(blocks); f != nil {
			return nil, f
		}
		m.blocks = c.identified(blocks)
	}
	if f := c.attach(m, attachments); f != nil {
		return nil, f
	}
	m.thread = c.text("thread_ts")
	if name := c.text("username"); name != "" {
		if c.token.kind == botToken && !c.token.scopes["chat:write.customize"] {
			return nil, c.missingScope([]string{"chat:write.customize"})
		}
		m.username = name
	}
	return m, nil
}

// badAttachments is the error of the methods that document one.
func (c *call) badAttachments() *failure {
	if slices.Contains(c.method.Errors, "invalid_attachments") {
		return fail("invalid_attachments")
	}
	return invalid("must be a valid array of attachments [json-pointer:/attachments]")
}

func (c *call) attach(m *message, raw json.RawMessage) *failure {
	if emptyJSON(raw) {
		return nil
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		return c.badAttachments()
	}
	if len(list) > maxAttachments {
		return fail("too_many_attachments")
	}
	for i, a := range list {
		a["id"] = i + 1
		if _, ok := a["fallback"]; !ok {
			a["fallback"] = fmt.Sprint(a["text"])
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return c.badAttachments()
	}
	m.attachments = out
	return nil
}

func chatPostMessage(c *call) (answer, *failure) {
	ch, f := c.target()
	if f != nil {
		return nil, f
	}
	if !ch.members.has(c.me.id) && !c.token.scopes["chat:write.public"] {
		return nil, fail("not_in_channel")
	}
	m, f := c.content()
	if f != nil {
		return nil, f
	}
	c.w.post(ch, m)
	body := m.body()
	body["team"] = c.w.id
	if m.botID != "" {
		body["app_id"] = c.appID
		body["bot_profile"] = answer{"id": c.w.botID, "app_id": c.appID, "name": c.me.realName, "deleted": false, "updated": c.me.updated, "team_id": c.w.id, "icons": answer{}}
	}
	return answer{"channel": ch.id, "ts": m.ts, "message": body}, nil
}

func chatPostEphemeral(c *call) (answer, *failure) {
	ch, f := c.target()
	if f != nil {
		return nil, f
	}
	u := c.w.users[c.text("user")]
	switch {
	case !ch.members.has(c.me.id):
		return nil, fail("not_in_channel")
	case u == nil || !ch.members.has(u.id):
		return nil, fail("user_not_in_channel")
	}
	m, f := c.content()
	if f != nil {
		return nil, f
	}
	m.to = u.id
	c.w.post(ch, m)
	return answer{"message_ts": m.ts}, nil
}

// own finds a message of the caller's.
func (c *call) own(otherwise string) (*channel, *message, *failure) {
	ch := c.w.channels[c.text("channel")]
	if ch == nil || !c.w.visible(ch, c.me) {
		return nil, nil, fail("channel_not_found")
	}
	m := c.w.message(ch.id, c.text("ts"))
	switch {
	case m == nil || m.to != "":
		return nil, nil, fail("message_not_found")
	case m.user != c.me.id:
		return nil, nil, fail(otherwise)
	}
	return ch, m, nil
}

func chatUpdate(c *call) (answer, *failure) {
	ch, m, f := c.own("cant_update_message")
	if f != nil {
		return nil, f
	}
	next, f := c.content()
	if f != nil {
		return nil, f
	}
	before := m.body()
	m.text = next.text
	if c.given("blocks") || strings.TrimSpace(m.text) != "" {
		m.blocks = next.blocks
	}
	if c.given("attachments") {
		m.attachments = next.attachments
	}
	m.edited = c.w.ts()
	c.w.emitEdited(m, before)
	return answer{"channel": ch.id, "ts": m.ts, "text": m.text, "message": m.body()}, nil
}

func chatDelete(c *call) (answer, *failure) {
	ch, m, f := c.own("cant_delete_message")
	if f != nil {
		return nil, f
	}
	c.w.erase(m)
	return answer{"channel": ch.id, "ts": m.ts}, nil
}
