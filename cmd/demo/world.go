package demo

import (
	"cmp"
	"encoding/json"
	"slices"
)

// world is /sim/state as this page reads it: all that there is in the local
// Slack. What one person may see of it is scene's business.
type world struct {
	Workspaces map[string]team `json:"workspaces"`
}

type team struct {
	Users      map[string]account   `json:"users"`
	Channels   map[string]channel   `json:"channels"`
	Usergroups map[string]usergroup `json:"usergroups"`
	Messages   []message            `json:"messages"`
	Homes      map[string]view      `json:"homes"`
	Modals     map[string][]view    `json:"modals"`
}

type account struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	RealName   string `json:"real_name"`
	Title      string `json:"title"`
	Admin      bool   `json:"is_admin"`
	Owner      bool   `json:"is_owner"`
	Bot        bool   `json:"is_bot"`
	Restricted bool   `json:"is_restricted"`
	Ultra      bool   `json:"is_ultra_restricted"`
	Deleted    bool   `json:"deleted"`
	Team       string `json:"team_id"`
}

// called is the name people read.
func (a account) called() string { return cmp.Or(a.RealName, a.Name, a.ID) }

// guest reports whether the account is one that Slack keeps from most things.
func (a account) guest() bool { return a.Restricted || a.Ultra }

// sort says in a word what kind of account this is; empty for a plain member.
func (a account) sort(home string) string {
	switch {
	case a.Deleted:
		return "deactivated"
	case a.Bot:
		return "bot"
	case a.Team != "" && a.Team != home:
		return "external"
	case a.Ultra:
		return "single-channel guest"
	case a.Restricted:
		return "guest"
	case a.Owner:
		return "owner"
	case a.Admin:
		return "admin"
	}
	return ""
}

type channel struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Private   bool              `json:"is_private"`
	Archived  bool              `json:"is_archived"`
	Members   []string          `json:"members"`
	Topic     string            `json:"topic"`
	Pins      []json.RawMessage `json:"pins"`
	Bookmarks []bookmark        `json:"bookmarks"`
}

func (c channel) has(user string) bool { return slices.Contains(c.Members, user) }

type usergroup struct {
	ID     string `json:"id"`
	Handle string `json:"handle"`
}

type message struct {
	TS        string   `json:"ts"`
	Channel   string   `json:"channel"`
	To        []string `json:"to"`
	User      string   `json:"user"`
	Text      string   `json:"text"`
	Blocks    []block  `json:"blocks"`
	Ephemeral bool     `json:"ephemeral"`
	Deleted   bool     `json:"deleted"`
}

// private reports whether only those in To see the message.
func (m message) private() bool { return len(m.To) > 0 }

// sees reports whether the channel is one that somebody can look into.
func (t team) sees(user string, c channel) bool {
	a := t.Users[user]
	return c.has(user) || !c.Private && !a.guest() && !a.Bot && a.sort(a.Team) != "external"
}

// named is names for one person: private channels only where they are in.
type named struct {
	team team
	as   string
	base string // the person's address on this page
}

func (n named) link(channel string) string { return n.base + "/" + channel }

func (n named) user(id string) (string, bool) {
	a, ok := n.team.Users[id]
	return a.called(), ok
}

func (n named) channel(id string) (string, bool) {
	c, ok := n.team.Channels[id]
	if !ok || c.Private && !c.has(n.as) {
		return "", false
	}
	return c.Name, true
}

func (n named) usergroup(id string) (string, bool) {
	g, ok := n.team.Usergroups[id]
	return g.Handle, ok
}
