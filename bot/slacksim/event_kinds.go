package slacksim

import (
	"maps"
	"strings"
)

// emitChannel tells of a change to a channel: what is created, rename,
// deleted, archive or unarchive. Public channels are known to every app,
// private ones only where the bot is a member.
func (w *workspace) emitChannel(what string, c *channel, more answer) {
	switch {
	case c.dm:
	case !c.private:
		w.emit("channel_"+what, "channels:read", merge(channelRef(what, c), more))
	case c.members.has(w.bot.id) && what != "created":
		w.emit("group_"+what, "groups:read", merge(channelRef(what, c), more))
	}
}

func channelRef(what string, c *channel) answer {
	switch what {
	case "created":
		return answer{"channel": answer{
			"id": c.id, "name": c.name, "name_normalized": c.name, "created": c.created, "creator": c.creator, "updated": c.updated,
			"is_channel": true, "is_group": false, "is_im": false, "is_mpim": false, "is_private": false, "is_archived": false,
			"is_general": c.general, "is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
			"is_frozen": false, "unlinked": 0, "parent_conversation": nil, "previous_names": []string{}, "pending_shared": []string{},
		}}
	case "rename":
		return answer{"channel": answer{"id": c.id, "name": c.name, "name_normalized": c.name, "created": c.created, "is_channel": !c.private, "is_mpim": false}}
	}
	return answer{"channel": c.id}
}

func merge(into, from answer) answer {
	maps.Copy(into, from)
	return into
}

// channelType is what member events call the two kinds.
func channelType(c *channel) string {
	if c.private {
		return "G"
	}
	return "C"
}

func (w *workspace) memberEvent(kind string, c *channel, u, by *user) {
	event := answer{"user": u.id, "channel": c.id, "channel_type": channelType(c), "team": u.team}
	if w.grid() {
		event["enterprise"] = w.enterprise
	}
	if by != nil && by != u {
		event["inviter"] = by.id
	}
	w.emit(kind, c.kind()+":read", event)
}

// emitJoined tells the app of somebody new where the bot is a member, its own
// arrival included. by is absent when they joined by themselves.
func (w *workspace) emitJoined(c *channel, u, by *user) {
	if !c.dm && c.members.has(w.bot.id) {
		w.memberEvent("member_joined_channel", c, u, by)
	}
}

// emitLeft tells the app of somebody gone, if the bot was a member. The bot's
// own removal comes as channel_left or group_left alone.
func (w *workspace) emitLeft(c *channel, u, by *user, botWasIn bool) {
	if by == nil {
		by = u
	}
	switch {
	case c.dm || !botWasIn:
	case u != w.bot:
		w.memberEvent("member_left_channel", c, u, nil)
	case c.private:
		w.emit("group_left", "", answer{"channel": c.id, "actor_id": by.id})
	default:
		w.emit("channel_left", "", answer{"channel": c.id, "actor_id": by.id})
	}
}

// emitUser tells of team_join, user_change or user_profile_changed.
func (w *workspace) emitUser(kind string, u *user) {
	w.emit(kind, "", answer{"user": u.body(w), "cache_ts": w.unix()})
}

// subteamCut is how many people subteam_updated names at most.
const subteamCut = 500

func (w *workspace) emitGroup(kind string, g *usergroup) {
	body := g.body(w, true, true)
	if ids := g.members.all(); len(ids) > subteamCut {
		body["users"] = ids[:subteamCut]
	}
	w.emit(kind, "", answer{"subteam": body})
}

func (w *workspace) emitGroupMembers(g *usergroup, previous int64, added, removed []string) {
	w.emit("subteam_members_changed", "", answer{
		"subteam_id": g.id, "team_id": w.id, "date_previous_update": previous, "date_update": g.updated,
		"added_users": nonNil(added), "added_users_count": len(added),
		"removed_users": nonNil(removed), "removed_users_count": len(removed),
	})
}

// emitMessage tells of something said where the bot is, and once more if it was
// said to the bot.
func (w *workspace) emitMessage(c *channel, m *message) {
	if !c.members.has(w.bot.id) {
		return
	}
	if !c.dm && m.user != w.bot.id && strings.Contains(m.text, "<@"+w.bot.id+">") {
		w.emit("app_mention", "", merge(m.body(), answer{"channel": c.id, "event_ts": m.ts, "team": w.id}))
	}
	w.emit("message", c.kind()+":history", merge(m.body(), answer{"channel": c.id, "channel_type": messageType(c), "event_ts": m.ts, "team": w.id}))
}

// messageType is what message events call the kinds of conversation.
func messageType(c *channel) string {
	return map[string]string{"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}[c.kind()]
}

// emitEdited tells that a message is not what it was, or no more.
func (w *workspace) emitEdited(m *message, before answer) {
	c := w.channels[m.channel]
	if m.to != "" || c == nil || !c.members.has(w.bot.id) {
		return
	}
	ts := w.ts()
	event := answer{"hidden": true, "ts": ts, "event_ts": ts, "channel": c.id, "channel_type": messageType(c), "previous_message": before}
	if m.deleted {
		event["subtype"], event["deleted_ts"] = "message_deleted", m.ts
	} else {
		event["subtype"], event["message"] = "message_changed", m.body()
	}
	w.emit("message", c.kind()+":history", event)
}

// emitShared tells that a share with another team began or ended.
func (w *workspace) emitShared(kind string, c *channel, team string) {
	if !c.private || c.members.has(w.bot.id) {
		w.emit(kind, c.kind()+":read", answer{"channel": c.id, "connected_team_id": team})
	}
}
