package slacksim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/bot/slacksim/spec"
)

// kinds are the types of the events made after the given number.
func (w *world) kinds(since int) []string {
	out := []string{}
	for _, e := range w.Events(since) {
		out = append(out, e.Type)
	}
	return out
}

func TestWhichChangesTheAppHearsOf(t *testing.T) {
	w := start(t, acme)
	text := "x"
	for _, c := range []struct {
		act  slacksim.Act
		want []string
	}{
		{slacksim.Act{As: "bob", Do: "create_channel", Name: "open"}, []string{"channel_created"}},
		{slacksim.Act{As: "bob", Do: "create_channel", Name: "closed", Private: true}, nil},
		{slacksim.Act{As: "bob", Do: "rename", Channel: "closed", Name: "shut"}, nil}, // private, the bot is out
		{slacksim.Act{As: "bob", Do: "invite", Channel: "open", Users: names("carol")}, nil},
		{slacksim.Act{As: "bob", Do: "invite", Channel: "shut", Users: names("usher")}, []string{"member_joined_channel"}},
		{slacksim.Act{As: "bob", Do: "invite", Channel: "shut", Users: names("carol")}, []string{"member_joined_channel"}},
		{slacksim.Act{As: "bob", Do: "rename", Channel: "shut", Name: "locked"}, []string{"group_rename"}},
		{slacksim.Act{As: "bob", Do: "archive", Channel: "locked"}, []string{"group_archive"}},
		{slacksim.Act{As: "bob", Do: "unarchive", Channel: "locked"}, []string{"group_unarchive"}},
		{slacksim.Act{As: "carol", Do: "leave", Channel: "locked"}, []string{"member_left_channel"}},
		{slacksim.Act{As: "alice", Do: "set_preference", Name: "remove_from_public", Value: "everyone"}, nil},
		{slacksim.Act{As: "bob", Do: "kick", Channel: "locked", Users: names("usher")}, []string{"group_left"}},
		{slacksim.Act{As: "bob", Do: "kick", Channel: "random", Users: names("usher")}, []string{"channel_left"}},
		{slacksim.Act{As: "bob", Do: "rename", Channel: "open", Name: "opened"}, []string{"channel_rename"}},
		{slacksim.Act{As: "bob", Do: "archive", Channel: "opened"}, []string{"channel_archive"}},
		{slacksim.Act{As: "bob", Do: "unarchive", Channel: "opened"}, []string{"channel_unarchive"}},
		{slacksim.Act{As: "alice", Do: "delete_channel", Channel: "opened"}, []string{"channel_deleted"}},
		{slacksim.Act{As: "alice", Do: "delete_channel", Channel: "finance-department"}, []string{"group_deleted"}},
		{slacksim.Act{As: "alice", Do: "share_external", Channel: "random", With: "T99"}, []string{"channel_shared"}},
		{slacksim.Act{As: "alice", Do: "unshare_external", Channel: "random"}, []string{"channel_unshared"}},
		{slacksim.Act{As: "alice", Do: "add_user", User: "dave"}, []string{"team_join"}},
		{slacksim.Act{As: "bob", Do: "set_profile", RealName: &text}, []string{"user_change", "user_profile_changed"}},
		{slacksim.Act{As: "alice", Do: "deactivate", User: "dave"}, []string{"user_change"}},
		{slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "ops", Members: &slacksim.Names{"bob"}}, []string{"subteam_created", "subteam_updated", "subteam_members_changed"}},
		{slacksim.Act{As: "alice", Do: "edit_usergroup", Usergroup: "ops", Name: "Operations"}, []string{"subteam_updated"}},
		{slacksim.Act{As: "alice", Do: "disable_usergroup", Usergroup: "ops"}, []string{"subteam_updated"}},
		{slacksim.Act{As: "bob", Do: "open_home"}, []string{"app_home_opened"}},
		{slacksim.Act{As: "bob", Do: "post", Channel: "general", Text: "hi"}, nil}, // not subscribed
	} {
		since := len(w.Events(0))
		w.act("", c.act)
		if got := w.kinds(since); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%+v made %v, want %v", c.act, got, c.want)
		}
	}
}

func TestAnEventNeedsItsScope(t *testing.T) {
	w := start(t, acme, func(o *slacksim.Options) { o.BotScopes = []string{"channels:read", "usergroups:read"} })
	w.act("", slacksim.Act{As: "alice", Do: "add_user", User: "dave"})
	w.act("", slacksim.Act{As: "alice", Do: "invite", Channel: "finance-department", Users: names("carol")})
	w.act("", slacksim.Act{As: "alice", Do: "invite", Channel: "random", Users: names("dave")})
	if got := w.kinds(0); !slices.Equal(got, []string{"member_joined_channel"}) {
		t.Errorf("got %v", got)
	}
}

func TestAfterUninstallingThereIsNothingMore(t *testing.T) {
	w := start(t, acme)
	w.act("not_an_admin", slacksim.Act{As: "bob", Do: "uninstall_app"})
	w.act("", slacksim.Act{As: "alice", Do: "uninstall_app"})
	w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "fresh"})
	if got := w.kinds(0); !slices.Equal(got, []string{"tokens_revoked", "app_uninstalled"}) {
		t.Errorf("got %v", got)
	}
	w.refuses("account_inactive", w.bot("auth.test"))
	w.act("invalid_command", slacksim.Act{As: "bob", Do: "slash", Command: "/usher"})
}

// An id stands for one thing for ever, whatever has its name later.
func TestIDsDoNotComeBack(t *testing.T) {
	w := start(t, grid)
	room := w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "inc-1"}).Channel.ID
	w.act("", slacksim.Act{As: "alice", Do: "post", Channel: room, Text: "of the first"})
	w.act("", slacksim.Act{As: "alice", Do: "delete_channel", Channel: room})
	for _, m := range w.state().Messages {
		if m.Channel == room && !m.Deleted {
			t.Errorf("%q outlived its channel", m.Text)
		}
	}
	again := w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "inc-1"}).Channel.ID
	if again == room {
		t.Errorf("another channel is %s too", again)
	}
	w.refuses("channel_not_found", w.bot("conversations.info", "channel", room))
	group := func() string {
		status, made := w.scim("POST", "Groups", map[string]any{"displayName": "Sales"})
		if status != 201 {
			t.Fatal(status, made)
		}
		return fmt.Sprint(made["id"])
	}
	first := group()
	if status, got := w.scim("DELETE", "Groups/"+first, nil); status != 204 {
		t.Fatal(status, got)
	}
	if second := group(); second == first {
		t.Errorf("another group is %s too", second)
	}
}

func TestMessagesAreForSubscribers(t *testing.T) {
	w := start(t, acme, func(o *slacksim.Options) { o.Events = []string{"message.channels"} })
	w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "hi"})
	w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "finance-department", Text: "hi"})
	w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "general", Text: "hi"}) // the bot is out
	if got := w.kinds(0); !slices.Equal(got, []string{"message"}) {
		t.Errorf("got %v", got)
	}
}

// An app that listens to what is said hears it where it is, direct messages and
// its own words included, and once more what is said to it.
func TestWhatIsSaid(t *testing.T) {
	w := start(t, acme, func(o *slacksim.Options) { o.Events = slacksim.MessageEvents() })
	usher := w.id("usher")
	for _, c := range []struct {
		say  func() string
		want []string
	}{
		{func() string { return w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "hi"}).TS }, names("message")},
		{func() string {
			return w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "general", Text: "hi <@" + usher + ">"}).TS
		}, nil},
		{func() string {
			return w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "finance-department", Text: "<@" + usher + "> hi"}).TS
		}, names("app_mention", "message")},
		{func() string {
			return w.act("", slacksim.Act{As: "bob", Do: "post", Channel: usher, Text: "hi <@" + usher + ">"}).TS
		}, names("message")},
		{func() string {
			return fmt.Sprint(w.bot("chat.postMessage", "channel", w.id("random"), "text", "I am <@"+usher+">")["ts"])
		}, names("message")},
	} {
		since := len(w.Events(0))
		ts := c.say()
		if got := w.kinds(since); !slices.Equal(got, c.want) {
			t.Errorf("made %v, want %v", got, c.want)
		}
		for _, e := range w.Events(since) {
			var payload struct {
				Event struct {
					Text, TS, Channel, User string
					EventTS                 string `json:"event_ts"`
				}
			}
			decode(t, e.Payload, &payload)
			if got := payload.Event; got.Text == "" || got.User == "" || got.Channel == "" || got.TS != ts || got.EventTS != ts {
				t.Errorf("%s says %+v at %s", e.Type, got, ts)
			}
		}
	}
}

// Whoever listens hears of changes and deletions too, with what was said before.
func TestWhatIsSaidMayChange(t *testing.T) {
	w := start(t, acme, func(o *slacksim.Options) { o.Events = slacksim.MessageEvents() })
	room := w.id("random")
	ts := fmt.Sprint(w.bot("chat.postMessage", "channel", room, "text", "first")["ts"])
	w.refuses("", w.bot("pins.add", "channel", room, "timestamp", ts))
	whisper := fmt.Sprint(w.bot("chat.postEphemeral", "channel", room, "user", w.id("bob"), "text", "psst")["message_ts"])
	for _, c := range []struct {
		want   string
		change func() map[string]any
	}{
		{"message_changed first second", func() map[string]any { return w.bot("chat.update", "channel", room, "ts", ts, "text", "second") }},
		{"message_deleted second ", func() map[string]any { return w.bot("chat.delete", "channel", room, "ts", ts) }},
	} {
		since := len(w.Events(0))
		w.refuses("", c.change())
		made := w.Events(since)
		if len(made) != 1 || made[0].Type != "message" {
			t.Fatalf("%s: made %v", c.want, w.kinds(since))
		}
		type said struct{ Text, TS string }
		var payload struct {
			Event struct {
				Subtype, Channel string
				DeletedTS        string `json:"deleted_ts"`
				Message          said
				Previous         said `json:"previous_message"`
			}
		}
		decode(t, made[0].Payload, &payload)
		e := payload.Event
		if got := e.Subtype + " " + e.Previous.Text + " " + e.Message.Text; got != c.want || e.Channel != room || e.Previous.TS != ts || e.Message.TS+e.DeletedTS != ts {
			t.Errorf("got %+v, want %s", e, c.want)
		}
	}
	if pins := w.channel("random").Pins; len(pins) > 0 {
		t.Errorf("what was deleted is still pinned: %v", pins)
	}
	since := len(w.Events(0))
	w.refuses("message_not_found", w.bot("chat.delete", "channel", room, "ts", whisper))
	if got := w.kinds(since); len(got) > 0 {
		t.Errorf("a whisper made %v", got)
	}
}

// The app of a workspace file has the scopes and subscriptions that it says.
func TestTheFileSaysWhatTheAppMay(t *testing.T) {
	w := start(t, "app: {scopes: [channels:read], user_scopes: [], events: [channel_created, team_join]}"+acme, func(o *slacksim.Options) {
		o.Events = slacksim.MessageEvents()
	})
	w.refuses("", w.bot("conversations.info", "channel", w.id("random")))
	if got := w.bot("users.list"); got["error"] != "missing_scope" || got["needed"] != "users:read" || got["provided"] != "channels:read" {
		t.Errorf("users.list: %v", got)
	}
	if got := w.call(w.acme.AdminToken, "users.list"); got["error"] != "missing_scope" || got["provided"] != "" {
		t.Errorf("users.list as administrator: %v", got)
	}
	w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "hi"})
	w.act("", slacksim.Act{As: "bob", Do: "create_channel", Name: "fresh"})
	w.act("", slacksim.Act{As: "bob", Do: "rename", Channel: "fresh", Name: "stale"})
	w.act("", slacksim.Act{As: "alice", Do: "add_user", User: "dave"}) // subscribed, without users:read
	if got := w.kinds(0); !slices.Equal(got, names("channel_created")) {
		t.Errorf("events %v", got)
	}
}

func TestAPrivateChannelsIDChangesWhenShared(t *testing.T) {
	w := start(t, `{workspaces: [{id: T01, name: acme, users: [{name: alice, owner: true}], channels: [{id: G0OLD, name: old, private: true, members: [alice, usher]}]}]}`)
	w.act("", slacksim.Act{Team: "T99", As: "alice", Do: "share_external", Channel: "old"})
	if got := w.kinds(0); !slices.Equal(got, []string{"channel_id_changed", "channel_shared"}) {
		t.Errorf("got %v", got)
	}
	if c := w.channel("old"); c.ID != "C0OLD" || !c.IsExtShared {
		t.Errorf("channel %+v", c)
	}
}

// Numbers that the documentation shows in quotes come without, as slack-go
// reads them.
func TestEventsHaveTheDocumentedFields(t *testing.T) {
	w := start(t, grid, func(o *slacksim.Options) { o.Events = []string{"message.channels"} })
	text := "x"
	for _, a := range []slacksim.Act{
		{As: "bob", Do: "create_channel", Name: "open"},
		{As: "bob", Do: "rename", Channel: "open", Name: "opened"},
		{As: "bob", Do: "archive", Channel: "opened"},
		{As: "bob", Do: "unarchive", Channel: "opened"},
		{As: "alice", Do: "delete_channel", Channel: "opened"},
		{As: "alice", Do: "invite", Channel: "lobby", Users: names("bob")},
		{As: "bob", Do: "post", Channel: "lobby", Text: "hi"},
		{As: "bob", Do: "leave", Channel: "lobby"},
		{As: "alice", Do: "rename", Channel: "finance", Name: "money"},
		{As: "alice", Do: "archive", Channel: "money"},
		{As: "alice", Do: "unarchive", Channel: "money"},
		{As: "alice", Do: "kick", Channel: "lobby", Users: names("usher")},
		{As: "alice", Do: "delete_channel", Channel: "money"},
		{As: "alice", Do: "add_user", User: "erin"},
		{As: "bob", Do: "set_profile", RealName: &text},
		{As: "alice", Do: "set_usergroup", Usergroup: "fresh", Members: &slacksim.Names{"bob"}},
		{As: "alice", Do: "create_channel", Name: "hidden", Private: true},
		{As: "alice", Do: "invite", Channel: "hidden", Users: names("usher")},
		{As: "alice", Do: "kick", Channel: "hidden", Users: names("usher")},
	} {
		w.act("", a)
	}
	excused := map[string][]string{"subteam_created": {"/subteam/user_count"}}
	documented := spec.Events()
	seen := map[string]bool{}
	for _, e := range w.Events(0) {
		var outer map[string]any
		if err := json.Unmarshal(e.Payload, &outer); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"token", "team_id", "api_app_id", "event", "type", "event_id", "event_time", "authorizations", "is_ext_shared_channel", "event_context"} {
			if _, ok := outer[field]; !ok {
				t.Errorf("%s: the outer payload has no %s", e.Type, field)
			}
		}
		kind, ok := documented[e.Type]
		if !ok {
			t.Errorf("%s is not documented", e.Type)
		}
		seen[e.Type] = true
		for _, pointer := range spec.Missing(kind.Example, outer["event"]) {
			joined := pointer == "/inviter" || slices.Contains(excused[e.Type], pointer)
			if !joined {
				t.Errorf("%s has no %s of the documented type", e.Type, pointer)
			}
		}
	}
	for kind, e := range documented {
		if e.Example != nil && !seen[kind] && kind != "hello" {
			t.Errorf("no %s was made", kind)
		}
	}
}

func TestEventsOfAWorkspaceKeepTheirOrderAndReachTheirApp(t *testing.T) {
	w := start(t, `{workspaces: [{id: T01, name: one, users: [{name: alice, owner: true}], channels: [{name: a, members: [usher]}]},
	  {id: T02, name: two, users: [{name: alice, owner: true}], channels: [{name: a, members: [usher]}]}]}`)
	a := w.connect(nil)
	for range 20 {
		for _, team := range []string{"T01", "T02"} {
			w.act("", slacksim.Act{Team: team, As: "alice", Do: "join", Channel: "a"})
			w.act("", slacksim.Act{Team: team, As: "alice", Do: "leave", Channel: "a"})
		}
	}
	got := map[string][]string{}
	for range 80 {
		evt := <-a.events
		var p struct {
			Team  string `json:"team_id"`
			Event struct{ Type string }
		}
		decode(t, evt.Request.Payload, &p)
		got[p.Team] = append(got[p.Team], p.Event.Type)
	}
	for team, kinds := range got {
		for i, kind := range kinds {
			if want := []string{"member_joined_channel", "member_left_channel"}[i%2]; kind != want {
				t.Fatalf("%s: event %d is %s, want %s", team, i, kind, want)
			}
		}
	}
}

func TestPastTheHoursEventsTheAppIsOnlyTold(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, acme, func(o *slacksim.Options) {
		o.NoRateLimits, o.EventsPerHour = false, 20
		o.Now = func() time.Time { return clock }
	})
	again := func(times int) {
		for range times {
			w.act("", slacksim.Act{As: "mallory", Do: "join", Channel: "random"})
			w.act("", slacksim.Act{As: "mallory", Do: "leave", Channel: "random"})
		}
	}
	again(10)
	if got := w.kinds(0); len(got) != 20 {
		t.Fatalf("%d events", len(got))
	}
	again(5)
	got := w.Events(20)
	if len(got) != 1 || got[0].Type != "app_rate_limited" || strings.Contains(string(got[0].Payload), `"event"`) {
		t.Errorf("past the limit: %+v", got)
	}
	clock = clock.Add(time.Hour)
	again(1)
	if got := w.kinds(21); len(got) != 2 {
		t.Errorf("an hour later: %v", got)
	}
}

func TestTheAppIsToldWhoPutItOut(t *testing.T) {
	w := start(t, acme)
	w.act("", slacksim.Act{As: "alice", Do: "kick", Channel: "random", Users: names("usher")})
	w.act("", slacksim.Act{As: "bob", Do: "kick", Channel: "finance-department", Users: names("usher")})
	for i, want := range []string{"channel_left " + w.id("alice"), "group_left " + w.id("bob")} {
		var p struct {
			Event struct {
				Type  string
				Actor string `json:"actor_id"`
			}
		}
		decode(t, w.Events(0)[i].Payload, &p)
		if got := p.Event.Type + " " + p.Event.Actor; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
