package slacksim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"usher/bot/slacksim"
)

// cursor is the next one of an answer, "" at the end.
func cursor(got map[string]any) string {
	meta, _ := got["response_metadata"].(map[string]any)
	next, _ := meta["next_cursor"].(string)
	return next
}

// pages reads a list to its end and returns the sizes of its pages and what
// was in them.
func (w *world) pages(method, field string, args ...string) (sizes []int, all []any) {
	w.Helper()
	args = append(args, "cursor", "")
	for {
		got := w.bot(method, args...)
		w.refuses("", got)
		list, _ := got[field].([]any)
		sizes, all = append(sizes, len(list)), append(all, list...)
		args[len(args)-1] = cursor(got)
		if args[len(args)-1] == "" {
			return sizes, all
		}
	}
}

func TestListsComeInPages(t *testing.T) {
	w := start(t, acme)
	if sizes, all := w.pages("conversations.members", "members", "channel", w.id("random"), "limit", "3"); !slices.Equal(sizes, []int{3, 1}) || len(all) != 4 {
		t.Errorf("members in pages of %v", sizes)
	}
	if sizes, all := w.pages("users.list", "members", "limit", "4"); !slices.Equal(sizes, []int{4, 4, 2}) || len(all) != 10 {
		t.Errorf("users in pages of %v", sizes)
	}
	// The archived channel is left out after the page was cut.
	if sizes, _ := w.pages("conversations.list", "channels", "limit", "2", "exclude_archived", "true"); !slices.Equal(sizes, []int{2, 1}) {
		t.Errorf("channels in pages of %v", sizes)
	}
	w.refuses("invalid_cursor", w.bot("conversations.list", "cursor", "tomorrow"))
	w.refuses("invalid_limit", w.bot("conversations.list", "limit", "1001"))
	w.refuses("invalid_types", w.bot("conversations.list", "types", "public"))
}

func TestPagesHoldWhileTheListChanges(t *testing.T) {
	w := start(t, acme)
	room := w.id("random")
	first := w.bot("conversations.members", "channel", room, "limit", "2")
	w.act("", slacksim.Act{As: "alice", Do: "kick", Channel: "random", Users: names("bob")})
	rest := w.bot("conversations.members", "channel", room, "limit", "10", "cursor", cursor(first))
	got := fmt.Sprint(rest["members"])
	if want := fmt.Sprint([]string{w.id("carol"), w.id("usher")}); got != want {
		t.Errorf("the second page is %s, want %s", got, want)
	}
}

func TestPrivateChannelsAreForTheirMembers(t *testing.T) {
	w := start(t, acme)
	_, all := w.pages("conversations.list", "channels", "types", "public_channel,private_channel")
	listed := fmt.Sprint(all)
	if !strings.Contains(listed, "finance-department") || strings.Contains(listed, "name:secret") {
		t.Error("the bot sees exactly the private channels it is in")
	}
	for _, method := range []string{"conversations.info", "conversations.members", "conversations.history"} {
		w.refuses("channel_not_found", w.bot(method, "channel", w.id("secret")))
	}
	_, carols := w.pages("users.conversations", "channels", "user", w.id("carol"), "types", "public_channel,private_channel")
	if got := fmt.Sprint(carols); strings.Contains(got, "name:secret") || !strings.Contains(got, "name:random") {
		t.Errorf("carol's channels as the bot may know them: %s", got)
	}
}

// A history has the messages that threads hang on, with how they were answered,
// and not the answers.
func TestAHistoryTellsOfThreads(t *testing.T) {
	w := start(t, acme)
	question := w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "a question"}).TS
	w.act("", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "something else"})
	w.act("thread_not_found", slacksim.Act{As: "bob", Do: "post", Channel: "random", Text: "lost", ThreadTS: "1.000001"})
	for _, who := range []string{"bob", "alice"} {
		w.act("", slacksim.Act{As: who, Do: "post", Channel: "random", Text: "an answer", ThreadTS: question})
	}
	latest := w.bot("chat.postMessage", "channel", w.id("random"), "text", "another", "thread_ts", question)["ts"]
	var texts []string
	_, all := w.pages("conversations.history", "messages", "channel", w.id("random"))
	for _, one := range all {
		m := one.(map[string]any)
		texts = append(texts, fmt.Sprint(m["text"]))
		if m["ts"] == question {
			if m["thread_ts"] != question || m["reply_count"] != 3.0 || m["reply_users_count"] != 3.0 || m["latest_reply"] != latest {
				t.Errorf("the question is %v", m)
			}
		} else if m["latest_reply"] != nil {
			t.Errorf("nobody answered %v", m)
		}
	}
	if fmt.Sprint(texts) != "[something else a question]" {
		t.Errorf("the history is %q", texts)
	}
}

func TestSlackGoReadsEverything(t *testing.T) {
	w := start(t, acme)
	ctx := w.soon()
	users, err := w.api.GetUsersContext(ctx, slack.GetUsersOptionLimit(3))
	if err != nil || len(users) != 10 {
		t.Errorf("users: %d, %v", len(users), err)
	}
	var bob slack.User
	for _, u := range users {
		if u.Name == "bob" {
			bob = u
		}
	}
	if bob.RealName != "Bob Roe" || bob.Profile.Email != "bob@acme.test" || bob.TeamID != "T01" || bob.IsBot {
		t.Errorf("bob is %+v", bob)
	}
	channels, _, err := w.api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}, Limit: 200})
	if err != nil || len(channels) != 5 {
		t.Errorf("channels: %d, %v", len(channels), err)
	}
	info, err := w.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: w.id("finance-department"), IncludeNumMembers: true})
	if err != nil || info.NumMembers != 3 || !info.IsPrivate || !info.IsMember || info.Creator != w.id("alice") {
		t.Errorf("info %+v, %v", info, err)
	}
	groups, err := w.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true), slack.GetUserGroupsOptionIncludeCount(true))
	if err != nil || len(groups) != 1 || groups[0].UserCount != 1 || groups[0].Users[0] != w.id("alice") || groups[0].Prefs.Groups[0] != w.id("finance-department") {
		t.Errorf("groups %+v, %v", groups, err)
	}
	_, ts, err := w.api.PostMessageContext(ctx, w.id("mallory"), slack.MsgOptionText("psst", false))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range w.state().Messages {
		if m.TS == ts && (len(m.To) != 2 || !strings.HasPrefix(m.Channel, "D")) {
			t.Errorf("a direct message %+v", m)
		}
	}
	team, err := w.api.GetTeamInfoContext(ctx)
	if err != nil || team.ID != "T01" || team.Name != "acme" {
		t.Errorf("team %+v, %v", team, err)
	}
}

func TestALimitIsObeyedAndEnds(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, acme, func(o *slacksim.Options) { o.NoRateLimits = false; o.Now = func() time.Time { return clock } })
	room := w.id("random")
	posted := 0
	for ; posted < 100; posted++ {
		if got := w.bot("chat.postMessage", "channel", room, "text", "hi"); got["ok"] != true {
			w.refuses("ratelimited", got)
			break
		}
	}
	if posted != 5 {
		t.Errorf("%d messages at once into one channel", posted)
	}
	w.refuses("", w.bot("chat.postMessage", "channel", w.id("finance-department"), "text", "hi"))
	clock = clock.Add(time.Second)
	w.refuses("", w.bot("chat.postMessage", "channel", room, "text", "hi"))
	w.refuses("ratelimited", w.bot("chat.postMessage", "channel", room, "text", "hi"))
}
