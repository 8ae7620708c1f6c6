package slacksim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"usher/bot/slacksim"
)

const acme = `
seed: 7
workspaces:
  - id: T01
    name: acme
    users:
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true}
      - {name: bob, real_name: Bob Roe, email: bob@acme.test}
      - {name: carol, email: carol@acme.test}
      - {name: mallory, email: mallory@acme.test}
      - {name: gus, guest: multi}
      - {name: sam, guest: single}
      - {name: robo, bot: true}
      - {name: ext, external: T99}
      - {name: old, deactivated: true, email: old@acme.test}
    channels:
      - {name: general, general: true}
      - {name: random, members: [alice, bob, carol, usher]}
      - {name: finance-department, private: true, members: [alice, bob, usher], creator: alice}
      - {name: secret, private: true, members: [alice, carol], creator: alice}
      - {name: attic, archived: true, members: [alice]}
      - {name: shared, external: T99, members: [alice, ext, usher]}
    usergroups:
      - {handle: finance, name: Finance, members: [alice], channels: [finance-department]}
`

const grid = `
workspaces:
  - id: T01
    name: acme
    grid: true
    preferences: {remove_from_public: everyone}
    users:
      - {name: alice, email: alice@acme.test, owner: true}
      - {name: bob, email: bob@acme.test}
      - {name: carol, email: carol@acme.test}
      - {name: dave, email: dave@acme.test}
    channels:
      - {name: general, general: true}
      - {name: lobby, members: [alice, usher]}
      - {name: finance, private: true, members: [alice, bob, carol, usher]}
    usergroups:
      - {handle: ops, members: [bob]}
    idp_groups:
      - {id: S-IDP1, name: Finance, members: [alice, bob]}
      - {id: S-IDP2, name: Audit, members: [carol, dave]}
      - {id: S-IDP3, name: Nobody, members: []}
`

// world is a running local Slack and the ways to reach it.
type world struct {
	*testing.T
	*slacksim.Server
	ready slacksim.Ready
	acme  slacksim.ReadyWorkspace
	api   *slack.Client
	admin *slack.Client
}

// start runs a workspace file for the length of a test. Rate limits are off
// unless the test asks for them.
func start(t *testing.T, file string, change ...func(*slacksim.Options)) *world {
	t.Helper()
	f, err := slacksim.ParseFile([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	o := slacksim.Options{Workspace: f, NoRateLimits: true}
	for _, c := range change {
		c(&o)
	}
	srv, err := slacksim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	w := &world{T: t, Server: srv, ready: srv.Ready()}
	t.Cleanup(w.checkErrors)
	w.acme = w.ready.Workspaces[0]
	w.api = slack.New(w.acme.BotToken, slack.OptionAPIURL(w.ready.APIURL), slack.OptionAppLevelToken(w.acme.AppToken))
	w.admin = slack.New(w.acme.AdminToken, slack.OptionAPIURL(w.ready.APIURL))
	return w
}

// soon is as long as any condition of these tests may take.
func (w *world) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	w.Cleanup(cancel)
	return ctx
}

// call makes a Web API call with a form and returns the answer.
func (w *world) call(token, method string, args ...string) map[string]any {
	w.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, w.ready.APIURL+method, bytes.NewBufferString(form.Encode()))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return w.do(r)
}

func (w *world) do(r *http.Request) map[string]any {
	w.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		w.Fatalf("%s: %v: %.200s", r.URL.Path, err, raw)
	}
	return v
}

// bot calls with the bot token.
func (w *world) bot(method string, args ...string) map[string]any {
	w.Helper()
	return w.call(w.acme.BotToken, method, args...)
}

// refuses holds an answer to an error code; "" stands for ok.
func (w *world) refuses(code string, got map[string]any) {
	w.Helper()
	have, _ := got["error"].(string)
	if have != code || got["ok"] != (code == "") {
		w.Errorf("got ok %v error %q, want error %q", got["ok"], have, code)
	}
}

// act does something as a person and holds what comes of it to a code.
func (w *world) act(code string, a slacksim.Act) slacksim.ActAnswer {
	w.Helper()
	got := w.Act(w.soon(), a)
	if got.Error != code || got.OK != (code == "") {
		w.Errorf("%s as %s: got ok %v error %q (%s), want error %q", a.Do, a.As, got.OK, got.Error, got.Detail, code)
	}
	return got
}

func (w *world) state() slacksim.Workspace { return w.State().Workspaces[w.acme.TeamID] }

// id finds a person, channel or group by name.
func (w *world) id(name string) string {
	w.Helper()
	s := w.state()
	for _, u := range s.Users {
		if u.Name == name {
			return u.ID
		}
	}
	for _, c := range s.Channels {
		if c.Name == name {
			return c.ID
		}
	}
	for _, g := range s.Usergroups {
		if g.Handle == name {
			return g.ID
		}
	}
	w.Fatalf("nothing is called %s", name)
	return ""
}

func (w *world) channel(name string) slacksim.Channel {
	w.Helper()
	return w.state().Channels[w.id(name)]
}
