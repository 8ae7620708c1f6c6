package gateway_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

const team = workspace.TeamID("T01")

const acme = `
seed: 7
workspaces:
  - id: T01
    name: acme
    preferences: {remove_from_private: everyone, remove_from_public: everyone, edit_usergroups: everyone}
    users:
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true}
      - {name: bob, real_name: Bob Roe, email: bob@acme.test, title: Clerk}
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
      - {name: lobby, members: [alice]}
      - {name: finance-department, private: true, members: [alice, bob, mallory, usher], creator: alice}
      - {name: secret, private: true, members: [alice, carol], creator: alice}
      - {name: attic, archived: true, members: [alice, usher]}
    usergroups:
      - {handle: finance, name: Finance, members: [alice, bob], channels: [finance-department]}
      - {handle: gone, name: Gone, members: [alice], disabled: true}
`

// world is a running local Slack and a Gateway in front of it.
type world struct {
	*testing.T
	*slacksim.Server
	*gateway.Gateway
	ready slacksim.Ready
	homes homes
	calls measured
}

type measured struct {
	sync.Mutex
	all []gateway.Call
}

func start(t *testing.T, file string, change ...func(*slacksim.Options, *gateway.Config)) *world {
	t.Helper()
	f, err := slacksim.ParseFile([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, homes: homes{}}
	options := slacksim.Options{Workspace: f, NoRateLimits: true}
	config := gateway.Config{
		Credentials: func(id workspace.TeamID) (gateway.Credentials, bool) {
			for _, ws := range w.ready.Workspaces {
				if workspace.TeamID(ws.TeamID) == id {
					return gateway.Credentials{Bot: ws.BotToken, Admin: ws.AdminToken}, true
				}
			}
			return gateway.Credentials{}, false
		},
		Render: words{}, Homes: w.homes, Unlimited: true, Timeout: 30 * time.Second,
		Measure: func(c gateway.Call) { w.calls.Lock(); defer w.calls.Unlock(); w.calls.all = append(w.calls.all, c) },
	}
	for _, c := range change {
		c(&options, &config)
	}
	srv, err := slacksim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	w.Server, w.ready = srv, srv.Ready()
	config.APIURL, config.AppToken = w.ready.APIURL, w.ready.Workspaces[0].AppToken
	w.Gateway = gateway.New(config)
	t.Cleanup(func() {
		w.Gateway.Close()
		srv.Close()
	})
	return w
}

func (w *world) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	w.Cleanup(cancel)
	return ctx
}

func (w *world) state() slacksim.Workspace { return w.State().Workspaces[string(team)] }

func (w *world) user(name string) workspace.UserID {
	w.Helper()
	for id, u := range w.state().Users {
		if u.Name == name {
			return workspace.UserID(id)
		}
	}
	w.Fatalf("no user %s", name)
	return ""
}

func (w *world) channel(name string) workspace.ChannelID {
	w.Helper()
	for id, c := range w.state().Channels {
		if c.Name == name {
			return workspace.ChannelID(id)
		}
	}
	w.Fatalf("no channel %s", name)
	return ""
}

func (w *world) in(channel, name string) bool {
	for _, m := range w.state().Channels[string(w.channel(channel))].Members {
		if m == string(w.user(name)) {
			return true
		}
	}
	return false
}

func (w *world) act(a slacksim.Act) {
	w.Helper()
	a.Team = string(team)
	if r := w.Act(w.ctx(), a); r.Error != "" {
		w.Fatalf("%s %s: %s", a.As, a.Do, r.Error)
	}
}

func (w *world) fault(f slacksim.Fault) {
	w.Helper()
	if err := w.Fault(f); err != nil {
		w.Fatal(err)
	}
}

// made are the calls of a method so far.
func (w *world) made(method string) int {
	n := 0
	for _, c := range w.Calls(0) {
		if c.Method == method {
			n++
		}
	}
	return n
}

func (w *world) apply(a action.Action) gateway.Result {
	w.Helper()
	return w.Apply(w.ctx(), team, a)
}

func code(err error) string {
	if e, ok := errors.AsType[*gateway.Error](err); ok {
		return e.Code
	}
	return ""
}

// words renders without a policy.
type words struct{ broken bool }

func (w words) Notice(_ workspace.TeamID, a action.Tell) (string, []slack.Block, error) {
	if w.broken {
		return "", nil, errors.New("broken")
	}
	text := "told: " + string(a.Topic)
	return text, []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, text, false, false), nil, nil)}, nil
}

func (w words) Home(_ workspace.TeamID, a action.Home) (slack.HomeTabViewRequest, error) {
	if w.broken {
		return slack.HomeTabViewRequest{}, errors.New("broken")
	}
	text := "searched for " + a.Words
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, text, false, false), nil, nil),
	}}}, nil
}

type homes map[workspace.UserID]string

func (h homes) PublishedHome(_ context.Context, _ workspace.TeamID, u workspace.UserID) (string, error) {
	return h[u], nil
}

func (h homes) RememberHome(_ context.Context, _ workspace.TeamID, u workspace.UserID, fingerprint string) error {
	h[u] = fingerprint
	return nil
}
