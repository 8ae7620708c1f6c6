package slacksim

import (
	"slices"
	"strings"
)

// conversationMethods read and change conversations themselves.
var conversationMethods = map[string]handler{
	"conversations.list":       conversationsList,
	"conversations.info":       conversationsInfo,
	"conversations.create":     conversationsCreate,
	"conversations.rename":     conversationsRename,
	"conversations.archive":    conversationsArchive,
	"conversations.unarchive":  conversationsUnarchive,
	"conversations.setTopic":   conversationsSetTopic,
	"conversations.setPurpose": conversationsSetPurpose,
	"conversations.open":       conversationsOpen,
	"conversations.history":    conversationsHistory,
}

// maxTopic is the length of topics and purposes.
const maxTopic = 250

// seen finds the channel of a call: one the caller may know of, of a kind its
// scopes reach.
func (c *call) seen(name string) (*channel, *failure) {
	ch := c.w.channels[c.text(name)]
	if ch == nil || !c.w.visible(ch, c.me) {
		return nil, fail("channel_not_found")
	}
	return ch, c.scopeFor(ch.kind())
}

// inside is seen for calls that only members may make.
func (c *call) inside(name string) (*channel, *failure) {
	ch, f := c.seen(name)
	switch {
	case f != nil:
		return nil, f
	case ch.dm && !ch.mpim:
		return nil, fail("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, fail("is_archived")
	case !ch.members.has(c.me.id):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// kinds reads the types argument, holding it to the token's scopes.
func (c *call) kinds() (map[string]bool, *failure) {
	names := map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
	types := c.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	kinds := map[string]bool{}
	for _, t := range types {
		kind := names[t]
		if kind == "" {
			return nil, fail("invalid_types")
		}
		if f := c.scopeFor(kind); f != nil {
			return nil, f
		}
		kinds[kind] = true
	}
	return kinds, nil
}

func conversationsList(c *call) (answer, *failure) {
	kinds, f := c.kinds()
	if f != nil {
		return nil, f
	}
	all := make([]*channel, 0, len(c.w.chanList))
	for _, ch := range c.w.chanList {
		if kinds[ch.kind()] && c.w.visible(ch, c.me) {
			all = append(all, ch)
		}
	}
	if kinds["im"] || kinds["mpim"] {
		all = append(all, c.w.directMessages(c.me, kinds)...)
	}
	return c.channelPage(all)
}

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

// channelPage answers one page of channels. Archived ones are left out after
// the page was cut, so that a page may hold fewer than asked for.
func (c *call) channelPage(all []*channel) (answer, *failure) {
	cut, next, f := page(c, all, func(ch *channel) string { return ch.id })
	if f != nil {
		return nil, f
	}
	list := make([]answer, 0, len(cut))
	for _, ch := range cut {
		if !ch.archived || !c.flag("exclude_archived") {
			list = append(list, ch.listBody(c.w, c.me))
		}
	}
	return answer{"channels": list, "response_metadata": cursorOf(next)}, nil
}

func conversationsInfo(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f != nil {
		return nil, f
	}
	body := ch.body(c.w, c.me)
	if c.flag("include_num_members") && !ch.dm {
		body["num_members"] = ch.members.len()
	}
	return answer{"channel": body}, nil
}

func conversationsCreate(c *call) (answer, *failure) {
	kind := "channels"
	if c.flag("is_private") {
		kind = "groups"
	}
	if f := c.scopeFor(kind); f != nil {
		return nil, f
	}
	ch, f := c.w.createChannel(c.text("name"), c.flag("is_private"), c.me)
	if f != nil {
		return nil, f
	}
	return answer{"channel": ch.body(c.w, c.me)}, nil
}

func conversationsRename(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f == nil {
		f = c.w.renameChannel(ch, c.text("name"), c.me)
	}
	if f != nil {
		return nil, f
	}
	body := ch.body(c.w, c.me)
	body["num_members"] = ch.members.len()
	return answer{"channel": body}, nil
}

func conversationsArchive(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f == nil {
		f = c.w.archiveChannel(ch, c.me)
	}
	return answer{}, f
}

func conversationsUnarchive(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f == nil {
		f = c.w.unarchiveChannel(ch, c.me)
	}
	return answer{}, f
}

func conversationsSetTopic(c *call) (answer, *failure) {
	ch, f := c.setNote("topic", func(ch *channel) *note { return &ch.topic })
	if f != nil {
		return nil, f
	}
	body := ch.body(c.w, c.me)
	body["latest"] = answer{"type": "message", "subtype": "channel_topic", "user": c.me.id, "topic": ch.topic.value, "text": "set the channel topic: " + ch.topic.value, "ts": c.w.ts()}
	return answer{"channel": body}, nil
}

func conversationsSetPurpose(c *call) (answer, *failure) {
	ch, f := c.setNote("purpose", func(ch *channel) *note { return &ch.purpose })
	if f != nil {
		return nil, f
	}
	return answer{"purpose": ch.purpose.value, "channel": ch.body(c.w, c.me)}, nil
}

func (c *call) setNote(name string, of func(*channel) *note) (*channel, *failure) {
	ch, f := c.inside("channel")
	switch {
	case f != nil:
		return nil, f
	case len([]rune(c.text(name))) > maxTopic:
		return nil, fail("too_long")
	case c.me.guest():
		return nil, fail("user_is_restricted")
	}
	*of(ch) = note{value: c.text(name), creator: c.me.id, set: c.w.unix()}
	return ch, nil
}

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
