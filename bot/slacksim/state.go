package slacksim

import (
	"encoding/json"
	"slices"
)

// State is everything in the simulated Slack, as GET /sim/state shows it. It
// is a copy: it does not change, and must not be changed.
type State struct {
	Workspaces map[string]Workspace `json:"workspaces"`
}

// Workspace is one workspace of a State.
type Workspace struct {
	Users      map[string]User              `json:"users"`
	Channels   map[string]Channel           `json:"channels"`
	Usergroups map[string]Usergroup         `json:"usergroups"`
	IDPGroups  map[string]IDPGroup          `json:"idp_groups"`
	Links      map[string][]string          `json:"links"`
	Messages   []Message                    `json:"messages"`
	Homes      map[string]json.RawMessage   `json:"homes"`
	Modals     map[string][]json.RawMessage `json:"modals"` // the top one last
	Invites    []Invite                     `json:"invites"`
}

// User is a person or a bot.
type User struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	RealName          string `json:"real_name"`
	DisplayName       string `json:"display_name"`
	Email             string `json:"email"`
	Title             string `json:"title"`
	IsAdmin           bool   `json:"is_admin"`
	IsOwner           bool   `json:"is_owner"`
	IsBot             bool   `json:"is_bot"`
	IsRestricted      bool   `json:"is_restricted"`
	IsUltraRestricted bool   `json:"is_ultra_restricted"`
	Deleted           bool   `json:"deleted"`
	TeamID            string `json:"team_id"`
	ExpirationTS      int64  `json:"guest_expiration_ts,omitempty"`
}

// Channel is a public or private channel; direct messages are not listed.
type Channel struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	IsPrivate     bool       `json:"is_private"`
	IsArchived    bool       `json:"is_archived"`
	IsGeneral     bool       `json:"is_general"`
	IsExtShared   bool       `json:"is_ext_shared"`
	Creator       string     `json:"creator"`
	Created       int64      `json:"created"`
	Members       []string   `json:"members"` // in the order they came
	Topic         string     `json:"topic"`
	Purpose       string     `json:"purpose"`
	PreviousNames []string   `json:"previous_names"`
	Pins          []string   `json:"pins"`
	Bookmarks     []Bookmark `json:"bookmarks"`
}

// Bookmark is a link in a channel's bar.
type Bookmark struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
	Emoji string `json:"emoji"`
}

// Usergroup is a user group; a disabled one has DateDelete set.
type Usergroup struct {
	ID                 string   `json:"id"`
	Handle             string   `json:"handle"`
	Name               string   `json:"name"`
	Description        string   `json:"description"`
	Users              []string `json:"users"`
	Channels           []string `json:"channels"`
	AdditionalChannels []string `json:"additional_channels"`
	EnableSection      bool     `json:"enable_section"`
	DateDelete         int64    `json:"date_delete"`
}

// IDPGroup is a group of the identity provider.
type IDPGroup struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// Message is a message. To lists who can see a direct or an ephemeral one; it
// is empty for a message in a channel.
type Message struct {
	TS        string          `json:"ts"`
	Channel   string          `json:"channel"`
	To        []string        `json:"to"`
	User      string          `json:"user"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks"`
	Ephemeral bool            `json:"ephemeral"`
	Deleted   bool            `json:"deleted"`
	ThreadTS  string          `json:"thread_ts,omitempty"`
}

// Invite is an invitation into the workspace nobody has taken up yet.
type Invite struct {
	Email             string   `json:"email"`
	Channels          []string `json:"channels"`
	IsRestricted      bool     `json:"is_restricted"`
	IsUltraRestricted bool     `json:"is_ultra_restricted"`
	ExpirationTS      int64    `json:"guest_expiration_ts"`
}

func (u *user) state() User {
	return User{
		ID: u.id, Name: u.name, RealName: u.realName, DisplayName: u.displayName, Email: u.email, Title: u.title,
		IsAdmin: u.manages(), IsOwner: u.owner, IsBot: u.bot, IsRestricted: u.restricted, IsUltraRestricted: u.ultra,
		Deleted: u.deleted, TeamID: u.team, ExpirationTS: u.expires,
	}
}

func (c *channel) state() Channel {
	s := Channel{
		ID: c.id, Name: c.name, IsPrivate: c.private, IsArchived: c.archived, IsGeneral: c.general, IsExtShared: len(c.connected) > 0,
		Creator: c.creator, Created: c.created, Members: c.members.all(), Topic: c.topic.value, Purpose: c.purpose.value,
		PreviousNames: slices.Clone(nonNil(c.previous)), Pins: []string{}, Bookmarks: []Bookmark{},
	}
	for _, p := range c.pins {
		s.Pins = append(s.Pins, p.ts)
	}
	for _, b := range c.bookmarks {
		s.Bookmarks = append(s.Bookmarks, Bookmark{ID: b.id, Title: b.title, Link: b.link, Emoji: b.emoji})
	}
	return s
}

func (g *usergroup) state() Usergroup {
	return Usergroup{
		ID: g.id, Handle: g.handle, Name: g.name, Description: g.description, Users: g.members.all(), Channels: slices.Clone(nonNil(g.channels)),
		AdditionalChannels: slices.Clone(nonNil(g.additional)), EnableSection: g.section, DateDelete: g.deleted,
	}
}

func (g *idpGroup) state() IDPGroup {
	return IDPGroup{ID: g.id, Name: g.name, Members: g.members.all()}
}

func (m *message) state(w *workspace) Message {
	s := Message{TS: m.ts, Channel: m.channel, To: w.audience(m), User: m.user, Text: m.text, Blocks: m.blocks, Ephemeral: m.to != "", Deleted: m.deleted, ThreadTS: m.thread}
	if len(s.Blocks) == 0 {
		s.Blocks = json.RawMessage("[]")
	}
	return s
}

// raw is the view as JSON.
func (v *view) raw(w *workspace) json.RawMessage {
	if v.shown != nil {
		return v.shown
	}
	out, err := json.Marshal(v.body(w))
	if err != nil { // its content was JSON when it came in
		return json.RawMessage("{}")
	}
	v.shown = out
	return out
}

func (s *slack) state() State {
	all := State{Workspaces: map[string]Workspace{}}
	for _, w := range s.workspaces {
		all.Workspaces[w.id] = w.state()
	}
	return all
}

func (w *workspace) state() Workspace {
	s := Workspace{
		Channels:   make(map[string]Channel, len(w.chanList)),
		Usergroups: map[string]Usergroup{}, IDPGroups: map[string]IDPGroup{}, Links: map[string][]string{},
		Messages: make([]Message, 0, len(w.messages)), Homes: map[string]json.RawMessage{}, Modals: map[string][]json.RawMessage{}, Invites: []Invite{},
	}
	if w.usersShown == nil {
		w.usersShown = make(map[string]User, len(w.users))
		for _, u := range w.userList {
			w.usersShown[u.id] = u.state()
		}
	}
	s.Users = w.usersShown
	for _, c := range w.chanList {
		s.Channels[c.id] = c.state()
		if c.links.len() > 0 {
			s.Links[c.id] = c.links.all()
		}
	}
	for _, g := range w.groupList {
		s.Usergroups[g.id] = g.state()
	}
	for _, g := range w.idpList {
		s.IDPGroups[g.id] = g.state()
	}
	for _, m := range w.messages {
		s.Messages = append(s.Messages, m.state(w))
	}
	for id, v := range w.homes {
		s.Homes[id] = v.raw(w)
	}
	for id, stack := range w.stacks {
		for _, v := range stack {
			s.Modals[id] = append(s.Modals[id], v.raw(w))
		}
	}
	for _, inv := range w.invitations {
		s.Invites = append(s.Invites, inv.state())
	}
	return s
}
