package slacksim

import "slices"

// memberMethods are about who is in a conversation.
var memberMethods = map[string]handler{
	"conversations.members": conversationsMembers,
	"conversations.join":    conversationsJoin,
	"conversations.leave":   conversationsLeave,
	"conversations.invite":  conversationsInvite,
	"conversations.kick":    conversationsKick,
	"users.conversations":   usersConversations,
}

func conversationsMembers(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f != nil {
		return nil, f
	}
	cut, next, f := page(c, ch.members.all(), func(id string) string { return id })
	if f != nil {
		return nil, f
	}
	return answer{"members": slices.Clone(cut), "response_metadata": cursorOf(next)}, nil
}

func conversationsJoin(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	switch {
	case f != nil:
		return nil, f
	case ch.private: // also for those who are in it
		return nil, fail("method_not_supported_for_channel_type")
	}
	if f := c.w.joinProblem(ch, c.me); f != nil {
		return nil, f
	}
	already := ch.members.has(c.me.id)
	c.w.addMember(ch, c.me, nil)
	out := answer{"channel": ch.body(c.w, c.me)}
	if already {
		out["warning"] = "already_in_channel"
		out["response_metadata"] = answer{"warnings": []string{"already_in_channel"}}
	}
	return out, nil
}

func conversationsLeave(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	switch {
	case f != nil:
		return nil, f
	case ch.dm && !ch.mpim:
		return nil, fail("method_not_supported_for_channel_type")
	case !ch.members.has(c.me.id):
		return answer{"not_in_channel": true}, nil
	case ch.archived:
		return nil, fail("is_archived")
	case ch.general:
		return nil, fail("cant_leave_general")
	case ch.private && ch.members.len() == 1:
		return nil, fail("last_member")
	}
	c.w.removeMember(ch, c.me, nil)
	return answer{}, nil
}

// conversationsInvite lets in all or none, unless force passes over those who
// cannot come.
func conversationsInvite(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f != nil {
		return nil, f
	}
	if ch.dm {
		return nil, fail("method_not_supported_for_channel_type")
	}
	if f := c.w.mayInvite(ch, c.me); f != nil {
		return nil, f
	}
	ids := c.list("users")
	if len(ids) == 0 {
		return nil, fail("no_user")
	}
	if len(ids) > 1000 {
		return nil, invalid("must provide no more than 1000 users [json-pointer:/users]")
	}
	var welcome []*user
	var problems []answer
	for _, id := range ids {
		u := c.w.users[id]
		if f := c.w.inviteProblem(ch, u, c.me); f != nil {
			problems = append(problems, answer{"user": id, "ok": false, "error": f.code})
			continue
		}
		welcome = append(welcome, u)
	}
	if len(problems) > 0 && (!c.flag("force") || len(welcome) == 0) {
		code, _ := problems[0]["error"].(string)
		if len(ids) == 1 {
			return nil, fail(code)
		}
		return nil, &failure{code, answer{"errors": problems}}
	}
	for _, u := range welcome {
		c.w.addMember(ch, u, c.me)
	}
	out := answer{"channel": ch.body(c.w, c.me)}
	if len(problems) > 0 {
		out["errors"] = problems
	}
	return out, nil
}

func conversationsKick(c *call) (answer, *failure) {
	ch, f := c.seen("channel")
	if f != nil {
		return nil, f
	}
	u := c.w.users[c.text("user")]
	if f := c.w.kickProblem(ch, u, c.me); f != nil {
		return nil, f
	}
	c.w.removeMember(ch, u, c.me)
	return answer{}, nil
}

// usersConversations lists where a person is. Of somebody else's private
// channels only those the caller is in too.
func usersConversations(c *call) (answer, *failure) {
	kinds, f := c.kinds()
	if f != nil {
		return nil, f
	}
	u := c.me
	if id := c.text("user"); id != "" {
		if u = c.w.users[id]; u == nil {
			return nil, invalid("user not found [json-pointer:/user]")
		}
	}
	var all []*channel
	for _, ch := range c.w.chanList {
		if kinds[ch.kind()] && ch.members.has(u.id) && c.w.visible(ch, c.me) {
			all = append(all, ch)
		}
	}
	if u == c.me && (kinds["im"] || kinds["mpim"]) {
		all = append(all, c.w.directMessages(c.me, kinds)...)
	}
	return c.channelPage(all)
}
