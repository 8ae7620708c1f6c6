package slacksim

import (
	"maps"
	"strings"
)

func (d *deed) showUser(u *user) ActAnswer {
	state := u.state()
	return ActAnswer{User: &state}
}

// person finds whom the act is about.
func (d *deed) person() (*user, *failure) {
	u := d.w.user(d.User)
	if u == nil {
		return nil, unknown("user_not_found", "user is the name or id of somebody in the workspace")
	}
	return u, nil
}

// administer finds whom the act is about, for admins only.
func (d *deed) administer() (*user, *failure) {
	u, f := d.person()
	switch {
	case f != nil:
		return nil, f
	case !d.me.manages(), u.owner && !d.me.owner:
		return nil, fail("not_an_admin")
	}
	return u, nil
}

// addUser brings somebody new in; user is their name. An invitation to their
// e-mail address decides whether they are a guest, and where they start.
func (d *deed) addUser() (ActAnswer, *failure) {
	name := strings.TrimPrefix(d.User, "@")
	if name == "" {
		name = d.Name
	}
	switch {
	case !d.me.manages(), d.role() == "owner" && !d.me.owner:
		return ActAnswer{}, fail("not_an_admin")
	case name == "":
		return ActAnswer{}, unknown("invalid_name", "user is the name of the new person")
	case d.w.nameTaken(name):
		return ActAnswer{}, fail("name_taken")
	case d.Email != nil && d.w.emails[strings.ToLower(*d.Email)] != nil:
		return ActAnswer{}, fail("already_in_team")
	}
	u := &user{name: name, bot: d.Bot, team: d.External}
	d.fill(u)
	if f := u.setRole(d.role()); f != nil {
		return ActAnswer{}, f
	}
	inv := d.w.takeInvitation(u.email)
	if inv != nil {
		u.restricted, u.ultra, u.expires = inv.restricted || inv.ultra, inv.ultra, inv.expires
	}
	d.w.addUser(u)
	d.w.emitUser("team_join", u)
	d.w.enterGeneral(u)
	if inv != nil {
		d.w.admit(u, inv.channels, inv.by)
	}
	return d.showUser(u), nil
}

// fill sets what the act says of a person.
func (d *deed) fill(u *user) {
	for from, into := range map[*string]*string{d.RealName: &u.realName, d.DisplayName: &u.displayName, d.Title: &u.title, d.Email: &u.email} {
		if from != nil {
			*into = *from
		}
	}
	if len(d.Fields) > 0 {
		fields := map[string]string{}
		maps.Copy(fields, u.fields)
		maps.Copy(fields, d.Fields)
		u.fields = fields
	}
}

// role is what the act makes of a person, "" when it says nothing: one of a
// role, a kind of guest, or admin and owner switched on or off.
func (d *deed) role() string {
	switch {
	case d.Guest == "multi", d.Guest == "single":
		return d.Guest
	case d.Guest != "":
		return "guest " + d.Guest // which is none
	case d.Owner != nil && *d.Owner:
		return "owner"
	case d.Admin != nil && *d.Admin:
		return "admin"
	case d.Role == "" && (d.Owner != nil || d.Admin != nil):
		return "member"
	}
	return d.Role
}

func (u *user) setRole(role string) *failure {
	switch role {
	case "", "member", "admin", "owner", "multi", "single":
	default:
		return unknown("invalid_role", "role is member, admin, owner, multi or single; guest is multi or single")
	}
	u.admin, u.owner = role == "admin" || role == "owner", role == "owner"
	u.ultra = role == "single"
	u.restricted = u.ultra || role == "multi"
	return nil
}

func (d *deed) deactivateUser() (ActAnswer, *failure) {
	u, f := d.administer()
	switch {
	case f != nil:
		return ActAnswer{}, f
	case u.deleted:
		return ActAnswer{}, fail("user_already_deleted")
	case u.primary:
		return ActAnswer{}, fail("cannot_modify_primary_owner")
	}
	d.w.deactivate(u)
	return d.showUser(u), nil
}

func (d *deed) reactivate() (ActAnswer, *failure) {
	u, f := d.administer()
	switch {
	case f != nil:
		return ActAnswer{}, f
	case !u.deleted:
		return ActAnswer{}, fail("user_is_active")
	}
	u.deleted = false
	d.w.altered(u)
	d.w.emitUser("user_change", u)
	d.w.enterGeneral(u)
	return d.showUser(u), nil
}

// setProfile changes one's own profile, or as an admin somebody's.
func (d *deed) setProfile() (ActAnswer, *failure) {
	u := d.me
	if d.User != "" {
		var f *failure
		if u, f = d.person(); f != nil {
			return ActAnswer{}, f
		}
	}
	if u != d.me && !d.me.manages() {
		return ActAnswer{}, fail("not_an_admin")
	}
	if d.Email != nil {
		if other := d.w.emails[strings.ToLower(*d.Email)]; other != nil && other != u {
			return ActAnswer{}, fail("email_taken")
		}
		delete(d.w.emails, strings.ToLower(u.email))
	}
	d.fill(u)
	if u.email != "" {
		d.w.emails[strings.ToLower(u.email)] = u
	}
	d.w.altered(u)
	d.w.emitUser("user_change", u)
	d.w.emitUser("user_profile_changed", u)
	return d.showUser(u), nil
}

func (d *deed) setRole() (ActAnswer, *failure) {
	u, f := d.administer()
	switch {
	case f != nil:
		return ActAnswer{}, f
	case u.primary:
		return ActAnswer{}, fail("cannot_modify_primary_owner")
	case d.role() == "owner" && !d.me.owner:
		return ActAnswer{}, fail("not_an_admin")
	case d.role() == "":
		return ActAnswer{}, unknown("invalid_role", "role is member, admin, owner, multi or single")
	}
	if f := u.setRole(d.role()); f != nil {
		return ActAnswer{}, f
	}
	d.w.altered(u)
	if u.guest() {
		for _, g := range d.w.groupList {
			g.members.remove(u.id)
		}
	}
	d.w.emitUser("user_change", u)
	d.w.enterGeneral(u)
	return d.showUser(u), nil
}

// uninstallApp takes the app out of the workspace: its token ends and no event
// follows.
func (d *deed) uninstallApp() (ActAnswer, *failure) {
	switch {
	case !d.me.manages():
		return ActAnswer{}, fail("not_an_admin")
	case d.w.bot.deleted:
		return ActAnswer{}, fail("app_not_found")
	}
	d.w.emit("tokens_revoked", "", answer{"tokens": answer{"oauth": []string{}, "bot": []string{d.w.bot.id}}})
	d.w.emit("app_uninstalled", "", answer{})
	d.w.bot.deleted = true
	d.w.altered(d.w.bot)
	return ActAnswer{}, nil
}

func (d *deed) setPreference() (ActAnswer, *failure) {
	if !d.me.manages() {
		return ActAnswer{}, fail("not_an_admin")
	}
	value, _ := d.Value.(string)
	if err := d.w.prefs.set(d.Name, value); err != nil {
		return ActAnswer{}, unknown("invalid_preference", err.Error())
	}
	return ActAnswer{}, nil
}
