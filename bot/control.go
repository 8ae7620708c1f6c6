package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	view func(context.Context, workspace.TeamID) (*rules.Policy, *workspace.Snapshot, error)
	// command puts a slash command of a person's into the lane and gives back
	// the reply that would ride in its ack.
	command func(ctx context.Context, team workspace.TeamID, user workspace.UserID, text string) (json.RawMessage, error)
	// reading reports whether a workspace's first reading is not over.
	reading func(workspace.TeamID) bool
	// reactions answers what is about reactions; nil: nothing is.
	reactions *reactions
	// orders are given through it; nil: none are.
	orders *orders
	// groups answers what is about user groups; nil: nothing is.
	groups *groupControl
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
	if c.reactions != nil {
		c.reactions.routes(mux)
	}
	if c.orders != nil {
		c.orders.routes(mux)
	}
	if c.groups != nil {
		c.groups.routes(mux)
	}
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

// asked is whom a question is about, and what it is answered from.
type asked struct {
	team   workspace.TeamID
	policy *rules.Policy
	now    *workspace.Snapshot
	who    workspace.User
}

func (c *control) about(ctx context.Context, q url.Values) (a asked, err error) {
	if a.team, err = c.team(q.Get("team")); err != nil {
		return a, err
	}
	if a.policy, a.now, err = c.view(ctx, a.team); err != nil {
		return a, err
	}
	if q.Has("person") {
		a.who, err = FindPerson(a.now, q.Get("person"))
		if err != nil && c.reading(a.team) {
			err = unclearf("%v; the workspace is still being read for the first time, so ask again in a minute", err)
		}
	}
	return a, err
}

func (c *control) rooms(ctx context.Context, q url.Values) (Rooms, error) {
	a, err := c.about(ctx, q)
	if err != nil {
		return Rooms{}, err
	}
	out := Rooms{Team: a.team, User: a.who.ID, Called: a.who.Called(), Reading: c.reading(a.team), Rooms: []Room{}}
	for _, r := range a.policy.Rooms(a.now, c.now(), a.who.ID) {
		room := Room{Channel: r.Channel.ID, Name: r.Channel.Name, Private: r.Channel.Private, In: r.In}
		if !r.In {
			room.Join, room.Cluster, room.Reasons = string(r.Join.Join), r.Join.Cluster, r.Join.Words(a.now, rules.Operator)
		}
		out.Rooms = append(out.Rooms, room)
	}
	return out, nil
}

func (c *control) plan(ctx context.Context, q url.Values) (Plan, error) {
	a, err := c.about(ctx, q)
	if err != nil {
		return Plan{}, err
	}
	plan := a.policy.Plan(a.now, c.now())
	out := describePlan(a.team, plan, a.now)
	if c.orders != nil {
		kept, err := c.orders.held(ctx, a.team)
		if err != nil {
			return out, err
		}
		out.Held = describeHeld(a, plan.Held, kept, c.now())
		if out.Pending, err = c.pending(ctx, a); err != nil {
			return out, err
		}
	}
	return out, nil
}

// joinTime is how long a join may take until it is said that it waits.
const joinTime = 20 * time.Second

func (c *control) join(ctx context.Context, q url.Values) (Joined, error) {
	a, err := c.about(ctx, q)
	if err != nil {
		return Joined{}, err
	}
	name := strings.TrimPrefix(q.Get("channel"), "#")
	if name == "" {
		return Joined{}, unclearf("say which channel: its name or id")
	}
	ch, known := a.now.ChannelByName(name)
	if !known {
		ch, known = a.now.Channel(workspace.ChannelID(name))
	}
	reply, err := c.command(ctx, a.team, a.who.ID, "join "+q.Get("channel"))
	if err != nil {
		return Joined{}, err
	}
	var said struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(reply, &said); err != nil {
		return Joined{}, fmt.Errorf("read the answer to join: %w", err)
	}
	out := Joined{Text: Plain(a.now, said.Text)}
	if known {
		out.In, err = c.arrives(ctx, a, ch.ID)
	}
	return out, err
}

// arrives waits for Slack's echo of the invitation, for as long as the rules
// let the person come in.
func (c *control) arrives(ctx context.Context, a asked, ch workspace.ChannelID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		if a.now.Members(ch).Set.Has(a.who) {
			return true, nil
		}
		if d := a.policy.DecideJoin(a.now, c.now(), ch, a.who.ID); d.Verdict != rules.Allow || d.DryRun {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-look.C:
		}
		var err error
		if a.policy, a.now, err = c.view(ctx, a.team); err != nil {
			return false, err
		}
	}
}
