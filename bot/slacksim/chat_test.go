package slacksim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"usher/bot/slacksim"
)

func jsonOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	decode(t, []byte(text), &v)
	return v
}

func TestMessageProblems(t *testing.T) {
	w := start(t, acme)
	for _, c := range []struct {
		code, method string
		args         []string
	}{
		{"channel_not_found", "chat.postMessage", []string{"channel", "#nowhere", "text", "hi"}},
		{"channel_not_found", "chat.postMessage", []string{"channel", w.id("secret"), "text", "hi"}},
		{"channel_not_found", "chat.postMessage", []string{"channel", w.id("robo"), "text", "hi"}},
		{"is_archived", "chat.postMessage", []string{"channel", w.id("attic"), "text", "hi"}},
		{"no_text", "chat.postMessage", []string{"channel", w.id("random")}},
		{"invalid_blocks_format", "chat.postMessage", []string{"channel", w.id("random"), "blocks", "["}},
		{"invalid_blocks", "chat.postMessage", []string{"channel", w.id("random"), "blocks", `[{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("x", 151) + `"}}]`}},
		{"markdown_text_conflict", "chat.postMessage", []string{"channel", w.id("random"), "text", "a", "markdown_text", "b"}},
		{"user_not_in_channel", "chat.postEphemeral", []string{"channel", w.id("random"), "user", w.id("mallory"), "text", "hi"}},
		{"message_not_found", "chat.update", []string{"channel", w.id("random"), "ts", "1.0", "text", "hi"}},
		{"message_not_found", "chat.delete", []string{"channel", w.id("random"), "ts", "1.0"}},
		{"message_not_found", "pins.add", []string{"channel", w.id("random"), "timestamp", "1.0"}},
		{"no_item_specified", "pins.add", []string{"channel", w.id("random")}},
		{"invalid_link", "bookmarks.add", []string{"channel_id", w.id("random"), "title", "x", "type", "link", "link", "javascript:alert(1)"}},
		{"permission_denied", "bookmarks.add", []string{"channel_id", w.id("general"), "title", "x", "type", "link", "link", "https://wiki.acme.test"}},
		{"too_long", "conversations.setTopic", []string{"channel", w.id("random"), "topic", strings.Repeat("x", 251)}},
		{"not_in_channel", "conversations.setTopic", []string{"channel", w.id("general"), "topic", "x"}},
		{"not_authorized", "conversations.rename", []string{"channel", w.id("random"), "name", "mine"}},
		{"not_in_channel", "conversations.unarchive", []string{"channel", w.id("attic")}},
		{"invalid_ts_oldest", "conversations.history", []string{"channel", w.id("random"), "oldest", "yesterday"}},
		{"invalid_ts_latest", "conversations.history", []string{"channel", w.id("random"), "oldest", "1", "latest", "now"}},
	} {
		t.Log(c.method, c.args)
		w.refuses(c.code, w.bot(c.method, c.args...))
	}
	carols := w.act("", slacksim.Act{As: "carol", Do: "post", Channel: "random", Text: "mine"})
	w.refuses("cant_update_message", w.bot("chat.update", "channel", w.id("random"), "ts", carols.TS, "text", "x"))
	w.refuses("cant_delete_message", w.bot("chat.delete", "channel", w.id("random"), "ts", carols.TS))
	w.refuses("", w.bot("pins.add", "channel", w.id("random"), "timestamp", carols.TS))
	w.refuses("already_pinned", w.bot("pins.add", "channel", w.id("random"), "timestamp", carols.TS))
	if got := w.channel("random").Pins; len(got) != 1 || got[0] != carols.TS {
		t.Errorf("pins %v", got)
	}
}

func TestWithoutMembershipOnlyThePublicScopePosts(t *testing.T) {
	w := start(t, acme, func(o *slacksim.Options) { o.BotScopes = []string{"chat:write"} })
	w.refuses("not_in_channel", w.bot("chat.postMessage", "channel", w.id("general"), "text", "hi"))
	w = start(t, acme)
	w.refuses("", w.bot("chat.postMessage", "channel", w.id("general"), "text", "hi"))
}

func TestResponseAddresses(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, acme, func(o *slacksim.Options) { o.Now = func() time.Time { return clock } })
	address := make(chan string, 10)
	w.connect(func(evt socketmode.Event) any {
		switch data := evt.Data.(type) {
		case slack.SlashCommand:
			address <- data.ResponseURL
		case slack.InteractionCallback:
			address <- data.ResponseURL
		}
		return nil
	})
	post := func(url string, body map[string]any) int {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Post(url, "application/json", bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	done := make(chan slacksim.ActAnswer)
	go func() {
		done <- w.Act(w.soon(), slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Channel: "random"})
	}()
	url := <-address
	if got := post(url, map[string]any{"text": "later"}); got != 200 {
		t.Errorf("status %d", got)
	}
	if got := <-done; got.Reply == nil || got.Reply.Text != "later" || !got.Reply.Ephemeral {
		t.Errorf("what bob sees: %+v", got)
	}
	if got := post(url, map[string]any{"text": ""}); got != 400 {
		t.Errorf("an empty response: %d", got)
	}
	for range 3 {
		if got := post(url, map[string]any{"text": "all", "response_type": "in_channel"}); got != 200 {
			t.Errorf("status %d", got)
		}
	}
	if got := post(url, map[string]any{"text": "once more"}); got != 404 {
		t.Errorf("the sixth use: %d", got)
	}

	blocks := `[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`
	w.refuses("", w.bot("chat.postEphemeral", "channel", w.id("random"), "user", w.id("bob"), "text", "press", "blocks", blocks))
	w.act("", slacksim.Act{As: "bob", Do: "click", ActionID: "go", Wait: "0s"})
	url = <-address
	if got := post(url, map[string]any{"text": "pressed", "replace_original": true}); got != 200 {
		t.Errorf("status %d", got)
	}
	w.act("element_not_found", slacksim.Act{As: "bob", Do: "click", ActionID: "go"})
	if got := post(url, map[string]any{"delete_original": true}); got != 200 {
		t.Errorf("status %d", got)
	}
	all := w.state().Messages
	if last := all[len(all)-1]; last.Text != "pressed" || !last.Deleted || last.To[0] != w.id("bob") {
		t.Errorf("the message is %+v", last)
	}
	clock = clock.Add(31 * time.Minute)
	if got := post(url, map[string]any{"text": "late"}); got != 404 {
		t.Errorf("after half an hour: %d", got)
	}
}

func TestTokensAreNowhereToBeSeen(t *testing.T) {
	var log bytes.Buffer
	w := start(t, acme, func(o *slacksim.Options) { o.Log = newLog(&log) })
	w.refuses("", w.bot("chat.postMessage", "channel", w.id("random"), "text", "a quiet word", "token", w.acme.BotToken))
	w.refuses("invalid_auth", w.call("", "auth.test", "token", "xoxb-stray"))
	w.act("", slacksim.Act{As: "alice", Do: "add_user", User: "dave"})
	w.refuses("channel_not_found", w.bot("chat.postMessage", "channel", "#nowhere", "text", "my token is "+w.acme.BotToken))
	modal := strings.Replace(modalView, `"type":"modal"`, `"type":"modal","private_metadata":"`+w.acme.BotToken+`"`, 1)
	r, err := http.NewRequest(http.MethodPost, w.ready.APIURL+"views.open", strings.NewReader(`{"trigger_id":"1.2.3","view":`+modal+`,"xoxp-12-stray":["a xapp-1-stray b"]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+w.acme.BotToken)
	w.refuses("expired_trigger_id", w.do(r))
	if inside := fmt.Sprint(w.Calls(0)[3].Args); strings.Contains(inside, "stray") || !strings.Contains(inside, "***") || !strings.Contains(inside, "private_metadata") {
		t.Errorf("the arguments are kept as %s", inside)
	}
	seen := fmt.Sprintf("%+v %+v %s", w.Calls(0), w.State(), log.String())
	for _, secret := range []string{w.acme.BotToken, w.acme.AppToken, w.acme.AdminToken, "xoxb-stray"} {
		if strings.Contains(seen, secret) {
			t.Errorf("a token is in the calls, the state or the log")
		}
	}
	for _, private := range []string{"a quiet word", "@acme.test"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
	if !strings.Contains(log.String(), "chat.postMessage") {
		t.Error("the log does not name the call")
	}
}

// A channel's allowance is one, whether the channel is called by id or by name.
func TestMessagesIntoOneChannelAreLimited(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, acme, func(o *slacksim.Options) { o.NoRateLimits = false; o.Now = func() time.Time { return clock } })
	limited := func(channel string) bool {
		return w.bot("chat.postMessage", "channel", channel, "text", "hi")["error"] == "ratelimited"
	}
	passed := 0
	for ; passed < 50 && !limited([]string{w.id("random"), "random", "#random"}[passed%3]); passed++ {
	}
	if passed < 1 || passed > 10 {
		t.Errorf("%d messages in an instant passed", passed)
	}
	if limited(w.id("finance-department")) {
		t.Error("another channel is limited too")
	}
	clock = clock.Add(time.Second)
	if limited("random") || !limited("random") {
		t.Error("a second later one more passes, and only one")
	}
}
