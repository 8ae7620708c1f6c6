package slacksim

import "strings"

// userMethods are about people.
var userMethods = map[string]handler{
	"users.list":          usersList,
	"users.info":          usersInfo,
	"users.lookupByEmail": usersLookupByEmail,
	"users.profile.get":   usersProfileGet,
}

// largeTeam is the size from which users.list insists on a limit.
const largeTeam = 10_000

func usersList(c *call) (answer, *failure) {
	if c.number("limit") == 0 && len(c.w.userList) > largeTeam {
		return nil, fail("limit_required")
	}
	cut, next, f := page(c, c.w.userList, func(u *user) string { return u.id })
	if f != nil {
		return nil, f
	}
	members := make([]answer, 0, len(cut))
	for _, u := range cut {
		members = append(members, c.userBody(u))
	}
	return answer{"members": members, "cache_ts": c.w.unix(), "response_metadata": cursorOf(next)}, nil
}

// userBody leaves the e-mail address to those with the scope for it.
func (c *call) userBody(u *user) answer {
	body := u.body(c.w)
	if !c.token.scopes["users:read.email"] {
		profile := u.profile()
		delete(profile, "email")
		body["profile"] = profile
	}
	return body
}

func usersInfo(c *call) (answer, *failure) {
	u := c.w.users[c.text("user")]
	if u == nil {
		return nil, fail("user_not_found")
	}
	return answer{"user": c.userBody(u)}, nil
}

func usersLookupByEmail(c *call) (answer, *failure) {
	u := c.w.emails[strings.ToLower(c.text("email"))]
	if u == nil || u.deleted {
		return nil, fail("users_not_found")
	}
	return answer{"user": c.userBody(u)}, nil
}

func usersProfileGet(c *call) (answer, *failure) {
	u := c.me
	if id := c.text("user"); id != "" {
		u = c.w.users[id]
	}
	if u == nil {
		return nil, fail("user_not_found")
	}
	return answer{"profile": c.userBody(u)["profile"]}, nil
}
