package directory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/directory"
	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestEventsAreFollowedWithoutACall(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	made := len(w.Calls(0))
	for _, a := range []slacksim.Act{
		{As: "mallory", Do: "join", Channel: "random"},
		{As: "bob", Do: "leave", Channel: "random"},
		{As: "alice", Do: "invite", Channel: "finance-department", Users: slacksim.Names{"carol"}},
		{As: "alice", Do: "kick", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}},
		{As: "alice", Do: "rename", Channel: "finance-forecast", Name: "finance-plan"},
		{As: "alice", Do: "archive", Channel: "finance-plan"},
		{As: "bob", Do: "create_channel", Name: "fresh"},
		{As: "alice", Do: "delete_channel", Channel: "lobby"},
		{As: "alice", Do: "deactivate", User: "gus"},
		{As: "alice", Do: "set_usergroup", Usergroup: "finance", Members: &slacksim.Names{"bob", "carol"}},
		{As: "alice", Do: "set_usergroup", Usergroup: "fresh-group", Members: &slacksim.Names{"bob"}},
		{As: "alice", Do: "disable_usergroup", Usergroup: "ops"},
	} {
		w.act(a)
		if wants := w.tell(w.events()...); len(wants) > 0 {
			t.Errorf("%s asks for %v", a.Do, wants)
		}
		if t.Failed() {
			break
		}
	}
	w.same()
	if n := len(w.Calls(0)) - made; n > 0 {
		t.Errorf("%d calls were made", n)
	}
}

// Two connections may carry Usher's return before its going. Whoever came in
// between was not told of.
func TestUsherIsBackBeforeItIsGone(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	w.act(slacksim.Act{As: "alice", Do: "kick", Channel: "finance-forecast", Users: slacksim.Names{"usher"}})
	gone := w.events()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"carol"}})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"usher"}})
	w.tell(w.events()...)
	wants := w.tell(gone...)
	id := w.channel("finance-forecast")
	if c, _ := w.snapshot().Channel(id); !c.BotIn || w.snapshot().Members(id).Complete {
		t.Errorf("Usher in it: %v, its list known: %v", c.BotIn, w.snapshot().Members(id).Complete)
	}
	if len(wants) != 1 {
		t.Errorf("asks for %v", wants)
	}
	w.read(wants)
	w.same()
}

func TestWhatAnEventLeavesOpenIsAskedFor(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	lobby, secret := w.channel("lobby"), w.channel("secret")
	for _, tt := range []struct {
		name string
		act  slacksim.Act
		want action.Refresh
	}{
		{"usher comes into a public channel", slacksim.Act{As: "alice", Do: "invite", Channel: "lobby", Users: slacksim.Names{"usher"}}, action.Refresh{Channel: lobby}},
		{"usher comes into a private channel", slacksim.Act{As: "alice", Do: "invite", Channel: "secret", Users: slacksim.Names{"usher"}}, action.Refresh{Channel: secret}},
	} {
		w.act(tt.act)
		wants := w.tell(w.events()...)
		if !slices.Contains(wants, tt.want) {
			t.Errorf("%s: asks for %v", tt.name, wants)
		}
		if w.snapshot().Members(tt.want.Channel).Complete {
			t.Errorf("%s: its members count as known", tt.name)
		}
		w.read(wants)
		w.same()
	}
	w.act(slacksim.Act{As: "alice", Do: "kick", Channel: "secret", Users: slacksim.Names{"usher"}})
	w.hear()
	if c, ok := w.snapshot().Channel(secret); ok && c.BotIn || w.snapshot().Members(secret).Complete {
		t.Error("usher is out, and the list counts as known")
	}
	w.same()
}

// People, channels and groups change at random; events come twice, late, and
// before their elders. When all have come and what they ask for was read, the
// mirror is as Slack is.
func TestRandomHistories(t *testing.T) {
	for range 12 {
		seed := rand.Uint64()
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := start(t, acme)
			r := rand.New(rand.NewPCG(seed, 1))
			w.refresh()
			for range 6 {
				for range 15 {
					w.try(randomAct(r)) // some are refused
				}
				switch r.IntN(5) {
				case 0: // the connection was gone
					w.events()
					w.Doubt(team, time.Now().Add(-time.Hour))
					w.refresh()
				case 1: // the program was
					if err := w.Save(t.Context(), team); err != nil {
						t.Fatal(err)
					}
					w.events()
					w.restart(time.Time{})
					w.refresh()
				default:
					events := w.events()
					for range r.IntN(4) {
						if len(events) > 0 {
							events = append(events, events[r.IntN(len(events))]) // again
						}
					}
					window := 1 + r.IntN(4)
					for i := range events { // out of order by a little
						j := min(len(events)-1, i+r.IntN(window))
						events[i], events[j] = events[j], events[i]
					}
					w.read(w.tell(events...))
				}
				if wrong := w.differences(); len(wrong) > 0 {
					t.Fatalf("the mirror differs:\n%s", strings.Join(wrong, "\n"))
				}
			}
		})
	}
}

func randomAct(r *rand.Rand) slacksim.Act {
	pick := func(names ...string) string { return names[r.IntN(len(names))] }
	someone := func() string { return pick("alice", "bob", "carol", "mallory", "gus") }
	room := func() string {
		return pick("general", "random", "lobby", "finance-department", "finance-forecast", "secret", "fresh", "other")
	}
	group := func() string { return pick("finance", "ops", "extra") }
	title := pick("Clerk", "Boss", "")
	switch r.IntN(16) {
	case 0, 1, 2:
		return slacksim.Act{As: someone(), Do: "join", Channel: room()}
	case 3, 4:
		return slacksim.Act{As: someone(), Do: "leave", Channel: room()}
	case 5, 6:
		return slacksim.Act{As: someone(), Do: "invite", Channel: room(), Users: slacksim.Names{pick(someone(), "usher")}}
	case 7, 8:
		return slacksim.Act{As: "alice", Do: "kick", Channel: room(), Users: slacksim.Names{pick(someone(), "usher")}}
	case 9:
		return slacksim.Act{As: "alice", Do: "rename", Channel: room(), Name: room()}
	case 10:
		return slacksim.Act{As: "alice", Do: pick("archive", "unarchive"), Channel: room()}
	case 11:
		return slacksim.Act{As: someone(), Do: "create_channel", Name: room(), Private: r.IntN(2) == 0}
	case 12:
		return slacksim.Act{As: "alice", Do: pick("deactivate", "reactivate"), User: pick("bob", "carol")}
	case 13:
		return slacksim.Act{As: "bob", Do: "set_profile", User: "bob", Title: &title}
	case 14:
		return slacksim.Act{As: "alice", Do: pick("delete_channel", "share_external", "unshare_external"), Channel: pick("fresh", "other", "lobby"), With: "T99"}
	}
	members := slacksim.Names{pick("alice", "bob"), pick("carol", "mallory")}
	return slacksim.Act{As: "alice", Do: pick("set_usergroup", "disable_usergroup"), Usergroup: group(), Members: &members}
}

func TestALongListInAnEventIsNotBelieved(t *testing.T) {
	var file strings.Builder
	file.WriteString("workspaces:\n  - id: T01\n    name: acme\n    users:\n      - {name: alice, admin: true}\n")
	var people slacksim.Names
	for i := range 620 {
		fmt.Fprintf(&file, "      - {name: p%d}\n", i)
		people = append(people, fmt.Sprint("p", i))
	}
	file.WriteString("    channels:\n      - {name: general, general: true}\n    usergroups:\n      - {handle: all, name: All, members: [alice]}\n")
	w := start(t, file.String())
	w.refresh()
	w.act(slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "all", Members: &people})
	var wants []action.Refresh
	for _, e := range w.events() {
		if e.Type == "subteam_updated" {
			wants = append(wants, w.tell(e)...)
		}
	}
	if len(wants) != 1 || wants[0].Usergroup == "" {
		t.Fatalf("asks for %v", wants)
	}
	if w.snapshot().UsergroupMembers(wants[0].Usergroup).Complete {
		t.Error("a cut list counts as complete")
	}
	w.read(wants)
	if n := w.snapshot().UsergroupMembers(wants[0].Usergroup).Set.Len(); n != 620 {
		t.Errorf("%d people are known", n)
	}
}

// halting is a Lister that stops before it hands out a page of members.
type halting struct {
	directory.Lister
	read chan struct{} // told that the page was read
	on   chan struct{} // lets it out
}

func (h halting) Members(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, cursor string) (gateway.Page[workspace.UserID], error) {
	p, err := h.Lister.Members(ctx, team, c, cursor)
	h.read <- struct{}{}
	<-h.on
	return p, err
}

// Somebody joins, and somebody leaves, after the page was read that they would
// be on.
func TestWhoComesWhileAListIsReadIsNotLost(t *testing.T) {
	h := halting{read: make(chan struct{}, 100), on: make(chan struct{})}
	w := start(t, acme, func(c *directory.Config) { h.Lister, c.Lister = c.Lister, &h })
	room := w.channel("random")
	done := make(chan error, 1)
	go func() { done <- w.Read(t.Context(), team, action.Refresh{Channel: room}) }()
	<-h.read
	w.act(slacksim.Act{As: "mallory", Do: "join", Channel: "random"})
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "random"})
	w.tell(w.events()...)
	close(h.on)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	got := w.members(room)
	if !slices.Contains(got, string(w.user("mallory"))) || slices.Contains(got, string(w.user("bob"))) {
		t.Errorf("members %v", got)
	}
	if !w.snapshot().Members(room).Complete {
		t.Error("the list is not complete")
	}
}

// An event from before a list was read, coming after it, says other than the
// list: neither is believed.
func TestALateEventIsNotBelievedAgainstANewerList(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	room := w.channel("random")
	late := fmt.Sprintf(`{"type":"member_joined_channel","user":%q,"channel":%q,"event_ts":"%d.000001"}`, w.user("mallory"), room, time.Now().Add(-time.Minute).Unix())
	wants, err := w.Observe(team, "member_joined_channel", json.RawMessage(late))
	if err != nil || !slices.Contains(wants, action.Refresh{Channel: room}) || w.snapshot().Members(room).Complete {
		t.Errorf("asks for %v, %v", wants, err)
	}
	w.read(wants)
	w.same()
}

func TestAnIDThatChangesTakesEverythingAlong(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	old := w.channel("finance-department")
	before := w.members(old)
	body := fmt.Sprintf(`{"type":"channel_id_changed","old_channel_id":%q,"new_channel_id":"CNEW","event_ts":"1.1"}`, old)
	for range 2 {
		if _, err := w.Observe(team, "channel_id_changed", json.RawMessage(body)); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.members("CNEW"); !slices.Equal(got, before) || !w.snapshot().Members("CNEW").Complete {
		t.Errorf("members %v, want %v", got, before)
	}
	if _, known := w.snapshot().Channel(old); known {
		t.Error("the old id is still known")
	}
	if err := w.Save(t.Context(), team); err != nil {
		t.Fatal(err)
	}
	w.restart(time.Now())
	if got := w.members("CNEW"); !slices.Equal(got, before) {
		t.Errorf("after a restart %v, want %v", got, before)
	}
}

func TestUnreadableEventsChangeNothing(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	before := w.snapshot()
	for _, body := range []string{`nonsense`, `[]`, `{`, `"text"`} {
		if _, err := w.Observe(team, "member_joined_channel", json.RawMessage(body)); err == nil {
			t.Errorf("%s is taken", body)
		} else if strings.Contains(err.Error(), "text") {
			t.Errorf("the error shows the event: %v", err)
		}
	}
	for _, body := range []string{`{}`, `{"channel":5}`, `{"channel":"","user":""}`, `{"user":{}}`, `{"subteam":{}}`} {
		for _, kind := range []string{"member_joined_channel", "member_left_channel", "channel_created", "channel_rename", "channel_archive", "channel_deleted",
			"channel_id_changed", "channel_shared", "channel_unshared", "group_left", "user_change", "subteam_updated", "subteam_members_changed", "never_heard_of"} {
			if wants, err := w.Observe(team, kind, json.RawMessage(body)); err != nil || len(wants) > 0 {
				t.Errorf("%s %s: %v, %v", kind, body, wants, err)
			}
		}
	}
	w.same()
	if before.Members(w.channel("random")).Set.Len() != 4 {
		t.Error("an old snapshot changed")
	}
}
