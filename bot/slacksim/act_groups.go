package slacksim

func (d *deed) showGroup(g *usergroup) ActAnswer {
	state := g.state()
	return ActAnswer{Usergroup: &state}
}

// ids turns names of people into ids; unknown ones stay and are refused later.
func (d *deed) ids(names *Names) []string {
	out := []string{}
	if names == nil {
		return out
	}
	for _, ref := range *names {
		if u := d.w.user(ref); u != nil {
			ref = u.id
		}
		out = append(out, ref)
	}
	return out
}

func (d *deed) channelIDs(names *Names) *[]string {
	if names == nil {
		return nil
	}
	out := []string{}
	for _, ref := range *names {
		if c := d.w.channel(ref); c != nil {
			ref = c.id
		}
		out = append(out, ref)
	}
	return &out
}

func (d *deed) groupChange() groupChange {
	ch := groupChange{
		handle: d.Handle, description: d.Description, section: d.EnableSection,
		channels: d.channelIDs(d.Channels), additional: d.channelIDs(d.AdditionalChannels),
	}
	if d.Name != "" {
		ch.name = &d.Name
	}
	return ch
}

// setUsergroup replaces the members and changes what else is said; a group that
// does not exist is created.
func (d *deed) setUsergroup() (ActAnswer, *failure) {
	if f := d.w.mayEditGroups(d.me); f != nil {
		return ActAnswer{}, f
	}
	g := d.w.usergroup(d.Usergroup)
	if g == nil {
		ch := d.groupChange()
		if ch.handle == nil {
			ch.handle = &d.Usergroup
		}
		if ch.name == nil {
			ch.name = ch.handle
		}
		made, f := d.w.createGroup(ch, d.me)
		if f != nil {
			return ActAnswer{}, f
		}
		g = made
	} else if f := d.change(g); f != nil {
		return ActAnswer{}, f
	}
	if d.Members != nil {
		if f := d.w.setGroupMembers(g, d.ids(d.Members), d.me); f != nil {
			return ActAnswer{}, f
		}
	}
	return d.showGroup(g), nil
}

// change sets what the act says of a group, members left out.
func (d *deed) change(g *usergroup) *failure {
	if ch := d.groupChange(); ch != (groupChange{}) {
		return d.w.editGroup(g, ch, d.me)
	}
	return nil
}

// editUsergroup changes what the act says; enabled turns the group on again or
// off.
func (d *deed) editUsergroup() (ActAnswer, *failure) {
	return d.group(func(g *usergroup) *failure {
		if d.Enabled != nil {
			toggle := d.w.disableGroup
			if *d.Enabled {
				toggle = d.w.enableGroup
			}
			if f := toggle(g, d.me); f != nil {
				return f
			}
		}
		if f := d.change(g); f != nil || d.Members == nil {
			return f
		}
		return d.w.setGroupMembers(g, d.ids(d.Members), d.me)
	})
}

func (d *deed) disableUsergroup() (ActAnswer, *failure) {
	return d.group(func(g *usergroup) *failure { return d.w.disableGroup(g, d.me) })
}

func (d *deed) group(do func(*usergroup) *failure) (ActAnswer, *failure) {
	if f := d.w.mayEditGroups(d.me); f != nil {
		return ActAnswer{}, f
	}
	g := d.w.usergroup(d.Usergroup)
	if g == nil {
		return ActAnswer{}, unknown("no_such_subteam", "usergroup is the handle or id of a user group")
	}
	if f := do(g); f != nil {
		return ActAnswer{}, f
	}
	return d.showGroup(g), nil
}

// setIDPGroup replaces the members of an IdP group, as the identity provider
// would; one that does not exist is created.
func (d *deed) setIDPGroup() (ActAnswer, *failure) {
	if !d.w.grid() {
		return ActAnswer{}, fail("not_an_enterprise")
	}
	ids := d.ids(d.Members)
	for _, id := range ids {
		if d.w.users[id] == nil {
			return ActAnswer{}, fail("user_not_found")
		}
	}
	g := d.w.idpGroup(d.IDPGroup)
	if g == nil {
		if d.IDPGroup == "" {
			return ActAnswer{}, fail("group_not_found")
		}
		g = d.w.addIDPGroup(&idpGroup{name: d.IDPGroup})
	}
	if f := d.w.setIDPMembers(g, ids); f != nil {
		return ActAnswer{}, f
	}
	state := g.state()
	return ActAnswer{IDPGroup: &state}, nil
}
