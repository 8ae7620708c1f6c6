package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/bot/gateway"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// groupControl is what somebody on the machine does about user groups in the bot
// that runs: it asks Slack as the bot does, within its limits, and what is to
// change goes through the lane and is queued, merged and recorded like what is
// asked for in Slack.
type groupControl struct {
	control *control
	store   *store.Store
	slack   *gateway.Gateway
	give    func(ctx context.Context, team workspace.TeamID, verb string, o handlers.Order) (Ordered, error)
}

// GroupQuestion is one question of the command line about user groups.
type GroupQuestion struct {
	Team     string                 `json:"team"`
	Do       string                 `json:"do"`
	Named    string                 `json:"named,omitempty"` // handle or id
	Query    gateway.UsergroupQuery `json:"query"`
	Edit     UsergroupEdit          `json:"edit"`
	Members  MembersEdit            `json:"members"`
	On       bool                   `json:"on,omitempty"`
	People   []workspace.UserID     `json:"people,omitempty"`
	Channels []workspace.ChannelID  `json:"channels,omitempty"`
}

// GroupAnswer is what came of it.
type GroupAnswer struct {
	Groups []gateway.UsergroupMembers `json:"groups,omitempty"`
	Change GroupChange                `json:"change"`
	Names  []string                   `json:"names,omitempty"`
	People []workspace.UserID         `json:"people,omitempty"`
}

// GroupChange is who is in a user group after a change, and who came and went by it.
type GroupChange struct {
	After   []workspace.UserID `json:"after"`
	Added   []workspace.UserID `json:"added"`
	Removed []workspace.UserID `json:"removed"`
}

func (c *groupControl) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /teams", answer(func(context.Context, url.Values) ([]workspace.TeamID, error) { return c.control.teams(), nil }))
	mux.HandleFunc("POST /usergroup", answer(c.answer))
}

func (c *groupControl) answer(ctx context.Context, q url.Values) (a GroupAnswer, err error) {
	var ask GroupQuestion
	if err := json.Unmarshal([]byte(q.Get("ask")), &ask); err != nil {
		return a, unclearf("the question cannot be read: %v", err)
	}
	about, err := c.control.about(ctx, url.Values{"team": {ask.Team}})
	if err != nil {
		return a, err
	}
	if changes := slices.Contains([]string{"create", "update", "turn", "change"}, ask.Do); changes && (!usable(about.now) || !about.now.UsergroupsKnown().Complete) {
		return a, unclearf("the bot is still reading the workspace; try again in a moment")
	}
	u := &Usergroups{slack: c.slack, team: about.team, bot: about.now.Team().Bot, known: about.now, mirror: true}
	u.writes = queued{c, about}
	one := func(g gateway.UsergroupMembers, err error) (GroupAnswer, error) {
		return GroupAnswer{Groups: []gateway.UsergroupMembers{g}}, err
	}
	switch ask.Do {
	case "list":
		a.Groups, err = u.List(ctx, ask.Query)
		return a, err
	case "show":
		return one(u.Find(ctx, ask.Named))
	case "members":
		a.People, err = u.Members(ctx, ask.Named, ask.On)
		return a, err
	case "create":
		return one(u.Create(ctx, ask.Edit))
	case "update":
		return one(u.Update(ctx, ask.Named, ask.Edit))
	case "turn":
		return one(u.Enable(ctx, ask.Named, ask.On))
	case "change":
		g, r, err := u.Change(ctx, ask.Named, ask.Members)
		return GroupAnswer{Groups: []gateway.UsergroupMembers{g}, Change: GroupChange{After: r.After, Added: r.Added, Removed: r.Removed}}, err
	case "people":
		a.Names, err = u.Called(ctx, ask.People)
		return a, err
	case "channels":
		a.Names, err = u.ChannelNames(ctx, ask.Channels)
		return a, err
	}
	return a, unclearf("this bot does not know how to %q a user group; is it of another version?", ask.Do)
}

// queued changes user groups through the lane.
type queued struct {
	*groupControl
	about asked
}

func (w queued) change(ctx context.Context, a action.ChangeUsergroup) (gateway.UsergroupMembers, error) {
	done, err := w.carry(ctx, handlers.Order{Change: &a})
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
	id := a.Group
	if made := done.Result.Value[gateway.ValueGroup]; made != "" {
		id = workspace.UsergroupID(made)
	}
	all, err := w.slack.Usergroups(ctx, w.about.team)
	if err != nil {
		return gateway.UsergroupMembers{}, inSentence("it is done; look at the user group", err)
	}
	return find(all, string(id))
}

// edit costs what the merging costs, where who was in the group was known: then who
// is in it afterwards follows.
func (w queued) edit(ctx context.Context, g workspace.UsergroupID, c gateway.MembersChange) (gateway.MembersResult, error) {
	done, err := w.carry(ctx, handlers.Order{Edit: &action.EditMembers{Group: g, Set: c.Set, Add: c.Add, Remove: c.Remove}})
	if err != nil {
		return gateway.MembersResult{}, err
	}
	ids := func(name string) (all []workspace.UserID) {
		for id := range strings.SplitSeq(done.Result.Value[name], ",") {
			if id != "" {
				all = append(all, workspace.UserID(id))
			}
		}
		return all
	}
	r := gateway.MembersResult{Added: ids(gateway.ValueAdded), Removed: ids(gateway.ValueRemoved), Written: done.Result.Class == handlers.Done}
	for u := range w.about.now.In(w.about.now.UsergroupMembers(g).Set) {
		if !slices.Contains(r.Removed, u.ID) && !slices.Contains(r.Added, u.ID) {
			r.After = append(r.After, u.ID)
		}
	}
	r.After = append(r.After, r.Added...)
	if c.Set == nil { // others' changes may have been made in the same writing
		r.Added = slices.DeleteFunc(r.Added, func(u workspace.UserID) bool { return !slices.Contains(c.Add, u) })
		r.Removed = slices.DeleteFunc(r.Removed, func(u workspace.UserID) bool { return !slices.Contains(c.Remove, u) })
	}
	if done.Result.Value[gateway.ValueCount] == strconv.Itoa(len(r.After)) {
		return r, nil
	}
	if r.After, err = w.slack.UsergroupUsers(ctx, w.about.team, g); err != nil {
		return r, inSentence("it is done; look who is in the user group", err)
	}
	return r, nil
}

// groupWithin is how long a change may take until it is said that it waits.
const groupWithin = 45 * time.Second

// carry gives an order and waits until what it asks for has come to its end. What
// was merged into a later change ends with that one.
func (w queued) carry(ctx context.Context, o handlers.Order) (store.Stored, error) {
	said, err := w.give(ctx, w.about.team, "usergroup", o)
	switch {
	case err != nil:
		return store.Stored{}, err
	case said.Refused:
		return store.Stored{}, unclear{Plain(w.about.now, said.Text)}
	}
	ctx, cancel := context.WithTimeout(ctx, groupWithin)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	stored, err := w.store.OfEvent(ctx, w.about.team, said.Event)
	if err != nil || len(stored) == 0 {
		return store.Stored{}, errors.Join(err, errors.New("the bot did not store the change; its log says why"))
	}
	at := slices.IndexFunc(stored, func(s store.Stored) bool {
		return s.Kind == action.KindEditMembers || s.Kind == action.KindChangeUsergroup
	})
	a := stored[max(at, 0)]
	for {
		if a, err = w.store.Ending(ctx, w.about.team, a.ID); err != nil && ctx.Err() == nil {
			return a, err
		}
		if !a.Settled.IsZero() {
			return a, refusedBySlack(w.about.team, a)
		}
		select {
		case <-ctx.Done():
			return a, errors.New("it is stored and will be done, but Slack lets nothing more through at the moment, or I am paused; usher usergroup show says when it is there")
		case <-look.C:
		}
	}
}

// refusedBySlack is why a change did not come about, as if Slack had been asked
// straight.
func refusedBySlack(team workspace.TeamID, a store.Stored) error {
	switch {
	case a.Result.OK():
		return nil
	case a.Result.Code != "":
		return told{&gateway.Error{Team: team, Method: methodOf(a.Action), Code: a.Result.Code}, a.Result.Sentence}
	case a.Result.Sentence != "":
		return errors.New(a.Result.Sentence)
	}
	return fmt.Errorf("it was not done (%s)", a.Result.Class)
}

// methodOf is what Slack is asked for to carry out a change.
func methodOf(a action.Action) string {
	c, ok := a.(action.ChangeUsergroup)
	switch {
	case !ok:
		return "usergroups.users.update"
	case c.Group == "":
		return "usergroups.create"
	case c.Enabled == nil:
		return "usergroups.update"
	case *c.Enabled:
		return "usergroups.enable"
	}
	return "usergroups.disable"
}

// told is Slack's refusal with the sentence that was stored for it, which may say
// more than the code: which scope is missing.
type told struct {
	error
	sentence string
}

func (t told) Unwrap() error { return t.error }
