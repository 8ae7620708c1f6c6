package slacksim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"usher/bot/slacksim"
)

func newLog(out io.Writer) zerolog.Logger { return zerolog.New(zerolog.SyncWriter(out)) }

// control uses an endpoint below /sim/ the way any program does.
func (w *world) control(method, path, body string) (int, map[string]any) {
	w.Helper()
	r, err := http.NewRequest(method, w.ready.ControlURL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		w.Fatalf("%s: %v", path, err)
	}
	return resp.StatusCode, got
}

func TestTheStateHasTheDescribedShape(t *testing.T) {
	w := start(t, grid)
	w.bot("views.publish", "user_id", w.id("bob"), "view", homeView)
	w.bot("chat.postMessage", "channel", w.id("bob"), "text", "psst")
	status, got := w.control("GET", "state", "")
	if status != 200 {
		t.Fatal(status)
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Workspaces map[string]map[string]json.RawMessage
	}
	decode(t, raw, &s)
	want := map[string]string{
		"users":      `"id","name","real_name","email","is_admin","is_owner","is_bot","is_restricted","is_ultra_restricted","deleted","team_id"`,
		"channels":   `"id","name","is_private","is_archived","is_general","is_ext_shared","creator","members","topic","purpose","pins","bookmarks"`,
		"usergroups": `"id","handle","name","description","users","channels","additional_channels","enable_section","date_delete"`,
		"idp_groups": `"id","name","members"`,
		"messages":   `"ts","channel","to","user","text","blocks","ephemeral","deleted"`,
		"links":      ``, "homes": `"type"`, "modals": ``,
	}
	for part, fields := range want {
		have, ok := s.Workspaces["T01"][part]
		if !ok {
			t.Errorf("no %s", part)
		}
		for field := range strings.SplitSeq(fields, ",") {
			if field != "" && !bytes.Contains(have, []byte(field+":")) {
				t.Errorf("%s have no %s", part, field)
			}
		}
	}
}

func TestCallsAndEventsAreNumbered(t *testing.T) {
	w := start(t, acme)
	w.bot("auth.test")
	w.bot("chat.postMessage", "channel", w.id("random"))
	_, got := w.control("GET", "calls?since=1", "")
	calls, _ := got["calls"].([]any)
	if len(calls) != 1 {
		t.Fatalf("calls %v", got)
	}
	c, _ := calls[0].(map[string]any)
	args, _ := c["args"].(map[string]any)
	at, _ := c["at"].(string)
	if _, err := time.Parse(time.RFC3339Nano, at); err != nil || c["n"] != float64(2) || c["method"] != "chat.postMessage" || c["team"] != "T01" || c["ok"] != false || c["error"] != "no_text" || c["status"] != float64(200) || args["channel"] != w.id("random") {
		t.Errorf("call %v", c)
	}
	if status, got := w.control("GET", "calls?since=yesterday", ""); status != 400 || got["detail"] == "" {
		t.Errorf("%d %v", status, got)
	}
	w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "fresh"})
	_, got = w.control("GET", "events", "")
	if events, _ := got["events"].([]any); len(events) != 1 {
		t.Errorf("events %v", got)
	}
	if _, got = w.control("GET", "sockets", ""); got["open"] != float64(0) || got["connections"] == nil {
		t.Errorf("sockets %v", got)
	}
}

func TestWrongInputIsToldWhatIsRight(t *testing.T) {
	w := start(t, acme)
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "act", `{"as":"bob","do":"dance"}`, "create_channel"},
		{"POST", "act", `{"as":"bob","doo":"join"}`, "doo"},
		{"POST", "act", `{`, "not JSON"},
		{"POST", "act", ``, "one JSON object"},
		{"POST", "act", `null`, "one JSON object"},
		{"POST", "act", `[]`, "one JSON object"},
		{"POST", "act", `{"as":"bob","do":"join","channel":"random"} {}`, "something follows"},
		{"POST", "act", `{"as":"bob","do":"join","channel":7}`, "channel is a text, not a JSON number"},
		{"POST", "act", `{"as":"bob","do":"submit","values":[]}`, "values is an object, not a JSON array"},
		{"POST", "act", `{"as":"bob","do":"slash","command":"/x","wait":"soon"}`, "1.5s"},
		{"POST", "act", `{"text":"` + strings.Repeat("x", 5<<20) + `"}`, "larger than"},
		{"GET", "act", ``, "POST /sim/act"},
		{"POST", "state", `{}`, "GET /sim/state"},
		{"POST", "faults", `{"method":"*","error":"x","tims":1}`, "tims"},
		{"POST", "faults", `{"method":"*","error":"x","times":-1}`, "below 0"},
		{"POST", "faults", `{"method":"*","status":99999}`, "200 to 599"},
		{"POST", "faults", `{"method":"*","retry_after":-1}`, "below 0"},
		{"POST", "faults", `{"method":"*","error":"x","socket":"drop"}`, "one for each"},
		{"POST", "faults", `{"socket":"refuse","for":"soon"}`, "1.5s"},
		{"POST", "act", `{"as":"zed","do":"join"}`, "name or id"},
		{"POST", "act", `{"team":"T9","as":"bob","do":"join"}`, "T01"},
		{"POST", "faults", `{}`, "method"},
		{"POST", "faults", `{"method":"chat.fly","error":"x"}`, "chat.fly"},
		{"POST", "faults", `{"method":"*"}`, "status"},
		{"POST", "faults", `{"method":"*","delay":"soon"}`, "delay"},
		{"POST", "faults", `{"socket":"burn"}`, "drop"},
		{"POST", "faults", `{"envelopes":"burn"}`, "duplicate"},
		{"GET", "nothing", ``, "/sim/state"},
	} {
		_, got := w.control(c.method, c.path, c.body)
		if detail, _ := got["detail"].(string); got["ok"] != false || !strings.Contains(detail, c.want) {
			t.Errorf("%s %s: %v, want something about %s", c.path, c.body, got, c.want)
		}
	}
}

func TestTheReadmeNamesEveryVerb(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, got := start(t, acme).control("POST", "act", `{"do":"dance"}`)
	_, list, found := strings.Cut(fmt.Sprint(got["detail"]), "one of ")
	if verbs := strings.Split(list, ", "); !found || len(verbs) < 20 {
		t.Errorf("no verbs in %v", got)
	} else {
		for _, verb := range verbs {
			if !strings.Contains(string(readme), "`"+verb+"`") {
				t.Errorf("%s is not in the README", verb)
			}
		}
	}
}

func TestFaultsOfMethods(t *testing.T) {
	w := start(t, acme)
	fault := func(body string) {
		t.Helper()
		if status, got := w.control("POST", "faults", body); status != 200 || got["ok"] != true {
			t.Fatalf("%s: %v", body, got)
		}
	}
	ctx := w.soon()
	fault(`{"method":"conversations.kick","error":"restricted_action","times":1}`)
	kick := func() error {
		return w.api.KickUserFromConversationContext(ctx, w.id("finance-department"), w.id("bob"))
	}
	if err := kick(); err == nil || err.Error() != "restricted_action" {
		t.Errorf("kick: %v", err)
	}
	if err := kick(); err != nil {
		t.Errorf("kick once more: %v", err)
	}
	fault(`{"method":"*","status":503,"times":2}`)
	var status slack.StatusCodeError
	if _, err := w.api.AuthTestContext(ctx); !errors.As(err, &status) || status.Code != 503 {
		t.Errorf("503: %v", err)
	}
	fault(`{"clear":true}`)
	if _, err := w.api.AuthTestContext(ctx); err != nil {
		t.Errorf("after clear: %v", err)
	}
	fault(`{"method":"conversations.members","retry_after":30,"times":1}`)
	var limited *slack.RateLimitedError
	if _, _, err := w.api.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: w.id("random")}); !errors.As(err, &limited) || limited.RetryAfter != 30*time.Second {
		t.Errorf("429: %v", err)
	}
	fault(`{"method":"*","truncate":true,"times":1}`)
	if _, err := w.api.AuthTestContext(ctx); err == nil {
		t.Error("half a body was read")
	}
	fault(`{"method":"usergroups.list","error":"missing_scope","times":2}`)
	for _, token := range []string{w.acme.BotToken, w.acme.AdminToken} {
		got := w.call(token, "usergroups.list")
		w.refuses("missing_scope", got)
		provided := strings.Split(fmt.Sprint(got["provided"]), ",")
		if got["needed"] != "usergroups:read" || !slices.Contains(provided, "usergroups:write") || slices.Contains(provided, "usergroups:read") {
			t.Errorf("missing_scope: %v", got)
		}
	}
	fault(`{"method":"views.publish","delay":"1m"}`)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := w.api.PublishViewContext(short, slack.PublishViewContextRequest{UserID: w.id("bob")}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("delay: %v", err)
	}
}

// Faults of one method come one after the other, and a delay goes with any.
func TestFaultsAddUp(t *testing.T) {
	w := start(t, acme)
	for _, f := range []slacksim.Fault{
		{Method: "auth.test", Error: "invalid_auth", Times: 1}, {Method: "*", Delay: 30 * time.Millisecond}, {Method: "*", Error: "account_inactive", Times: 1},
	} {
		if err := w.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"invalid_auth", "account_inactive", ""} {
		began := time.Now()
		if got, _ := w.bot("auth.test")["error"].(string); got != want || time.Since(began) < 30*time.Millisecond {
			t.Errorf("error %q after %s, want %q after 30ms", got, time.Since(began), want)
		}
	}
}

func TestAnEndpointNamesItsMethod(t *testing.T) {
	w := start(t, acme)
	for path, want := range map[string]string{"act": "POST", "faults": "POST", "state": "GET, HEAD", "calls": "GET, HEAD", "events": "GET, HEAD", "sockets": "GET, HEAD"} {
		r, err := http.NewRequest(http.MethodDelete, w.ready.ControlURL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Allow"); resp.StatusCode != http.StatusMethodNotAllowed || got != want {
			t.Errorf("DELETE %s: %d, Allow %q", path, resp.StatusCode, got)
		}
	}
}

func TestWaitingForAChange(t *testing.T) {
	w := start(t, acme)
	version := w.Version()
	changed := w.Changed(version)
	waited := make(chan error, 1)
	go func() {
		waited <- w.Wait(w.soon(), func(s slacksim.State) bool { return len(s.Workspaces["T01"].Channels) == 7 })
	}()
	w.act("", slacksim.Act{As: "alice", Do: "create_channel", Name: "fresh"})
	select {
	case <-changed:
	case <-w.soon().Done():
		t.Error("nothing changed")
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
	select {
	case <-w.Changed(version):
	default:
		t.Error("a change that was before is not seen")
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.Wait(gone, func(slacksim.State) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestASlashTooManyIsForgiven(t *testing.T) {
	w := start(t, acme)
	w.refuses("", w.bot("/auth.test"))
	w.refuses("unknown_method", w.bot("auth.fly"))
	w.refuses("unknown_method", w.bot(""))
}

func TestItListensOnLoopbackOnly(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nowhere"} {
		if srv, err := slacksim.Start(slacksim.Options{Listen: listen}); err == nil {
			srv.Close()
			t.Errorf("it listens on %s", listen)
		}
	}
	w := start(t, acme)
	taken := strings.TrimSuffix(strings.TrimPrefix(w.ready.APIURL, "http://"), "/api/")
	if _, err := slacksim.Start(slacksim.Options{Listen: taken}); err == nil || !strings.Contains(err.Error(), "the port is in use") {
		t.Errorf("twice on %s: %v", taken, err)
	}
	r, err := http.NewRequest(http.MethodGet, w.ready.ControlURL+"state", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a page that had its name point here got %d", resp.StatusCode)
	}
}

// Whatever form it comes in, a body that is too large is called that.
func TestABodyThatIsTooLarge(t *testing.T) {
	w := start(t, acme)
	long := strings.Repeat("x", 5<<20)
	for kind, body := range map[string]string{
		"application/json":                  `{"text":"` + long + `"}`,
		"application/x-www-form-urlencoded": "text=" + long,
		"multipart/form-data; boundary=b":   "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n" + long + "\r\n--b--\r\n",
	} {
		resp, err := http.DefaultClient.Post(w.ready.APIURL+"api.test", kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(said), "request_entity_too_large") {
			t.Errorf("%s: %v %d %.100s", kind, err, resp.StatusCode, said)
		}
	}
}
