package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/bot/slacksim/pipenet"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestRemoveTakesOnePersonOut(t *testing.T) {
	w := start(t, acme)
	remove := action.Remove{Channel: w.channel("finance-department"), User: w.user("mallory")}
	if r := w.apply(remove); r.Class != gateway.Done || !r.OK() {
		t.Fatalf("result %+v", r)
	}
	if w.in("finance-department", "mallory") {
		t.Error("still in")
	}
	if r := w.apply(remove); r.Class != gateway.Already || r.Lost != "" {
		t.Errorf("the second time %+v", r)
	}
	if w.made("conversations.info") != 1 {
		t.Errorf("%d looks at who is out; one was needed", w.made("conversations.info"))
	}
}

func TestRemoveKnowsWhenUsherItselfIsOut(t *testing.T) {
	w := start(t, acme)
	for _, name := range []string{"lobby", "secret"} {
		id := w.channel(name)
		r := w.apply(action.Remove{Channel: id, User: w.user("alice")})
		if r.Class != gateway.Blocked || r.Lost != id || r.Stuck != action.ChannelKey(id) || !strings.Contains(r.Sentence, "invite Usher") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Slack does not find a channel in which it shows Usher: nothing is read and
// decided anew because of that, which would end in the same call for ever.
func TestAChannelThatIsNotFoundAndShownIsTriedLater(t *testing.T) {
	w := start(t, acme)
	channel, bob := w.channel("finance-department"), w.user("bob")
	for method, a := range map[string]action.Action{
		"conversations.kick":   action.Remove{Channel: channel, User: bob},
		"conversations.invite": action.Invite{Channel: channel, Users: []workspace.UserID{bob}},
	} {
		w.fault(slacksim.Fault{Method: method, Error: "channel_not_found", Times: 1})
		if r := w.apply(a); r.Class != gateway.Later || r.Lost != "" || r.Stuck != "" {
			t.Errorf("%s: %+v", method, r)
		}
	}
}

func TestRemoveSaysWhatHasToChange(t *testing.T) {
	w := start(t, acme)
	tests := []struct {
		name, channel, user string
		before              func()
		class               gateway.Class
		says                string
	}{
		{"general", "general", "bob", nil, gateway.Never, "general channel"},
		{"itself", "random", "usher", nil, gateway.Never, "itself"},
		{"preference", "finance-department", "bob", func() {
			w.act(slacksim.Act{As: "alice", Do: "set_preference", Name: "remove_from_private", Value: "admins"})
		}, gateway.Blocked, "owner has to allow"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.before != nil {
				tt.before()
			}
			r := w.apply(action.Remove{Channel: w.channel(tt.channel), User: w.user(tt.user)})
			if r.Class != tt.class || !strings.Contains(r.Sentence, tt.says) {
				t.Errorf("result %+v", r)
			}
		})
	}
}

func TestAnUnknownOutcomeIsTriedAgainAndFoundDone(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"half an answer": {Method: "conversations.kick", Truncate: true, Times: 1},
		"a late answer":  {Method: "conversations.kick", Delay: time.Minute, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := pipenet.New()
				w := start(t, acme, func(o *slacksim.Options, c *gateway.Config) {
					o.Listener, c.Base, c.Timeout = network, &http.Transport{DialContext: network.Dial}, 10*time.Second
				})
				remove := action.Remove{Channel: w.channel("finance-department"), User: w.user("mallory")}
				w.fault(fault)
				if r := w.apply(remove); r.Class != gateway.Later || r.Snoozed {
					t.Fatalf("the first time: %+v", r)
				}
				r := w.apply(remove)
				if !r.OK() || w.in("finance-department", "mallory") {
					t.Errorf("the second time: %+v", r)
				}
			})
		})
	}
}

func TestFailuresThatPassAreLater(t *testing.T) {
	w := start(t, acme)
	remove := action.Remove{Channel: w.channel("finance-department"), User: w.user("mallory")}
	for _, fault := range []slacksim.Fault{
		{Method: "*", Status: 503, Times: 1},
		{Method: "*", Status: 500, Times: 1},
		{Method: "conversations.kick", Error: "internal_error", Times: 1},
		{Method: "conversations.kick", Error: "fatal_error", Times: 1},
	} {
		w.fault(fault)
		if r := w.apply(remove); r.Class != gateway.Later || r.Snoozed {
			t.Errorf("after %+v: %+v", fault, r)
		}
	}
	w.fault(slacksim.Fault{Method: "conversations.kick", RetryAfter: 7, Times: 1})
	if r := w.apply(remove); r.Class != gateway.Later || r.After != 7*time.Second || !r.Snoozed {
		t.Errorf("after a 429: %+v", r)
	}
	w.Server.Close()
	if r := w.apply(action.Join{Channel: remove.Channel}); r.Class != gateway.Later {
		t.Errorf("with no Slack there: %+v", r)
	}
}

func TestInvitePassesOverWhoCannotBeInvited(t *testing.T) {
	w := start(t, acme)
	room := w.channel("random")
	r := w.apply(action.Invite{Channel: room, Users: []workspace.UserID{w.user("bob"), w.user("mallory"), w.user("old"), "UNOBODY"}})
	if r.Class != gateway.Done || !w.in("random", "mallory") {
		t.Errorf("result %+v", r)
	}
	if r.Value["refused:"+string(w.user("old"))] != "cant_invite" || r.Value["refused:UNOBODY"] != "user_not_found" || len(r.Value) != 2 {
		t.Errorf("who was passed over: %v", r.Value)
	}
	if w.made("conversations.invite") != 1 {
		t.Errorf("%d calls", w.made("conversations.invite"))
	}
	if r := w.apply(action.Invite{Channel: room, Users: []workspace.UserID{w.user("mallory")}}); r.Class != gateway.Already {
		t.Errorf("one who is in: %+v", r)
	}
	if r := w.apply(action.Invite{Channel: room, Users: []workspace.UserID{w.user("old")}}); r.Class != gateway.Never || r.Sentence == "" {
		t.Errorf("one who cannot be: %+v", r)
	}
}

func TestManyPeopleAreInvitedAHundredACall(t *testing.T) {
	w := start(t, crowd(250, 0))
	w.act(slacksim.Act{As: "alice", Do: "create_channel", Name: "room"})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "room", Users: slacksim.Names{"usher"}})
	var people []workspace.UserID
	for id, u := range w.state().Users {
		if strings.HasPrefix(u.Name, "p") && u.Name != "p" {
			people = append(people, workspace.UserID(id))
		}
	}
	invite := action.Invite{Channel: w.channel("room"), Users: people}
	w.fault(slacksim.Fault{Method: "conversations.invite", Truncate: true, Times: 1})
	if r := w.apply(invite); r.Class != gateway.Later {
		t.Errorf("after half an answer: %+v", r)
	}
	if r := w.apply(invite); r.Class != gateway.Done || len(r.Value) > 0 {
		t.Errorf("result %+v", r)
	}
	if n := len(w.state().Channels[string(invite.Channel)].Members); n != len(people)+2 || w.made("conversations.invite") != 4 {
		t.Errorf("%d people are in after %d calls", n, w.made("conversations.invite"))
	}
}

func TestInviteWhereUsherIsNot(t *testing.T) {
	w := start(t, acme)
	for _, name := range []string{"lobby", "secret"} {
		id := w.channel(name)
		r := w.apply(action.Invite{Channel: id, Users: []workspace.UserID{w.user("bob")}})
		if r.Class != gateway.Blocked || r.Lost != id || r.Stuck != action.ChannelKey(id) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := w.apply(action.Invite{Channel: w.channel("attic"), Users: []workspace.UserID{w.user("bob")}}); r.Class != gateway.Never {
		t.Errorf("archived: %+v", r)
	}
}

func TestJoin(t *testing.T) {
	w := start(t, acme)
	lobby := action.Join{Channel: w.channel("lobby")}
	if r := w.apply(lobby); r.Class != gateway.Done || !w.in("lobby", "usher") {
		t.Errorf("result %+v", r)
	}
	if r := w.apply(lobby); r.Class != gateway.Already {
		t.Errorf("the second time %+v", r)
	}
	if r := w.apply(action.Join{Channel: w.channel("secret")}); r.Class != gateway.Blocked || !strings.Contains(r.Sentence, "private") {
		t.Errorf("private: %+v", r)
	}
}

func TestTellGoesOutOnceWhenItsFateIsUnknown(t *testing.T) {
	w := start(t, acme)
	tell := action.Tell{To: w.user("bob"), Topic: action.Removed}
	r := w.apply(tell)
	if r.Class != gateway.Done || r.Value["ts"] == "" || r.Value["channel"] == "" {
		t.Fatalf("result %+v", r)
	}
	w.fault(slacksim.Fault{Method: "chat.postMessage", Truncate: true, Times: 1})
	if r := w.apply(tell); r.Class != gateway.Done || !r.Unconfirmed {
		t.Errorf("half an answer: %+v", r)
	}
	w.fault(slacksim.Fault{Method: "chat.postMessage", Status: 503, Times: 1})
	if r := w.apply(tell); r.Class != gateway.Later {
		t.Errorf("surely not sent: %+v", r)
	}
	told := 0
	for _, m := range w.state().Messages {
		if m.Text == "told: removed" && len(m.To) > 0 {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d messages; two were sent", told)
	}
	w.fault(slacksim.Fault{Method: "chat.postMessage", Error: "messages_tab_disabled", Times: 1})
	if r := w.apply(tell); r.Class != gateway.Blocked || r.Stuck != gateway.Everywhere || !strings.Contains(r.Sentence, "Messages tab") {
		t.Errorf("no Messages tab: %+v", r)
	}
}

func TestHomeIsSentOnlyWhenItLooksOther(t *testing.T) {
	w := start(t, acme)
	for i, a := range []action.Home{{User: w.user("bob")}, {User: w.user("bob")}, {User: w.user("bob"), Words: "fin"}} {
		want := []gateway.Class{gateway.Done, gateway.Already, gateway.Done}[i]
		if r := w.apply(a); r.Class != want {
			t.Errorf("home %d: %+v", i, r)
		}
	}
	if n := w.made("views.publish"); n != 2 {
		t.Errorf("%d calls", n)
	}
}

func TestWhatCannotBeRenderedIsNotSent(t *testing.T) {
	w := start(t, acme, func(_ *slacksim.Options, c *gateway.Config) { c.Render = words{broken: true} })
	for _, a := range []action.Action{action.Tell{To: "U1"}, action.Home{User: "U1"}} {
		if r := w.apply(a); r.Class != gateway.Never || r.Sentence == "" {
			t.Errorf("%s: %+v", a, r)
		}
	}
	if len(w.Calls(0)) != 0 {
		t.Error("something was called")
	}
}

func TestReplyFallsBackToADirectMessage(t *testing.T) {
	w := start(t, acme)
	text := "here you are"
	for _, to := range []string{strings.TrimSuffix(w.ready.APIURL, "api/") + "respond/T01/never-was", "https://elsewhere.test/steal", ""} {
		before := len(w.state().Messages)
		r := w.apply(action.Reply{Asked: action.Asked{By: w.user("bob"), ResponseURL: to}, Text: text})
		if r.Class != gateway.Done || len(w.state().Messages) != before+1 {
			t.Errorf("to %q: %+v, %d messages", to, r, len(w.state().Messages)-before)
		}
	}
}

func TestWhatIsNotACallIsRefused(t *testing.T) {
	w := start(t, acme)
	for _, a := range []action.Action{action.Recheck{}, action.Replan{}, action.Refresh{Users: true}} {
		if gateway.Calls(a) {
			t.Errorf("%s counts as a call", a)
		}
		if r := w.apply(a); r.Class != gateway.Never {
			t.Errorf("%s: %+v", a, r)
		}
	}
	if r := w.Apply(w.ctx(), "T-OTHER", action.Join{Channel: "C1"}); r.Class != gateway.Blocked || r.Stuck != gateway.Everywhere {
		t.Errorf("a workspace that is not connected: %+v", r)
	}
}

func TestModals(t *testing.T) {
	w := start(t, acme)
	_, err := w.OpenView(w.ctx(), team, "made-up", slack.ModalViewRequest{
		Type: slack.VTModal, Title: slack.NewTextBlockObject(slack.PlainTextType, "Ask", false, false),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}},
	})
	if c := code(err); c != "invalid_trigger_id" && c != "expired_trigger_id" {
		t.Errorf("error %v", err)
	}
	if gateway.Sentence(err) == "" {
		t.Error("nothing to tell the person")
	}
}

// Nothing secret may be in an error, whatever went wrong.
func TestErrorsHoldNothingSecret(t *testing.T) {
	w := start(t, acme)
	secrets := []string{w.ready.Workspaces[0].BotToken, w.ready.Workspaces[0].AppToken, "bob@acme.test", "/respond/"}
	check := func(err error) {
		t.Helper()
		if err == nil {
			t.Fatal("no error")
		}
		for _, s := range secrets {
			if strings.Contains(err.Error(), s) {
				t.Errorf("%q is in %q", s, err)
			}
		}
	}
	for _, f := range []slacksim.Fault{
		{Method: "*", Status: 500, Times: 1}, {Method: "*", Truncate: true, Times: 1}, {Method: "*", Error: "invalid_auth", Times: 1},
	} {
		w.fault(f)
		_, err := w.UserInfo(w.ctx(), team, w.user("bob"))
		check(err)
	}
	w.Server.Close()
	_, err := w.UserInfo(w.ctx(), team, "U1")
	check(err)
	check(w.Respond(w.ctx(), team, action.Reply{Asked: action.Asked{ResponseURL: strings.TrimSuffix(w.ready.APIURL, "api/") + "respond/T01/secret"}}))
}
