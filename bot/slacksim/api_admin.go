package slacksim

import (
	"slices"
	"strconv"
	"strings"
)

// adminMethods are about channels, for an Org Admin's or Owner's token, on Grid.
var adminMethods = map[string]handler{
	"admin.conversations.restrictAccess.addGroup":    orgAdmin(restrictAddGroup),
	"admin.conversations.restrictAccess.removeGroup": orgAdmin(restrictRemoveGroup),
	"admin.conversations.restrictAccess.listGroups":  orgAdmin(restrictListGroups),
	"admin.conversations.search":                     orgAdmin(adminSearch),
	"admin.conversations.invite":                     orgAdmin(adminInvite),
	"admin.conversations.convertToPrivate":           orgAdmin(adminConvertToPrivate),
}

// orgAdmin lets only administrators of a Grid organisation through, and only
// to their own workspace.
func orgAdmin(h handler) handler {
	return func(c *call) (answer, *failure) {
		switch {
		case !c.w.grid():
			return nil, fail("feature_not_enabled")
		case !c.me.manages():
			return nil, fail("not_an_admin")
		case c.has("team_id") && c.text("team_id") != c.w.id:
			return nil, fail("team_not_found")
		}
		return h(c)
	}
}

// any finds a channel, private ones of others included.
func (c *call) any(name string) (*channel, *failure) {
	ch := c.w.channels[c.text(name)]
	if ch == nil || ch.dm {
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

func (c *call) linked() (*channel, *idpGroup, *failure) {
	ch, f := c.any("channel_id")
	if f != nil {
		return nil, nil, f
	}
	g := c.w.idpGroups[c.text("group_id")]
	if g == nil {
		return nil, nil, fail("group_not_found")
	}
	return ch, g, nil
}

func restrictAddGroup(c *call) (answer, *failure) {
	ch, g, f := c.linked()
	if f == nil {
		f = c.w.link(ch, g)
	}
	return answer{}, f
}

func restrictRemoveGroup(c *call) (answer, *failure) {
	ch, g, f := c.linked()
	if f == nil {
		f = c.w.unlink(ch, g)
	}
	return answer{}, f
}

func restrictListGroups(c *call) (answer, *failure) {
	ch, f := c.any("channel_id")
	if f != nil {
		return nil, f
	}
	return answer{"group_ids": ch.links.all()}, nil
}

func adminConvertToPrivate(c *call) (answer, *failure) {
	ch, f := c.any("channel_id")
	switch {
	case f != nil:
		return nil, f
	case c.has("name") && c.w.nameTaken(c.text("name")):
		return nil, fail("name_taken")
	}
	if f := c.w.convertToPrivate(ch, c.me); f != nil {
		return nil, f
	}
	if name := c.text("name"); name != "" && checkChannelName(name) == nil {
		return answer{}, c.w.renameChannel(ch, name, c.me)
	}
	return answer{}, nil
}

func adminInvite(c *call) (answer, *failure) {
	ch, f := c.any("channel_id")
	if f != nil {
		return nil, f
	}
	ids := c.list("user_ids")
	if len(ids) > 1000 {
		return nil, invalid("must provide no more than 1000 users [json-pointer:/user_ids]")
	}
	failed := answer{}
	for _, id := range ids {
		u := c.w.users[id]
		switch {
		case u == nil:
			failed[id] = "user_not_found"
		case ch.archived:
			failed[id] = "is_archived"
		case u.deleted || !c.w.linkAllows(ch, u):
			failed[id] = "cant_invite"
		case u.ultra && !ch.members.has(u.id) && c.w.channelCount(u) > 0:
			failed[id] = "ura_max_channels"
		default:
			c.w.addMember(ch, u, c.me)
		}
	}
	if len(failed) > 0 {
		return nil, &failure{"failed_for_some_users", answer{"failed_user_ids": failed}}
	}
	return answer{}, nil
}

func adminSearch(c *call) (answer, *failure) {
	if n := c.number("limit"); n > 20 {
		return nil, invalid("must be less than or equal to the maximum [json-pointer:/limit]")
	}
	kinds := c.list("search_channel_types")
	for _, k := range kinds {
		if !slices.Contains([]string{"private", "archived", "private_exclude", "exclude_archived", "ext_shared", "multi_workspace", "org_wide"}, k) {
			return nil, fail("invalid_search_channel_type")
		}
	}
	if s := c.text("sort"); s != "" && !slices.Contains([]string{"relevant", "name", "member_count", "created"}, s) {
		return nil, fail("invalid_sort")
	}
	if s := c.text("sort_dir"); s != "" && s != "asc" && s != "desc" {
		return nil, fail("invalid_sort_dir")
	}
	var all []*channel
	for _, ch := range c.w.chanList {
		if !strings.Contains(ch.name, c.text("query")) ||
			slices.Contains(kinds, "private") && !ch.private || slices.Contains(kinds, "private_exclude") && ch.private ||
			slices.Contains(kinds, "archived") && !ch.archived || slices.Contains(kinds, "exclude_archived") && ch.archived ||
			slices.Contains(kinds, "ext_shared") && len(ch.connected) == 0 {
			continue
		}
		all = append(all, ch)
	}
	order := func(a, b *channel) int { return b.members.len() - a.members.len() }
	switch c.text("sort") {
	case "name":
		order = func(a, b *channel) int { return strings.Compare(b.name, a.name) }
	case "created":
		order = func(a, b *channel) int { return int(b.created - a.created) }
	}
	slices.SortStableFunc(all, order)
	if c.text("sort_dir") == "asc" {
		slices.Reverse(all)
	}
	if c.flag("total_count_only") {
		return answer{"total_count": len(all), "conversations": []answer{}, "next_cursor": ""}, nil
	}
	cut, next, f := page(c, all, func(ch *channel) string { return ch.id })
	if f != nil {
		return nil, f
	}
	list := []answer{}
	for _, ch := range cut {
		last, _ := strconv.ParseFloat(ch.lastTS, 64)
		list = append(list, answer{
			"id": ch.id, "name": ch.name, "purpose": ch.purpose.value, "member_count": ch.members.len(), "created": ch.created, "creator_id": ch.creator,
			"is_private": ch.private, "is_archived": ch.archived, "is_general": ch.general, "last_activity_ts": int64(last),
			"is_ext_shared": len(ch.connected) > 0, "is_global_shared": false, "is_org_default": false, "is_org_mandatory": false, "is_org_shared": false,
			"is_frozen": false, "is_pending_ext_shared": false, "connected_team_ids": nonNil(ch.connected), "pending_connected_team_ids": []string{},
			"internal_team_ids_count": 1, "internal_team_ids_sample_team": c.w.id,
		})
	}
	return answer{"conversations": list, "next_cursor": next, "total_count": len(all)}, nil
}
