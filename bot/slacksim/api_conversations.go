package slacksim

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
