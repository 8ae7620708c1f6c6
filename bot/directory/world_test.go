package directory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"usher/bot/directory"
	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/bot/store"
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
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true, owner: true}
      - {name: bob, real_name: Bob Roe, email: bob@acme.test}
      - {name: carol, email: carol@acme.test}
      - {name: mallory, email: mallory@acme.test}
      - {name: gus, guest: multi}
      - {name: robo, bot: true}
    channels:
      - {name: general, general: true}
      - {name: random, members: [alice, bob, carol, usher]}
      - {name: lobby, members: [alice]}
      - {name: finance-department, private: true, members: [alice, bob, usher], creator: alice}
      - {name: finance-forecast, private: true, members: [alice, mallory, usher], creator: alice}
      - {name: secret, private: true, members: [alice, carol], creator: alice}
    usergroups:
      - {handle: finance, name: Finance, members: [alice, bob], channels: [finance-department]}
      - {handle: ops, name: Ops, members: [carol]}
`

// world is a running local Slack, a store, and a Directory between them that
// is told Slack's events by hand.
type world struct {
	*testing.T
	*slacksim.Server
	*directory.Directory
	gateway *gateway.Gateway
	store   *store.Store
	file    string
	heard   int  // events told so far
	noAdmin bool // there is no administrator's token
	change  []func(*directory.Config)
}

func start(t *testing.T, file string, change ...func(*directory.Config)) *world {
	t.Helper()
	f, err := slacksim.ParseFile([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	srv, err := slacksim.Start(slacksim.Options{Workspace: f, NoRateLimits: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, Server: srv, file: filepath.Join(t.TempDir(), "usher.db"), change: change}
	ready := srv.Ready()
	w.gateway = gateway.New(gateway.Config{APIURL: ready.APIURL, Unlimited: true, Credentials: func(workspace.TeamID) (gateway.Credentials, bool) {
		c := gateway.Credentials{Bot: ready.Workspaces[0].BotToken, Admin: ready.Workspaces[0].AdminToken}
		if w.noAdmin {
			c.Admin = ""
		}
		return c, true
	}})
	w.open(time.Now())
	t.Cleanup(func() {
		w.store.Close()
		w.gateway.Close()
		srv.Close()
	})
	return w
}

// open starts the Directory over what the store has.
func (w *world) open(heard time.Time) {
	w.Helper()
	db, err := store.Open(w.Context(), w.file, time.Now)
	if err != nil {
		w.Fatal(err)
	}
	w.store = db
	config := directory.Config{Memory: db, Lister: w.gateway, Matters: func(_ *workspace.Snapshot, c workspace.Channel) bool {
		return c.BotIn && !c.Archived
	}}
	for _, c := range w.change {
		c(&config)
	}
	w.Directory = directory.New(config)
	bot := workspace.UserID(w.Ready().Workspaces[0].BotUserID)
	if err := w.Open(w.Context(), workspace.Team{ID: team, Name: "acme", Bot: bot}, heard); err != nil {
		w.Fatal(err)
	}
}

// restart ends the program and starts it again. What was not saved is gone.
func (w *world) restart(heard time.Time) {
	w.Helper()
	if err := w.store.Close(); err != nil {
		w.Fatal(err)
	}
	w.open(heard)
}

func (w *world) refresh() []directory.Difference {
	w.Helper()
	found, err := w.Refresh(w.Context(), team, nil)
	if err != nil {
		w.Fatal(err)
	}
	w.heard = len(w.Events(0)) // a list holds whatever came before it
	return found
}

// inner is the event inside an events_api payload.
func inner(w *world, e slacksim.Event) json.RawMessage {
	var p struct {
		Event json.RawMessage `json:"event"`
	}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		w.Fatal(err)
	}
	return p.Event
}

// events are those the Directory was not told yet.
func (w *world) events() []slacksim.Event {
	all := w.Events(w.heard)
	w.heard += len(all)
	return all
}

// tell has the Directory observe events.
func (w *world) tell(events ...slacksim.Event) []action.Refresh {
	w.Helper()
	var wants []action.Refresh
	for _, e := range events {
		more, err := w.Observe(team, e.Type, inner(w, e))
		if err != nil {
			w.Fatalf("%s: %v", e.Type, err)
		}
		wants = append(wants, more...)
	}
	return wants
}

// hear tells the Directory what happened and carries out what it asks for.
func (w *world) hear() {
	w.Helper()
	w.read(w.tell(w.events()...))
}

func (w *world) read(wants []action.Refresh) {
	w.Helper()
	for _, a := range wants {
		if err := w.Read(w.Context(), team, a); err != nil {
			w.Fatalf("%s: %v", a, err)
		}
	}
}

func (w *world) try(a slacksim.Act) slacksim.ActAnswer {
	w.Helper()
	a.Team = string(team)
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	return w.Act(ctx, a)
}

func (w *world) act(a slacksim.Act) {
	w.Helper()
	if r := w.try(a); r.Error != "" {
		w.Fatalf("%s %s: %s", a.As, a.Do, r.Error)
	}
}

func (w *world) snapshot() *workspace.Snapshot { return w.Snapshot(team) }

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

func (w *world) made(method string) int {
	n := 0
	for _, c := range w.Calls(0) {
		if c.Method == method {
			n++
		}
	}
	return n
}

func (w *world) members(id workspace.ChannelID) []string {
	return names(w.snapshot(), w.snapshot().Members(id).Set)
}

func names(s *workspace.Snapshot, set workspace.Set) []string {
	out := []string{}
	for u := range s.In(set) {
		out = append(out, string(u.ID))
	}
	slices.Sort(out)
	return out
}

// differences says in what the mirror is not as Slack is. Lists that are not
// complete are differences too.
func (w *world) differences() []string {
	w.Helper()
	s, real := w.snapshot(), w.state()
	var wrong []string
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	bot := w.Ready().Workspaces[0].BotUserID
	for id, c := range real.Channels {
		in := slices.Contains(c.Members, bot)
		mine, known := s.Channel(workspace.ChannelID(id))
		if !known {
			if in || !c.IsPrivate {
				say("#%s is not known", c.Name)
			}
			continue
		}
		if c.IsPrivate && !in {
			continue // nothing more is heard of it
		}
		if mine.Name != c.Name || mine.Archived != c.IsArchived || mine.Private != c.IsPrivate || mine.BotIn != in || mine.Shared != c.IsExtShared {
			say("#%s is known as %+v", c.Name, mine)
		}
		if !in || c.IsArchived {
			continue
		}
		r := s.Members(workspace.ChannelID(id))
		want := slices.Sorted(slices.Values(c.Members))
		if !r.Complete || !slices.Equal(names(s, r.Set), want) {
			say("in #%s are %v (complete: %v), want %v", c.Name, names(s, r.Set), r.Complete, want)
		}
	}
	for c := range s.Channels() {
		if _, real := real.Channels[string(c.ID)]; !real && (c.BotIn || !c.Private) {
			say("#%s is gone", c.Name)
		}
	}
	for id, u := range real.Users {
		mine, known := s.User(workspace.UserID(id))
		if !known || mine.Stub || mine.Name != u.Name || mine.Deleted != u.Deleted || mine.Admin != u.IsAdmin || mine.Email != u.Email ||
			mine.Title != u.Title || (mine.Guest != 0) != u.IsRestricted {
			say("%s is known as %+v", u.Name, mine)
		}
	}
	for id, g := range real.Usergroups {
		mine, known := s.Usergroup(workspace.UsergroupID(id))
		r := s.UsergroupMembers(workspace.UsergroupID(id))
		if !known || mine.Handle != g.Handle || mine.Name != g.Name || mine.Disabled != (g.DateDelete > 0) {
			say("@%s is known as %+v", g.Handle, mine)
		}
		if want := slices.Sorted(slices.Values(g.Users)); !r.Complete || !slices.Equal(names(s, r.Set), want) {
			say("in @%s are %v (complete: %v), want %v", g.Handle, names(s, r.Set), r.Complete, want)
		}
	}
	slices.Sort(wrong)
	return wrong
}

func (w *world) same() {
	w.Helper()
	for _, d := range w.differences() {
		w.Error(d)
	}
}
