package slacksim

import (
	"fmt"
	"strings"
)

// user is a person or bot of a workspace, or an external person seen in it.
type user struct {
	id, team                string
	name                    string
	realName, displayName   string
	email, title            string
	admin, owner, primary   bool
	bot                     bool
	restricted, ultra       bool // guests: several channels, one channel
	deleted                 bool
	expires                 int64 // a guest's account, 0 is never
	updated                 int64
	statusText, statusEmoji string
	fields                  map[string]string
	botID                   string
}

func (u *user) guest() bool                { return u.restricted }
func (u *user) manages() bool              { return u.admin || u.owner }
func (u *user) external(w *workspace) bool { return u.team != w.id }

// full says whether the person is an ordinary member: in #general, and free to
// look around.
func (u *user) full(w *workspace) bool {
	return !u.guest() && !u.bot && !u.deleted && !u.external(w)
}

func (w *workspace) addUser(u *user) *user {
	if u.team == "" {
		u.team = w.id
	}
	if u.id == "" {
		u.id = w.freeID("U", "user", u.name)
	}
	if u.realName == "" {
		u.realName = u.name
	}
	w.altered(u)
	w.users[u.id], w.ids[u.id] = u, true
	w.userList = append(w.userList, u)
	w.userNames[u.name] = u
	if u.email != "" {
		w.emails[strings.ToLower(u.email)] = u
	}
	return u
}

// altered notes that something about the person is not as it was.
func (w *workspace) altered(u *user) {
	u.updated = w.unix()
	w.usersShown = nil
}

// user finds a person by id, name or @name.
func (w *workspace) user(ref string) *user {
	ref = strings.TrimPrefix(strings.TrimSpace(ref), "@")
	if u := w.users[ref]; u != nil {
		return u
	}
	return w.userNames[ref]
}

// enterGeneral lets a new or returning person into the channels everybody is in.
func (w *workspace) enterGeneral(u *user) {
	if !u.full(w) {
		return
	}
	for _, c := range w.chanList {
		if c.general && c.members.add(u.id) {
			w.emitJoined(c, u, nil)
		}
	}
}

// deactivate takes the person out of everything, as Slack does.
func (w *workspace) deactivate(u *user) {
	u.deleted, u.admin, u.owner = true, false, false
	w.altered(u)
	for _, c := range w.chanList {
		if !c.dm && c.members.has(u.id) {
			w.removeMember(c, u, nil)
		}
	}
	for _, g := range w.groupList {
		g.members.remove(u.id)
	}
	for _, g := range w.idpList {
		g.members.remove(u.id)
	}
	w.emitUser("user_change", u)
}

// body is the user object of users.info and of events.
func (u *user) body(w *workspace) answer {
	b := answer{
		"id": u.id, "team_id": u.team, "name": u.name, "deleted": u.deleted, "color": "9f69e7",
		"real_name": u.realName, "tz": "Europe/Amsterdam", "tz_label": "Central European Time", "tz_offset": 3600,
		"profile":  u.profile(),
		"is_admin": u.admin || u.owner, "is_owner": u.owner, "is_primary_owner": u.primary,
		"is_restricted": u.restricted, "is_ultra_restricted": u.ultra, "is_bot": u.bot,
		"is_app_user": false, "is_email_confirmed": !u.bot, "updated": u.updated, "has_2fa": false, "locale": "en-US",
		"who_can_share_contact_card": "EVERYONE",
	}
	if u.external(w) {
		b["is_stranger"] = true
	}
	if w.grid() && !u.bot {
		b["enterprise_user"] = answer{"id": u.id, "enterprise_id": w.enterprise, "enterprise_name": w.name, "is_admin": u.admin, "is_owner": u.owner, "teams": []string{u.team}}
	}
	return b
}

func (u *user) profile() answer {
	first, last, _ := strings.Cut(u.realName, " ")
	fields := answer{}
	for id, v := range u.fields {
		fields[id] = answer{"value": v, "alt": ""}
	}
	p := answer{
		"title": u.title, "phone": "", "skype": "", "real_name": u.realName, "real_name_normalized": u.realName,
		"display_name": u.displayName, "display_name_normalized": u.displayName, "fields": fields,
		"status_text": u.statusText, "status_text_canonical": "", "status_emoji": u.statusEmoji, "status_emoji_display_info": []any{}, "status_expiration": 0,
		"avatar_hash": "g" + strings.ToLower(u.id), "first_name": first, "last_name": last, "team": u.team,
		"pronouns": "", "huddle_state": "default_unset", "huddle_state_expiration_ts": 0, "start_date": "",
	}
	if u.email != "" {
		p["email"] = u.email
	}
	for _, size := range []int{24, 32, 48, 72, 192, 512} {
		p[fmt.Sprintf("image_%d", size)] = fmt.Sprintf("https://avatars.slack.test/%s_%d.png", u.id, size)
	}
	p["image_original"] = fmt.Sprintf("https://avatars.slack.test/%s_original.png", u.id)
	if u.bot {
		p["bot_id"], p["api_app_id"] = u.botID, ""
	}
	return p
}
