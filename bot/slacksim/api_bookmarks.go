package slacksim

import (
	"fmt"
	"net/url"
	"slices"
)

// bookmarkMethods are about the links in a channel's bar.
var bookmarkMethods = map[string]handler{
	"bookmarks.add":    bookmarksAdd,
	"bookmarks.edit":   bookmarksEdit,
	"bookmarks.list":   bookmarksList,
	"bookmarks.remove": bookmarksRemove,
}

const maxBookmarks = 100

func (b *bookmark) body(w *workspace, ch *channel) answer {
	return answer{
		"id": b.id, "channel_id": ch.id, "title": b.title, "link": b.link, "emoji": b.emoji, "icon_url": "", "type": b.kind,
		"entity_id": nil, "date_created": b.created, "date_updated": b.updated, "rank": "i", "app_id": nil, "shortcut_id": nil,
		"last_updated_by_user_id": b.by, "last_updated_by_team_id": w.id, "app_action_id": "",
	}
}

// bar finds the channel whose bookmarks a call is about.
func (c *call) bar() (*channel, *failure) {
	if !c.has("channel_id") {
		return nil, invalid("missing required field: channel_id")
	}
	ch := c.w.channels[c.text("channel_id")]
	switch {
	case ch == nil || !c.w.visible(ch, c.me):
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

// editableBar is bar for calls that change it.
func (c *call) editableBar() (*channel, *failure) {
	ch, f := c.bar()
	switch {
	case f != nil:
		return nil, f
	case !ch.members.has(c.me.id), ch.archived:
		return nil, fail("permission_denied")
	}
	return ch, nil
}

func linkProblem(link string) *failure {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fail("invalid_link")
	}
	return nil
}

func bookmarksAdd(c *call) (answer, *failure) {
	ch, f := c.editableBar()
	switch {
	case f != nil:
		return nil, f
	case c.text("type") != "link":
		return nil, fail("invalid_bookmark_type")
	case len(ch.bookmarks) >= maxBookmarks:
		return nil, fail("too_many_bookmarks")
	}
	if f := linkProblem(c.text("link")); f != nil {
		return nil, f
	}
	b := &bookmark{
		id: ident(c.seed, "Bk", c.w.id+"/bookmark", fmt.Sprint(c.next())), title: c.text("title"), link: c.text("link"),
		emoji: c.text("emoji"), kind: "link", by: c.me.id, created: c.w.unix(),
	}
	ch.bookmarks = append(ch.bookmarks, b)
	return answer{"bookmark": b.body(c.w, ch)}, nil
}

func (ch *channel) bookmark(id string) (*bookmark, *failure) {
	for _, b := range ch.bookmarks {
		if b.id == id {
			return b, nil
		}
	}
	return nil, fail("not_found")
}

func bookmarksEdit(c *call) (answer, *failure) {
	ch, f := c.editableBar()
	if f != nil {
		return nil, f
	}
	b, f := ch.bookmark(c.text("bookmark_id"))
	if f != nil {
		return nil, f
	}
	if c.has("link") {
		if f := linkProblem(c.text("link")); f != nil {
			return nil, f
		}
		b.link = c.text("link")
	}
	if c.has("title") {
		b.title = c.text("title")
	}
	if c.has("emoji") {
		b.emoji = c.text("emoji")
	}
	b.by, b.updated = c.me.id, c.w.unix()
	return answer{"bookmark": b.body(c.w, ch)}, nil
}

func bookmarksList(c *call) (answer, *failure) {
	ch, f := c.bar()
	if f != nil {
		return nil, f
	}
	list := []answer{}
	for _, b := range ch.bookmarks {
		list = append(list, b.body(c.w, ch))
	}
	return answer{"bookmarks": list}, nil
}

func bookmarksRemove(c *call) (answer, *failure) {
	ch, f := c.editableBar()
	if f != nil {
		return nil, f
	}
	b, f := ch.bookmark(c.text("bookmark_id"))
	if f != nil {
		return nil, f
	}
	ch.bookmarks = slices.DeleteFunc(slices.Clone(ch.bookmarks), func(o *bookmark) bool { return o == b })
	return answer{}, nil
}
