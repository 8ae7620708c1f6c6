package slacksim

import "slices"

// usergroupMethods are the seven about user groups.
var usergroupMethods = map[string]handler{
	"usergroups.list":         usergroupsList,
	"usergroups.create":       usergroupsCreate,
	"usergroups.update":       usergroupsUpdate,
	"usergroups.enable":       usergroupsEnable,
	"usergroups.disable":      usergroupsDisable,
	"usergroups.users.list":   usergroupsUsersList,
	"usergroups.users.update": usergroupsUsersUpdate,
}

// group finds the user group of a call.
func (c *call) group() (*usergroup, *failure) {
	if id := c.text("team_id"); id != "" && id != c.w.id {
		return nil, fail("invalid_team")
	}
	g := c.w.usergroups[c.text("usergroup")]
	if g == nil {
		return nil, fail("no_such_subteam")
	}
	return g, nil
}

// editedGroup is group for calls that change it.
func (c *call) editedGroup() (*usergroup, *failure) {
	if f := c.w.mayEditGroups(c.me); f != nil {
		return nil, f
	}
	return c.group()
}

func (c *call) groupAnswer(g *usergroup) (answer, *failure) {
	return answer{"usergroup": g.body(c.w, true, true)}, nil
}

func usergroupsList(c *call) (answer, *failure) {
	if id := c.text("team_id"); id != "" && id != c.w.id {
		return nil, fail("invalid_team")
	}
	list := []answer{}
	for _, g := range c.w.groupList {
		if g.deleted == 0 || c.flag("include_disabled") {
			list = append(list, g.body(c.w, c.flag("include_users"), c.flag("include_count")))
		}
	}
	return answer{"usergroups": list}, nil
}

// groupChange reads what a call wants to set.
func (c *call) groupChange() groupChange {
	var ch groupChange
	text := func(name string) *string {
		if !c.given(name) {
			return nil
		}
		v := c.text(name)
		return &v
	}
	list := func(name string) *[]string {
		if !c.given(name) {
			return nil
		}
		v := c.list(name)
		return &v
	}
	ch.name, ch.handle, ch.description = text("name"), text("handle"), text("description")
	ch.channels, ch.additional = list("channels"), list("additional_channels")
	if c.given("enable_section") {
		v := c.flag("enable_section")
		ch.section = &v
	}
	return ch
}

func usergroupsCreate(c *call) (answer, *failure) {
	if f := c.w.mayEditGroups(c.me); f != nil {
		return nil, f
	}
	if id := c.text("team_id"); id != "" && id != c.w.id {
		return nil, fail("invalid_team")
	}
	g, f := c.w.createGroup(c.groupChange(), c.me)
	if f != nil {
		return nil, f
	}
	return c.groupAnswer(g)
}

func usergroupsUpdate(c *call) (answer, *failure) {
	g, f := c.editedGroup()
	if f == nil {
		f = c.w.editGroup(g, c.groupChange(), c.me)
	}
	if f != nil {
		return nil, f
	}
	return c.groupAnswer(g)
}

func usergroupsEnable(c *call) (answer, *failure) {
	g, f := c.editedGroup()
	if f == nil {
		f = c.w.enableGroup(g, c.me)
	}
	if f != nil {
		return nil, f
	}
	return c.groupAnswer(g)
}

func usergroupsDisable(c *call) (answer, *failure) {
	g, f := c.editedGroup()
	if f == nil {
		f = c.w.disableGroup(g, c.me)
	}
	if f != nil {
		return nil, f
	}
	return c.groupAnswer(g)
}

func usergroupsUsersList(c *call) (answer, *failure) {
	g, f := c.group()
	if f != nil {
		return nil, f
	}
	if g.deleted != 0 && !c.flag("include_disabled") {
		return nil, fail("no_such_subteam")
	}
	return answer{"users": slices.Clone(g.members.all())}, nil
}

func usergroupsUsersUpdate(c *call) (answer, *failure) {
	g, f := c.editedGroup()
	if f == nil {
		f = c.w.setGroupMembers(g, c.list("users"), c.me)
	}
	if f != nil {
		return nil, f
	}
	return c.groupAnswer(g)
}
