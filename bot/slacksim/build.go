package slacksim

import "strings"

// build makes a workspace from its file. Nothing is told to the app: this is
// how Slack was before the app came.
func (s *slack) build(f *FileWorkspace, app FileApp, o Options) {
	w := &workspace{
		slack: s, id: f.ID, name: f.Name, domain: f.Domain, prefs: defaultPreferences(), created: s.now(),
		ids: map[string]bool{}, users: map[string]*user{}, channels: map[string]*channel{}, usergroups: map[string]*usergroup{}, idpGroups: map[string]*idpGroup{},
		userNames: map[string]*user{}, chanNames: map[string]*channel{}, dms: map[string]*channel{}, emails: map[string]*user{},
		messageAt: map[string]*message{}, views: map[string]*view{}, homes: map[string]*view{}, stacks: map[string][]*view{},
		external: map[string]*view{}, offered: map[string][]any{},
	}
	if w.id == "" {
		w.id = ident(s.seed, "T", "team", f.Name)
	}
	if w.name == "" {
		w.name = w.id
	}
	if w.domain == "" {
		w.domain = strings.ToLower(strings.ReplaceAll(w.name, " ", "-"))
	}
	if f.Grid {
		w.enterprise = ident(s.seed, "E", "enterprise", w.name)
	}
	for name, value := range f.Preferences {
		if err := w.prefs.set(name, value); err != nil { // the file was checked
			s.log.Error().Err(err).Msg("preference was not set")
		}
	}
	s.workspaces = append(s.workspaces, w)
	s.byTeam[w.id] = w
	w.buildUsers(f.Users)
	w.issueTokens(app, o)
	w.buildChannels(f.Channels)
	w.buildGroups(f)
}

func (w *workspace) buildUsers(all []FileUser) {
	for _, f := range all {
		u := w.addUser(&user{
			id: f.ID, name: f.Name, realName: f.RealName, displayName: f.DisplayName, email: f.Email, title: f.Title, team: f.External,
			admin: f.Admin || f.Owner, owner: f.Owner, bot: f.Bot, deleted: f.Deactivated, ultra: f.Guest == "single", restricted: f.Guest != "",
		})
		if u.owner && w.admin == nil && !u.deleted {
			w.admin, u.primary = u, true
		}
	}
	for _, u := range w.userList {
		if w.admin == nil && u.admin && !u.deleted {
			w.admin = u
		}
	}
	if w.admin == nil {
		name := "owner"
		for w.userNames[name] != nil {
			name += "-"
		}
		w.admin = w.addUser(&user{name: name, realName: "Workspace Owner", admin: true, owner: true, primary: true})
	}
	w.bot = w.userNames[botName]
	if w.bot == nil {
		w.bot = w.addUser(&user{name: botName, realName: "Usher"})
	}
	w.bot.bot = true
	for _, u := range w.userList {
		if u.bot {
			u.botID = ident(w.slack.seed, "B", w.id+"/bot", u.name)
		}
	}
	w.botID = w.bot.botID
}

func (w *workspace) issueTokens(app FileApp, o Options) {
	granted := func(chosen, written []string, user bool) scopes {
		switch {
		case chosen != nil:
			return newScopes(chosen...)
		case written != nil:
			return newScopes(written...)
		}
		return newScopes(AllScopes(user)...)
	}
	w.botToken = secret("xoxb-")
	w.slack.tokens[w.botToken] = &token{kind: botToken, w: w, user: w.bot, scopes: granted(o.BotScopes, app.Scopes, false)}
	w.adminToken = secret("xoxp-")
	w.slack.tokens[w.adminToken] = &token{kind: userToken, w: w, user: w.admin, scopes: granted(o.UserScopes, app.UserScopes, true)}
}

func (w *workspace) buildChannels(all []FileChannel) {
	for _, f := range all {
		c := &channel{id: f.ID, name: f.Name, private: f.Private, general: f.General, archived: f.Archived, creator: w.admin.id}
		if f.Creator != "" {
			c.creator = w.user(f.Creator).id
		}
		c.topic = note{value: f.Topic, creator: c.creator}
		c.purpose = note{value: f.Purpose, creator: c.creator}
		if f.External != "" {
			c.connected = []string{f.External}
		}
		w.addChannel(c)
		for _, ref := range f.Members {
			if u := w.user(ref); !u.deleted {
				c.members.add(u.id)
			}
		}
		if f.General {
			for _, u := range w.userList {
				if u.full(w) {
					c.members.add(u.id)
				}
			}
		}
	}
}

func (w *workspace) buildGroups(f *FileWorkspace) {
	ids := func(refs []string) []string {
		out := []string{}
		for _, ref := range refs {
			out = append(out, w.user(ref).id)
		}
		return out
	}
	rooms := func(refs []string) []string {
		out := []string{}
		for _, ref := range refs {
			out = append(out, w.channel(ref).id)
		}
		return out
	}
	for _, g := range f.Usergroups {
		made := w.addUsergroup(&usergroup{
			id: g.ID, handle: g.Handle, name: g.Name, description: g.Description, members: newIDSet(ids(g.Members)...),
			channels: rooms(g.Channels), additional: rooms(g.AdditionalChannels), section: g.Section, creator: w.admin.id, updater: w.admin.id,
		})
		if made.name == "" {
			made.name = made.handle
		}
		if g.Disabled {
			made.deleted, made.deleter = w.unix(), w.admin.id
		}
	}
	for _, g := range f.IDPGroups {
		w.addIDPGroup(&idpGroup{id: g.ID, name: g.Name, members: newIDSet(ids(g.Members)...)})
	}
	for _, l := range f.Links {
		c := w.channel(l.Channel)
		c.links.add(w.idpGroup(l.IDPGroup).id)
	}
	for _, c := range w.chanList {
		if c.links.len() > 0 {
			for _, id := range c.members.all() {
				if u := w.users[id]; !w.linkAllows(c, u) {
					c.members.remove(id)
				}
			}
		}
	}
}
