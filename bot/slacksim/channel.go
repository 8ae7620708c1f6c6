package slacksim

import (
	"slices"
	"strings"
)

const (
	maxChannelName = 80
	maxPrevious    = 100 // earlier names remembered
)

// note is a topic or a purpose.
type note struct {
	value, creator string
	set            int64
}

func (n note) body() answer {
	return answer{"value": n.value, "creator": n.creator, "last_set": n.set}
}

// bookmark is a link in a channel's bar.
type bookmark struct {
	id, title, link, emoji, kind, by string
	created, updated                 int64
}

// channel is a public or private channel or a direct message.
type channel struct {
	id, name          string
	previous          []string
	private, archived bool
	general, dm, mpim bool
	connected         []string // other teams it is shared with
	creator           string
	created, updated  int64
	topic, purpose    note
	members           idSet
	links             idSet // IdP groups it is restricted to
	pins              []pin
	bookmarks         []*bookmark
	lastTS            string
}

type pin struct {
	ts, by string
	at     int64
}

// kind is what scopes are named after.
func (c *channel) kind() string {
	switch {
	case c.mpim:
		return "mpim"
	case c.dm:
		return "im"
	case c.private:
		return "groups"
	}
	return "channels"
}

// visible says whether a person may know of the channel.
func (w *workspace) visible(c *channel, u *user) bool {
	if c.members.has(u.id) {
		return true
	}
	return !c.private && !c.dm && !u.guest() && !u.external(w)
}

// channel finds a channel by id, name or #name.
func (w *workspace) channel(ref string) *channel {
	ref = strings.TrimPrefix(strings.TrimSpace(ref), "#")
	if c := w.channels[ref]; c != nil {
		return c
	}
	return w.chanNames[ref]
}

// conversation is channel, where a person stands for the direct message with
// them.
func (w *workspace) conversation(ref string, me *user) *channel {
	if c := w.channel(ref); c != nil {
		return c
	}
	if u := w.user(ref); u != nil {
		return w.dmWith(me, u)
	}
	return nil
}

// checkChannelName refuses what Slack refuses.
func checkChannelName(name string) *failure {
	switch {
	case name == "":
		return fail("invalid_name_required")
	case len([]rune(name)) > maxChannelName:
		return fail("invalid_name_maxlength")
	case strings.Trim(name, "-_") == "":
		return fail("invalid_name_punctuation")
	}
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			continue
		}
		if r < 128 || r >= 'A' && r <= 'Z' || strings.ToLower(string(r)) != string(r) {
			return fail("invalid_name_specials")
		}
	}
	return nil
}

// nameTaken looks in the namespace channels, people and group handles share.
func (w *workspace) nameTaken(name string) bool {
	return w.chanNames[name] != nil || w.userNames[name] != nil || w.byHandle(name) != nil
}

func (w *workspace) addChannel(c *channel) *channel {
	if c.id == "" {
		c.id = w.freeID("C", "channel", c.name)
	}
	if c.created == 0 {
		c.created = w.unix()
	}
	c.updated = c.created
	w.channels[c.id], w.ids[c.id] = c, true
	w.chanList = append(w.chanList, c)
	if !c.dm {
		w.chanNames[c.name] = c
	}
	return c
}

// dmWith finds or opens the direct message between two people.
func (w *workspace) dmWith(a, b *user, more ...*user) *channel {
	ids := []string{a.id}
	for _, u := range append([]*user{b}, more...) {
		if !slices.Contains(ids, u.id) {
			ids = append(ids, u.id)
		}
	}
	slices.Sort(ids)
	key := strings.Join(ids, ",")
	if c := w.dms[key]; c != nil {
		return c
	}
	c := &channel{dm: true, private: true, mpim: len(ids) > 2, creator: a.id, members: newIDSet(ids...)}
	c.id = ident(w.slack.seed, "D", w.id+"/dm", key)
	if c.mpim {
		c.id = ident(w.slack.seed, "C", w.id+"/mpdm", key)
		c.name = "mpdm-" + strings.ToLower(strings.ReplaceAll(key, ",", "--")) + "-1"
	}
	c.created = w.unix()
	w.channels[c.id] = c
	w.dms[key] = c
	return c
}

// other is the partner of a direct message as the user sees it.
func (c *channel) other(u *user) string {
	for _, id := range c.members.all() {
		if id != u.id {
			return id
		}
	}
	return u.id
}

// body is the conversation object as the viewer gets it.
func (c *channel) body(w *workspace, viewer *user) answer {
	if c.dm && !c.mpim {
		return answer{
			"id": c.id, "created": c.created, "is_im": true, "is_channel": false, "is_group": false, "is_mpim": false, "is_private": true,
			"is_archived": false, "is_org_shared": false, "user": c.other(viewer), "is_user_deleted": false, "priority": 0, "context_team_id": w.id,
			"is_open": true, "updated": c.updated,
		}
	}
	shared := []string{w.id}
	shared = append(shared, c.connected...)
	latest := any(nil)
	if m := w.messageAt[c.id+" "+c.lastTS]; m != nil && !m.deleted {
		latest = m.body()
	}
	return answer{
		"id": c.id, "name": c.name, "name_normalized": c.name, "created": c.created, "creator": c.creator, "updated": c.updated,
		"is_channel": !c.private, "is_group": c.private && !c.mpim, "is_im": false, "is_mpim": c.mpim, "is_private": c.private,
		"is_archived": c.archived, "is_general": c.general, "is_shared": len(c.connected) > 0, "is_ext_shared": len(c.connected) > 0,
		"is_org_shared": false, "is_pending_ext_shared": false, "is_frozen": false, "is_read_only": false, "is_thread_only": false,
		"is_member": c.members.has(viewer.id), "unlinked": 0, "priority": 0, "locale": "en-US",
		"pending_shared": []any{}, "pending_connected_team_ids": []any{}, "parent_conversation": nil,
		"shared_team_ids": shared, "internal_team_ids": []any{}, "connected_team_ids": nonNil(c.connected), "context_team_id": w.id,
		"previous_names": nonNil(c.previous), "topic": c.topic.body(), "purpose": c.purpose.body(),
		"last_read": "0000000000.000000", "latest": latest, "unread_count": 0, "unread_count_display": 0,
		"properties": answer{
			"tabs":   []answer{{"id": "bookmarks", "label": "", "type": "bookmarks"}},
			"canvas": answer{"file_id": "", "is_empty": true, "quip_thread_id": ""},
		},
	}
}

// listBody is the shorter object of conversations.list and users.conversations.
func (c *channel) listBody(w *workspace, viewer *user) answer {
	b := c.body(w, viewer)
	for _, field := range []string{"latest", "properties", "unread_count", "unread_count_display", "last_read", "parent_conversation", "locale"} {
		delete(b, field)
	}
	if !c.dm {
		b["num_members"] = c.members.len()
	}
	return b
}

func nonNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
