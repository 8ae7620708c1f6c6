package slacksim

func (d *deed) showChannel(c *channel) ActAnswer {
	state := c.state()
	return ActAnswer{Channel: &state}
}

func (d *deed) createChannel() (ActAnswer, *failure) {
	c, f := d.w.createChannel(d.Name, d.Private, d.me)
	if f != nil {
		return ActAnswer{}, f
	}
	return d.showChannel(c), nil
}

// there does something to a channel the person can see.
func (d *deed) there(do func(*channel) *failure) (ActAnswer, *failure) {
	c, f := d.place()
	if f == nil {
		f = do(c)
	}
	if f != nil {
		return ActAnswer{}, f
	}
	return d.showChannel(c), nil
}

func (d *deed) join() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure {
		f := d.w.joinProblem(c, d.me)
		if f == nil {
			d.w.addMember(c, d.me, nil)
		}
		return f
	})
}

func (d *deed) leave() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure {
		switch {
		case c.dm:
			return fail("method_not_supported_for_channel_type")
		case !c.members.has(d.me.id):
			return fail("not_in_channel")
		case c.archived:
			return fail("is_archived")
		case c.general:
			return fail("cant_leave_general")
		case d.me.guest():
			return fail("user_is_restricted")
		}
		d.w.removeMember(c, d.me, nil)
		return nil
	})
}

// people are those an invitation or a removal is about; a single one may be
// given as user.
func (d *deed) people() Names {
	if len(d.Users) == 0 && d.User != "" {
		return Names{d.User}
	}
	return d.Users
}

// invite lets in everybody or nobody.
func (d *deed) invite() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure {
		if c.dm {
			return fail("method_not_supported_for_channel_type")
		}
		if f := d.w.mayInvite(c, d.me); f != nil {
			return f
		}
		if len(d.people()) == 0 {
			return fail("no_user")
		}
		var all []*user
		for _, ref := range d.people() {
			u := d.w.user(ref)
			if f := d.w.inviteProblem(c, u, d.me); f != nil {
				return f
			}
			all = append(all, u)
		}
		for _, u := range all {
			d.w.addMember(c, u, d.me)
		}
		return nil
	})
}

func (d *deed) kick() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure {
		if len(d.people()) == 0 {
			return fail("user_not_found")
		}
		for _, ref := range d.people() {
			u := d.w.user(ref)
			if f := d.w.kickProblem(c, u, d.me); f != nil {
				return f
			}
			d.w.removeMember(c, u, d.me)
		}
		return nil
	})
}

func (d *deed) rename() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.renameChannel(c, d.Name, d.me) })
}

func (d *deed) archive() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.archiveChannel(c, d.me) })
}

func (d *deed) unarchive() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.unarchiveChannel(c, d.me) })
}

func (d *deed) deleteChannel() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.deleteChannel(c, d.me) })
}

func (d *deed) convertPrivate() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.convertToPrivate(c, d.me) })
}

func (d *deed) convertPublic() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.convertToPublic(c, d.me) })
}

// shareExternal shares with the team called by with, or one made up.
func (d *deed) shareExternal() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.shareExternally(c, d.With, d.me) })
}

func (d *deed) unshareExternal() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure { return d.w.unshare(c) })
}

func (d *deed) setTopic() (ActAnswer, *failure) {
	return d.there(func(c *channel) *failure {
		switch {
		case !c.members.has(d.me.id):
			return fail("not_in_channel")
		case c.archived:
			return fail("is_archived")
		case d.me.guest():
			return fail("user_is_restricted")
		}
		for _, text := range []*string{d.Topic, d.Purpose} {
			if text != nil && len([]rune(*text)) > maxTopic {
				return fail("too_long")
			}
		}
		for text, into := range map[*string]*note{d.Topic: &c.topic, d.Purpose: &c.purpose} {
			if text != nil {
				*into = note{value: *text, creator: d.me.id, set: d.w.unix()}
			}
		}
		return nil
	})
}

// post says something in a channel, or to a person in a direct message.
func (d *deed) post() (ActAnswer, *failure) {
	c := d.w.conversation(d.Channel, d.me)
	switch {
	case c == nil || !d.w.visible(c, d.me):
		return ActAnswer{}, fail("channel_not_found")
	case c.archived:
		return ActAnswer{}, fail("is_archived")
	case !c.members.has(d.me.id):
		return ActAnswer{}, fail("not_in_channel")
	case d.Text == "":
		return ActAnswer{}, fail("no_text")
	}
	if d.ThreadTS != "" && d.w.message(c.id, d.ThreadTS) == nil {
		return ActAnswer{}, fail("thread_not_found")
	}
	m := d.w.post(c, &message{user: d.me.id, text: d.Text, thread: d.ThreadTS})
	return ActAnswer{TS: m.ts}, nil
}
