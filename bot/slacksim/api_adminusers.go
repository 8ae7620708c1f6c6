package slacksim

// adminUserMethods are about people, for an Org Admin's or Owner's token.
var adminUserMethods = map[string]handler{
	"admin.users.invite":        orgAdmin(adminUsersInvite),
	"admin.users.list":          orgAdmin(adminUsersList),
	"admin.users.assign":        orgAdmin(adminUsersAssign),
	"admin.users.remove":        orgAdmin(adminUsersRemove),
	"admin.users.setExpiration": orgAdmin(adminUsersSetExpiration),
}

// member finds the person of a call among the workspace's own.
func (c *call) member() (*user, *failure) {
	u := c.w.users[c.text("user_id")]
	if u == nil || u.external(c.w) {
		return nil, fail("user_not_found")
	}
	return u, nil
}

func adminUsersList(c *call) (answer, *failure) {
	var all []*user
	for _, u := range c.w.userList {
		if u.external(c.w) || c.flag("only_guests") && !u.guest() || c.given("is_active") && c.flag("is_active") == u.deleted {
			continue
		}
		all = append(all, u)
	}
	cut, next, f := page(c, all, func(u *user) string { return u.id })
	if f != nil {
		return nil, f
	}
	list := []answer{}
	for _, u := range cut {
		workspaces, gone := []string{c.w.id}, int64(0)
		if u.deleted {
			workspaces, gone = []string{}, u.updated
		}
		list = append(list, answer{
			"id": u.id, "username": u.name, "full_name": u.realName, "email": u.email, "is_active": !u.deleted, "is_bot": u.bot,
			"is_admin": u.manages(), "is_owner": u.owner, "is_primary_owner": u.primary, "is_restricted": u.restricted, "is_ultra_restricted": u.ultra,
			"date_created": c.w.created.Unix(), "deactivated_ts": gone, "expiration_ts": u.expires, "has_2fa": false, "has_sso": false, "workspaces": workspaces,
		})
	}
	return answer{"users": list, "response_metadata": cursorOf(next)}, nil
}

// adminUsersAssign brings somebody of the organisation into the workspace:
// here that is whoever was removed from it.
func adminUsersAssign(c *call) (answer, *failure) {
	u, f := c.member()
	switch {
	case f != nil:
		return nil, f
	case u.bot:
		return nil, fail("user_is_bot")
	case !u.deleted:
		return nil, fail("user_already_team_member")
	case c.flag("is_restricted") && c.flag("is_ultra_restricted"):
		return nil, fail("invalid_role_for_user")
	}
	channels := c.list("channel_ids")
	for _, id := range channels {
		if ch := c.w.channels[id]; ch == nil || ch.dm || !c.w.visible(ch, c.me) {
			return nil, fail("invitor_cannot_see_channel")
		}
	}
	u.deleted, u.ultra = false, c.flag("is_ultra_restricted")
	u.restricted = u.ultra || c.flag("is_restricted")
	c.w.altered(u)
	c.w.emitUser("user_change", u)
	c.w.enterGeneral(u)
	c.w.admit(u, channels, c.me)
	return answer{}, nil
}

func adminUsersRemove(c *call) (answer, *failure) {
	u, f := c.member()
	switch {
	case f != nil:
		return nil, f
	case u.primary:
		return nil, fail("cannot_modify_primary_owner")
	case u.deleted:
		return nil, fail("user_already_deleted")
	case u.bot, u.owner && !c.me.owner:
		return nil, fail("invalid_permissions")
	}
	c.w.deactivate(u)
	return answer{}, nil
}

// adminUsersSetExpiration says when a guest's account ends. The simulated
// Slack shows the figure and ends nothing by itself.
func adminUsersSetExpiration(c *call) (answer, *failure) {
	u, f := c.member()
	at := int64(c.number("expiration_ts"))
	switch {
	case f != nil:
		return nil, f
	case u.deleted:
		return nil, fail("user_is_deactivated")
	case !u.guest():
		return nil, fail("user_is_not_a_guest")
	case at <= c.w.unix():
		return nil, fail("failed_to_validate_expiration")
	}
	u.expires = at
	c.w.altered(u)
	return answer{}, nil
}
