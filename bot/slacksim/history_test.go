package slacksim_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"usher/bot/slacksim"
	"usher/bot/slacksim/spec"
)

// seed is the test's, or SLACKSIM_SEED to replay one.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := rand.Uint64()
	if text := os.Getenv("SLACKSIM_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SLACKSIM_SEED=%d", n)
	return n
}

// heard is what an app knows that only listens to events.
type heard struct {
	archived map[string]bool
	names    map[string]string
	members  map[string][]string // where the bot is
	asked    map[string]bool     // just read from the Web API
}

func listen(s slacksim.Workspace, bot string) *heard {
	h := &heard{archived: map[string]bool{}, names: map[string]string{}, members: map[string][]string{}}
	for id, c := range s.Channels {
		if slices.Contains(c.Members, bot) {
			h.members[id] = slices.Clone(c.Members)
		}
		if !c.IsPrivate || slices.Contains(c.Members, bot) {
			h.names[id], h.archived[id] = c.Name, c.IsArchived
		}
	}
	return h
}

// hear takes one event in. Who is in a channel when the bot arrives is no
// event: an app asks then, and what comes after was in the answer.
func (h *heard) hear(t *testing.T, raw []byte, bot string, now map[string]slacksim.Channel) {
	t.Helper()
	var p struct {
		Event struct {
			Type          string
			User, Channel json.RawMessage
		}
	}
	decode(t, raw, &p)
	var c struct{ ID, Name string }
	if json.Unmarshal(p.Event.Channel, &c.ID) != nil && len(p.Event.Channel) > 0 {
		decode(t, p.Event.Channel, &c)
	}
	user := strings.Trim(string(p.Event.User), `"`)
	switch p.Event.Type {
	case "channel_created", "channel_rename", "group_rename":
		h.names[c.ID] = c.Name
	case "channel_archive", "group_archive":
		h.archived[c.ID] = true
	case "channel_unarchive", "group_unarchive":
		h.archived[c.ID] = false
	case "channel_deleted", "group_deleted":
		delete(h.names, c.ID)
		delete(h.archived, c.ID)
		delete(h.members, c.ID)
	case "member_joined_channel", "member_left_channel":
		if h.asked[c.ID] {
			return
		}
	}
	switch p.Event.Type {
	case "member_joined_channel":
		if user == bot {
			h.asked[c.ID], h.members[c.ID] = true, slices.Clone(now[c.ID].Members)
			h.names[c.ID], h.archived[c.ID] = now[c.ID].Name, now[c.ID].IsArchived
			return
		}
		if slices.Contains(h.members[c.ID], user) {
			t.Errorf("%s joined %s twice", user, c.ID)
		}
		h.members[c.ID] = append(h.members[c.ID], user)
	case "member_left_channel":
		if !slices.Contains(h.members[c.ID], user) {
			t.Errorf("%s left %s without being there", user, c.ID)
		}
		h.members[c.ID] = slices.DeleteFunc(h.members[c.ID], func(id string) bool { return id == user })
	case "channel_left", "group_left":
		delete(h.members, c.ID)
	}
}

// Whatever people do: what an app hears agrees with what is, everybody is in
// #general, and nobody is where they may not be.
func TestRandomHistories(t *testing.T) {
	n := seed(t)
	random := rand.New(rand.NewPCG(n, 1))
	w := start(t, grid)
	bot := w.acme.BotUserID
	known := listen(w.state(), bot)
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	people := []string{"alice", "alice", "bob", "carol", "dave", "usher"}
	rooms := []string{"general", "lobby", "finance", "r1", "r2", "r3"}
	done, joins, last := 0, 0, 0
	for range 4000 {
		a := slacksim.Act{As: pick(people...), Channel: pick(rooms...), Users: names(pick(people...)), User: pick(people[2:5]...), IDPGroup: pick("S-IDP1", "S-IDP2")}
		a.Do = pick("join", "join", "leave", "invite", "invite", "invite", "kick", "kick", "create_channel", "rename", "archive", "unarchive", "unarchive", "unarchive", "delete_channel", "convert_private", "deactivate", "reactivate", "reactivate", "set_idp_group")
		if a.Do == "delete_channel" && random.IntN(4) > 0 || a.Do == "rename" && a.Channel == "general" {
			a.Do = "join"
		}
		switch a.Do {
		case "create_channel", "rename":
			a.Name, a.Private = pick(rooms[3:]...), random.IntN(2) == 0
		case "set_idp_group":
			a.Members = &slacksim.Names{pick(people[:5]...), pick(people[:5]...)}
		case "invite", "kick":
			if a.As == "usher" {
				method := map[string]string{"invite": "users", "kick": "user"}[a.Do]
				w.bot("conversations."+a.Do, "channel", w.maybe(a.Channel), method, w.maybe(a.Users[0]))
				a.Do, a.As = "join", "alice"
			}
		}
		if random.IntN(20) == 0 {
			method := pick("add", "remove")
			w.call(w.acme.AdminToken, "admin.conversations.restrictAccess."+method+"Group", "team_id", "T01", "channel_id", w.maybe(a.Channel), "group_id", a.IDPGroup)
		}
		if w.Act(t.Context(), a).OK {
			done++
		}
		known.asked = map[string]bool{}
		now := w.state().Channels
		for _, e := range w.Events(last) {
			known.hear(t, e.Payload, bot, now)
			if last = e.N; e.Type == "member_joined_channel" {
				joins++
			}
		}
	}
	s := w.state()
	for id, c := range s.Channels {
		in := slices.Contains(c.Members, bot)
		if (!c.IsPrivate || in) && (known.archived[id] != c.IsArchived || known.names[id] != c.Name) {
			t.Errorf("#%s (archived %v) is known as #%s (archived %v)", c.Name, c.IsArchived, known.names[id], known.archived[id])
		}
		if got := known.members[id]; in && fmt.Sprint(got) != fmt.Sprint(c.Members) {
			t.Errorf("#%s has members %v, heard %v", c.Name, c.Members, got)
		}
		people := 0
		for _, m := range c.Members {
			u := s.Users[m]
			if !u.IsBot {
				people++
			}
			linked := slices.ContainsFunc(s.Links[id], func(g string) bool { return slices.Contains(s.IDPGroups[g].Members, m) })
			if u.Deleted || len(s.Links[id]) > 0 && !linked && !u.IsBot {
				t.Errorf("%s may not be in #%s", u.Name, c.Name)
			}
		}
		if c.IsPrivate && !c.IsArchived && people == 0 && len(c.Members) > 0 && c.Creator != bot {
			t.Errorf("#%s has nobody and is not archived", c.Name)
		}
	}
	for _, u := range s.Users {
		if !u.Deleted && !u.IsBot && !slices.Contains(w.channel("general").Members, u.ID) {
			t.Errorf("%s is not in #general", u.Name)
		}
	}
	t.Logf("%d acts done, %d joins heard", done, joins)
	if done < 150 || joins < 15 {
		t.Errorf("only %d acts were done and %d joins heard: the history shows nothing", done, joins)
	}
}

// maybe is the id of what is called so, or the name when nothing is.
func (w *world) maybe(name string) string {
	s := w.state()
	for id, c := range s.Channels {
		if c.Name == name {
			return id
		}
	}
	for id, u := range s.Users {
		if u.Name == name {
			return id
		}
	}
	return name
}

// Any argument may hold anything: every call is answered, with a code.
func TestAnyInputIsAnswered(t *testing.T) {
	n := seed(t)
	random := rand.New(rand.NewPCG(n, 2))
	w := start(t, grid)
	values := []string{
		"", "0", "-1", "1e9", "true", "null", "{}", "[]", "[1]", `["x"]`, `{"type":"modal"}`, `{"type":"home","blocks":[null,1,{}]}`, `[{"type":"actions","elements":[{}]}]`,
		"\x00", "ü", strings.Repeat("x", 5000), "1.1", "dXNlcjox", "OjE=", "public_channel,private_channel,im,mpim", homeView, modalView,
		w.id("general"), w.id("lobby"), w.id("finance"), w.id("alice"), w.id("bob"), w.id("usher"), w.id("ops"), "S-IDP1", "T01", "https://wiki.acme.test", "link", "a@acme.test",
	}
	documented := spec.Methods()
	served := slacksim.Served()
	good := 0
	for range 4000 {
		m := documented[served[random.IntN(len(served))]]
		args := map[string]string{}
		for arg := range m.Args {
			if arg != "token" && (random.IntN(3) == 0 || slices.Contains(m.Required, arg)) {
				args[arg] = values[random.IntN(len(values))]
			}
		}
		got := w.call(w.tokenFor(m), m.Name, pairs(args)...)
		code, _ := got["error"].(string)
		if ok, _ := got["ok"].(bool); ok {
			good++
		} else if code == "" {
			t.Errorf("%s %v: %v", m.Name, args, got)
		}
	}
	t.Logf("%d of 4000 calls were good", good)
	if good < 100 {
		t.Errorf("only %d calls were good: hardly a handler was reached", good)
	}
	for range 500 {
		body := map[string]any{"as": "alice"}
		for _, field := range []string{"do", "channel", "user", "name", "text", "command", "action_id", "view_id", "ts", "usergroup", "idp_group", "role", "query"} {
			body[field] = values[random.IntN(len(values))]
		}
		body["do"] = []string{"join", "post", "rename", "create_channel", "add_user", "set_role", "set_usergroup", "edit_usergroup", "set_idp_group", "close", "click", "suggest", "submit", "set_profile"}[random.IntN(14)]
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := w.control("POST", "act", string(raw)); got["ok"] != true && got["error"] == "" {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
