package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"usher/rules"
	"usher/rules/workspace"
)

// control answers the command line on a unix socket that only the bot's own
// user may open. It reads what the lanes hold, and what it is asked to change
// it hands to a lane as the person themselves would have.
type control struct {
	teams func() []workspace.TeamID
	now   func() time.Time
	// view is a workspace and its policy as they are now.
	view func(workspace.TeamID) (*rules.Policy, *workspace.Snapshot)
	// command puts a slash command of a person's into the lane and gives back
	// the reply that would ride in its ack.
	command func(ctx context.Context, team workspace.TeamID, user workspace.UserID, text string) (json.RawMessage, error)
}

// unclear is something wrong with what was asked, in words for whoever asked.
type unclear struct{ what string }

func (u unclear) Error() string { return u.what }

func unclearf(format string, a ...any) error { return unclear{fmt.Sprintf(format, a...)} }

func (c *control) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rooms", answer(c.rooms))
	mux.HandleFunc("GET /plan", answer(c.plan))
	mux.HandleFunc("POST /join", answer(c.join))
	return mux
}

func answer[A any](ask func(context.Context, url.Values) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		a, err := ask(r.Context(), r.URL.Query())
		if err == nil {
			_ = json.NewEncoder(w).Encode(a) // whoever asked has gone
			return
		}
		status := http.StatusInternalServerError
		if errors.As(err, new(unclear)) {
			status = http.StatusBadRequest
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(refusal{err.Error()})
	}
}

type refusal struct {
	Error string `json:"error"`
}

// team is the workspace that was named, or the only one.
func (c *control) team(named string) (workspace.TeamID, error) {
	teams := c.teams()
	slices.Sort(teams)
	switch {
	case named != "" && slices.Contains(teams, workspace.TeamID(named)):
		return workspace.TeamID(named), nil
	case named == "" && len(teams) == 1:
		return teams[0], nil
	case len(teams) == 0:
		return "", unclearf("the bot is not connected to a workspace yet")
	}
	var names []string
	for _, t := range teams {
		names = append(names, string(t))
	}
	return "", unclearf("say which workspace with --team: %s", strings.Join(names, ", "))
}

func (c *control) person(q url.Values) (workspace.TeamID, *rules.Policy, *workspace.Snapshot, workspace.User, error) {
	team, err := c.team(q.Get("team"))
	if err != nil {
		return "", nil, nil, workspace.User{}, err
	}
	policy, now := c.view(team)
	who, err := findPerson(now, q.Get("person"))
	return team, policy, now, who, err
}

// findPerson looks somebody up by id, address, or the names they go by.
func findPerson(w *workspace.Snapshot, named string) (workspace.User, error) {
	name := strings.TrimPrefix(strings.TrimSpace(named), "@")
	if name == "" {
		return workspace.User{}, unclearf("say who: an id, an e-mail address or a name")
	}
	if u, ok := w.User(workspace.UserID(name)); ok {
		return u, nil
	}
	if u, ok := w.UserByEmail(strings.ToLower(name)); ok {
		return u, nil
	}
	var found []workspace.User
	for u := range w.Users() {
		if !u.Deleted && (strings.EqualFold(u.Name, name) || strings.EqualFold(u.Display, name) || strings.EqualFold(u.RealName, name)) {
			found = append(found, u)
		}
	}
	switch len(found) {
	case 0:
		return workspace.User{}, unclearf("nobody called %q is known in this workspace", named)
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, u := range found {
		ids = append(ids, string(u.ID))
	}
	slices.Sort(ids)
	return workspace.User{}, unclearf("%d people are called %q; name one by id: %s", len(found), named, strings.Join(ids, ", "))
}

func (c *control) rooms(_ context.Context, q url.Values) (Rooms, error) {
	team, policy, now, who, err := c.person(q)
	if err != nil {
		return Rooms{}, err
	}
	a := Rooms{Team: team, User: who.ID, Called: who.Called(), Rooms: []Room{}}
	for _, r := range policy.Rooms(now, c.now(), who.ID) {
		room := Room{Channel: r.Channel.ID, Name: r.Channel.Name, Private: r.Channel.Private, In: r.In}
		if !r.In {
			room.Join, room.Cluster, room.Reasons = string(r.Join.Join), r.Join.Cluster, r.Join.Words(now, who.ID)
		}
		a.Rooms = append(a.Rooms, room)
	}
	return a, nil
}

func (c *control) plan(_ context.Context, q url.Values) (Plan, error) {
	team, err := c.team(q.Get("team"))
	if err != nil {
		return Plan{}, err
	}
	policy, now := c.view(team)
	return describePlan(team, policy.Plan(now, c.now()), now), nil
}

// joinTime is how long a join may take until it is said that it waits.
const joinTime = 20 * time.Second

func (c *control) join(ctx context.Context, q url.Values) (Joined, error) {
	team, _, now, who, err := c.person(q)
	if err != nil {
		return Joined{}, err
	}
	name := strings.TrimPrefix(q.Get("channel"), "#")
	if name == "" {
		return Joined{}, unclearf("say which channel: its name or id")
	}
	ch, known := now.ChannelByName(name)
	if !known {
		ch, known = now.Channel(workspace.ChannelID(name))
	}
	reply, err := c.command(ctx, team, who.ID, "join "+q.Get("channel"))
	if err != nil {
		return Joined{}, err
	}
	var said struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(reply, &said); err != nil {
		return Joined{}, fmt.Errorf("read the answer to join: %w", err)
	}
	a := Joined{Text: said.Text}
	if known {
		a.In = c.arrives(ctx, team, ch.ID, who)
	}
	return a, nil
}

// arrives waits for Slack's echo of an invitation. When the command was refused
// nothing is on its way, which its lane has told by then: no invitation waits.
func (c *control) arrives(ctx context.Context, team workspace.TeamID, ch workspace.ChannelID, who workspace.User) bool {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		policy, now := c.view(team)
		if now.Members(ch).Set.Has(who) {
			return true
		}
		if d := policy.DecideJoin(now, c.now(), ch, who.ID); d.Verdict != rules.Allow || d.DryRun {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
}

// listenControl opens the socket. One that is left over from a bot that is gone
// is replaced; one that answers belongs to a bot that runs.
func listenControl(ctx context.Context, path string) (net.Listener, error) {
	if conn, err := new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
		conn.Close()
		return nil, fmt.Errorf("listen for the command line: another usher run answers on %s", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("listen for the command line: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for the command line: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for the command line: %w", err), l.Close())
	}
	return l, nil
}
