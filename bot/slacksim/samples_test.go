package slacksim_test

import (
	"strings"

	"usher/bot/slacksim"
)

// sample says how to call a method so that it succeeds.
type sample struct {
	prepare func(*world)                   // what has to be true first
	args    func(*world) map[string]string // beyond the token
	scope   string                         // the one that reaches what args name, where kinds of conversation matter
	lacks   []string                       // pointers of the example that the answer does not carry; see exceptions
}

const homeView = `{"type":"home","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"hello","verbatim":false}}]}`
const modalView = `{"type":"modal","title":{"type":"plain_text","text":"Hello","emoji":true},"submit":{"type":"plain_text","text":"Go","emoji":true},"close":{"type":"plain_text","text":"No","emoji":true},
"blocks":[{"type":"input","optional":true,"label":{"type":"plain_text","text":"Why","emoji":true},"element":{"type":"plain_text_input"}}]}`
const buttonView = `{"type":"modal","title":{"type":"plain_text","text":"Hello","emoji":true},"close":{"type":"plain_text","text":"No","emoji":true},
"blocks":[{"type":"section","text":{"type":"plain_text","text":"press","emoji":true},"accessory":{"type":"button","action_id":"b","text":{"type":"plain_text","text":"OK"}}}]}`

func with(pairs ...string) func(*world) map[string]string {
	return func(w *world) map[string]string {
		args := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			value := pairs[i+1]
			if name, ok := strings.CutPrefix(value, "#"); ok {
				value = w.id(name)
			}
			args[pairs[i]] = value
		}
		return args
	}
}

// said posts a message to the lobby first and hands its ts to an argument.
func said(name string, pairs ...string) func(*world) map[string]string {
	return func(w *world) map[string]string {
		args := with(pairs...)(w)
		posted := w.bot("chat.postMessage", "channel", w.id("lobby"), "text", "hello")
		args[name], _ = posted["ts"].(string)
		return args
	}
}

// trigger presses a button so that a trigger is there to be used.
func trigger(view string) func(*world) map[string]string {
	return func(w *world) map[string]string {
		return map[string]string{"trigger_id": w.trigger("alice"), "view": view}
	}
}

// trigger lets a person run a command nobody answers, and takes the trigger
// from the socket.
func (w *world) trigger(as string) string {
	w.Helper()
	seen := w.triggers()
	w.act("", slacksim.Act{As: as, Do: "slash", Command: "/usher", Wait: "0s"})
	return <-seen
}

func samples() map[string]sample {
	bookmarked := func(w *world) string {
		got := w.bot("bookmarks.add", "channel_id", w.id("lobby"), "title", "Runbook", "type", "link", "link", "https://wiki.acme.test/")
		b, _ := got["bookmark"].(map[string]any)
		id, _ := b["id"].(string)
		return id
	}
	return map[string]sample{
		"api.test":              {args: with("foo", "bar")},
		"auth.test":             {args: with()},
		"auth.teams.list":       {args: with()},
		"apps.connections.open": {args: with()},
		"apps.event.authorizations.list": {args: func(w *world) map[string]string {
			w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "made-for-its-event"})
			var body struct {
				Context string `json:"event_context"`
			}
			decode(w.T, w.Events(0)[0].Payload, &body)
			return map[string]string{"event_context": body.Context}
		}, lacks: []string{"/authorizations/0/is_bot"}},
		"team.info": {args: with()},

		"conversations.list":       {args: with("limit", "2"), scope: "channels:read"},
		"conversations.info":       {args: with("channel", "#lobby"), scope: "channels:read"},
		"conversations.members":    {args: with("channel", "#lobby"), scope: "channels:read"},
		"conversations.history":    {args: said("oldest", "channel", "#lobby", "inclusive", "true"), scope: "channels:history"},
		"conversations.create":     {args: with("name", "brand-new"), scope: "channels:manage"},
		"conversations.join":       {args: with("channel", "#general"), scope: "channels:join", lacks: []string{"/warning", "/response_metadata"}},
		"conversations.leave":      {args: with("channel", "#lobby"), scope: "channels:manage"},
		"conversations.invite":     {args: with("channel", "#lobby", "users", "#bob"), scope: "channels:manage"},
		"conversations.kick":       {args: with("channel", "#lobby", "user", "#alice"), scope: "channels:manage", lacks: []string{"/errors"}},
		"conversations.rename":     {prepare: made, args: with("channel", "#bots-own", "name", "bots-other"), scope: "channels:manage"},
		"conversations.archive":    {args: with("channel", "#lobby"), scope: "channels:manage"},
		"conversations.unarchive":  {},
		"conversations.setTopic":   {args: with("channel", "#lobby", "topic", "Be kind"), scope: "channels:manage"},
		"conversations.setPurpose": {args: with("channel", "#lobby", "purpose", "Talk"), scope: "channels:manage"},
		"conversations.open":       {args: with("users", "#bob"), scope: "im:write"},

		"users.list":          {args: with("limit", "2")},
		"users.info":          {args: with("user", "#bob"), lacks: []string{"/user/profile/email"}},
		"users.lookupByEmail": {args: with("email", "bob@acme.test")},
		"users.profile.get":   {args: with("user", "#bob"), lacks: []string{"/profile/fields/Xf0111111", "/profile/fields/Xf0222222", "/profile/fields/Xf0333333"}},
		"users.conversations": {args: with(), scope: "channels:read"},

		"usergroups.list":         {args: with("include_count", "true"), lacks: []string{"/usergroups/0/auto_type", "/usergroups/0/user_count"}},
		"usergroups.create":       {args: with("name", "Fresh", "handle", "fresh")},
		"usergroups.update":       {args: with("usergroup", "#ops", "name", "Operations")},
		"usergroups.enable":       {prepare: func(w *world) { w.bot("usergroups.disable", "usergroup", w.id("ops")) }, args: with("usergroup", "#ops")},
		"usergroups.disable":      {args: with("usergroup", "#ops")},
		"usergroups.users.list":   {args: with("usergroup", "#ops")},
		"usergroups.users.update": {args: with("usergroup", "#ops", "users", "#carol")},

		"views.publish": {args: with("user_id", "#bob", "view", homeView)},
		"views.open":    {args: trigger(modalView)},
		"views.push": {prepare: func(w *world) { w.bot("views.open", "trigger_id", w.trigger("alice"), "view", modalView) },
			args: trigger(modalView)},
		"views.update": {args: func(w *world) map[string]string {
			opened := w.bot("views.open", "trigger_id", w.trigger("alice"), "view", modalView)
			view, _ := opened["view"].(map[string]any)
			id, _ := view["id"].(string)
			return map[string]string{"view_id": id, "view": buttonView}
		}},

		"chat.postMessage":   {args: with("channel", "#lobby", "text", "hi", "username", "Usher", "attachments", `[{"text":"more"}]`)},
		"chat.postEphemeral": {args: with("channel", "#lobby", "user", "#alice", "text", "hi")},
		"chat.update":        {args: said("ts", "channel", "#lobby", "text", "hello again")},
		"chat.delete":        {args: said("ts", "channel", "#lobby")},

		"bookmarks.add":  {args: with("channel_id", "#lobby", "title", "Runbook", "type", "link", "link", "https://wiki.acme.test/")},
		"bookmarks.list": {prepare: func(w *world) { bookmarked(w) }, args: with("channel_id", "#lobby")},
		"bookmarks.edit": {args: func(w *world) map[string]string {
			return map[string]string{"channel_id": w.id("lobby"), "bookmark_id": bookmarked(w), "title": "Better"}
		}},
		"bookmarks.remove": {args: func(w *world) map[string]string {
			return map[string]string{"channel_id": w.id("lobby"), "bookmark_id": bookmarked(w)}
		}},
		"pins.add": {args: said("timestamp", "channel", "#lobby")},
		"pins.list": {prepare: func(w *world) {
			args := said("timestamp", "channel", "#lobby")(w)
			w.bot("pins.add", "channel", args["channel"], "timestamp", args["timestamp"])
		}, args: with("channel", "#lobby")},
		"pins.remove": {args: func(w *world) map[string]string {
			args := said("timestamp", "channel", "#lobby")(w)
			w.bot("pins.add", "channel", args["channel"], "timestamp", args["timestamp"])
			return args
		}},

		"admin.conversations.restrictAccess.addGroup":   {args: with("channel_id", "#finance", "group_id", "S-IDP1")},
		"admin.conversations.restrictAccess.listGroups": {args: with("channel_id", "#finance")},
		"admin.conversations.restrictAccess.removeGroup": {
			prepare: func(w *world) {
				w.call(w.acme.AdminToken, "admin.conversations.restrictAccess.addGroup", "channel_id", w.id("finance"), "group_id", "S-IDP1")
			},
			args: with("channel_id", "#finance", "group_id", "S-IDP1", "team_id", "T01")},
		"admin.conversations.search":           {args: with("query", "fin")},
		"admin.conversations.invite":           {args: with("channel_id", "#finance", "user_ids", "#dave")},
		"admin.conversations.convertToPrivate": {args: with("channel_id", "#lobby")},

		"admin.users.invite": {args: with("email", "new@acme.test", "team_id", "T01", "channel_ids", "#lobby")},
		"admin.users.list":   {args: with("limit", "3")},
		"admin.users.assign": {prepare: func(w *world) { w.act("", slacksim.Act{Do: "deactivate", User: "bob"}) },
			args: with("team_id", "T01", "user_id", "#bob", "channel_ids", "#lobby")},
		"admin.users.remove": {args: with("team_id", "T01", "user_id", "#bob")},
		"admin.users.setExpiration": {prepare: func(w *world) { w.act("", slacksim.Act{Do: "set_role", User: "bob", Guest: "multi"}) },
			args: with("user_id", "#bob", "expiration_ts", "4102444800")},
		"admin.teams.list":                {args: with()},
		"admin.conversations.getTeams":    {args: with("channel_id", "#lobby")},
		"admin.usergroups.addTeams":       {args: with("usergroup_id", "S-IDP1", "team_ids", "T01")},
		"admin.usergroups.addChannels":    {args: with("usergroup_id", "S-IDP1", "channel_ids", "#lobby")},
		"admin.usergroups.removeChannels": {args: with("usergroup_id", "S-IDP1", "channel_ids", "#lobby")},
		"admin.usergroups.listChannels": {prepare: func(w *world) {
			w.call(w.acme.AdminToken, "admin.usergroups.addChannels", "usergroup_id", "S-IDP1", "channel_ids", w.id("lobby"))
		}, args: with("usergroup_id", "S-IDP1", "include_num_members", "true")},
		"reactions.add": {args: said("timestamp", "channel", "#lobby", "name", "thumbsup")},
	}
}

// made creates a channel of the bot's own.
func made(w *world) { w.bot("conversations.create", "name", "bots-own") }
