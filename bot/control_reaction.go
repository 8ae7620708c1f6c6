package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// actorCLI is who the audit says it was.
const actorCLI = "cli"

// reactions has the policy's reactions done by hand, and lets go on or drops
// what waits of them.
type reactions struct {
	control *control
	store   *store.Store
	wake    func(workspace.TeamID)
}

func (r *reactions) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /reactions", answer(r.plan))
	mux.HandleFunc("POST /reactions", answer(r.run))
	mux.HandleFunc("POST /reactions/held", answer(r.held))
}

// ReactionRun is what somebody wants reactions to be done to.
type ReactionRun struct {
	Team     string
	Channels []string // names or ids; * stands for any letters
	Reaction string   // only this one; empty: all
	Hash     string   // to run: that of the plan that was seen
}

func (a ReactionRun) query() url.Values {
	return url.Values{"team": {a.Team}, "channel": a.Channels, "reaction": {a.Reaction}, "hash": {a.Hash}}
}

// ReactionPlan is what reactions would do.
type ReactionPlan struct {
	Team      workspace.TeamID `json:"team"`
	Hash      string           `json:"hash"`
	Reactions []PlannedReact   `json:"reactions"`
	Channels  int              `json:"channels"` // in which something is done
	Actions   int              `json:"actions"`
	Calls     []rules.Calls    `json:"calls"`
	Takes     time.Duration    `json:"takes_ns"`

	channels []workspace.ChannelID
}

// PlannedReact is what one reaction would do in one channel.
type PlannedReact struct {
	Channel  workspace.ChannelID `json:"channel"`
	Name     string              `json:"name"`
	Reaction string              `json:"reaction"`
	DryRun   bool                `json:"dry_run,omitempty"`
	Steps    []string            `json:"steps"`
	Skips    []string            `json:"skips,omitempty"`
}

func (r *reactions) plan(ctx context.Context, q url.Values) (ReactionPlan, error) {
	a, err := r.control.about(ctx, q)
	if err != nil {
		return ReactionPlan{}, err
	}
	reaction := q.Get("reaction")
	if reaction != "" && !slices.ContainsFunc(a.policy.Reactions(), func(one rules.Reaction) bool { return one.Name == reaction }) {
		return ReactionPlan{}, unclearf("the policy has no reaction called %q", reaction)
	}
	found, err := matching(a.now, q["channel"])
	if err != nil {
		return ReactionPlan{}, err
	}
	now, sum := r.control.now(), sha256.New()
	plan := ReactionPlan{Team: a.team, Reactions: []PlannedReact{}}
	var actions []action.Action
	for _, c := range found {
		does := false
		for _, re := range a.policy.React(a.now, now, rules.Occurrence{Channel: c.ID, Change: rules.ChannelRun, Reaction: reaction}) {
			one := PlannedReact{Channel: c.ID, Name: c.Name, Reaction: re.Reaction, DryRun: re.DryRun, Steps: []string{}}
			for _, act := range re.Actions {
				one.Steps = append(one.Steps, a.policy.StepWords(a.now, now, act))
			}
			for _, s := range re.Skips {
				one.Skips = append(one.Skips, string(s.Verb)+": "+s.Why)
			}
			plan.Reactions = append(plan.Reactions, one)
			_, _ = fmt.Fprintln(sum, one)
			if !re.DryRun {
				actions, does = append(actions, re.Actions...), does || len(re.Actions) > 0
			}
		}
		if does {
			plan.channels = append(plan.channels, c.ID)
		}
	}
	f := rules.ForecastOf(actions)
	plan.Channels, plan.Actions, plan.Calls, plan.Takes = len(plan.channels), len(actions), f.Calls, f.Takes
	plan.Hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return plan, nil
}

// matching are the channels that names, ids and patterns stand for, by name.
func matching(w *workspace.Snapshot, named []string) ([]workspace.Channel, error) {
	var all []workspace.Channel
	for _, name := range named {
		name = strings.TrimPrefix(name, "#")
		before := len(all)
		for c := range w.Channels() {
			like, err := path.Match(name, c.Name)
			if err != nil {
				return nil, unclearf("%q is not a pattern of channel names", name)
			}
			if like && !c.Archived || c.Name == name || string(c.ID) == name {
				all = append(all, c)
			}
		}
		if len(all) == before {
			return nil, unclearf("no channel is called %s", name)
		}
	}
	if len(all) == 0 {
		return nil, unclearf("say which channels")
	}
	slices.SortFunc(all, func(a, b workspace.Channel) int {
		return strings.Compare(a.Name+" "+string(a.ID), b.Name+" "+string(b.ID))
	})
	return slices.CompactFunc(all, func(a, b workspace.Channel) bool { return a.ID == b.ID }), nil
}

// run does what a plan showed, if it would still be the same.
func (r *reactions) run(ctx context.Context, q url.Values) (ReactionPlan, error) {
	plan, err := r.plan(ctx, q)
	if err != nil {
		return plan, err
	}
	if plan.Hash != q.Get("hash") {
		return plan, unclearf("what would be done is not what it was a moment ago; look at the plan again")
	}
	c := store.Commit{Records: []store.Record{{
		Kind: store.RecordPlan, Actor: actorCLI, Line: "run reactions in " + strconv.Itoa(plan.Channels) + " channels",
		Body: map[string]any{"hash": plan.Hash, "reaction": q.Get("reaction")},
	}}}
	for _, id := range plan.channels {
		c.Actions = append(c.Actions, store.Due{Action: action.Happened{Channel: id, Change: string(rules.ChannelRun), Reaction: q.Get("reaction")}})
	}
	if _, err := r.store.Commit(ctx, plan.Team, c); err != nil {
		return plan, err
	}
	r.wake(plan.Team)
	return plan, nil
}

// held lets go on, or drops, what waits of a reaction.
func (r *reactions) held(ctx context.Context, q url.Values) (Ordered, error) {
	team, err := r.control.team(q.Get("team"))
	if err != nil {
		return Ordered{}, err
	}
	verb, name := "release", q.Get("reaction")
	if q.Get("drop") == "true" {
		verb = "discard"
	}
	waits, err := r.store.HeldChannels(ctx, team, handlers.ReactionHold(name))
	if err == nil && len(waits) == 0 {
		err = unclearf("nothing waits of a reaction called %q", name)
	}
	if err != nil {
		return Ordered{}, err
	}
	return r.control.orders.give(ctx, team, verb, handlers.Order{ID: rules.Brake{Kind: rules.BrakeReaction, Source: name}.Key()})
}

// Reactions is what the policy's reactions would do to channels there are.
func (c *Client) Reactions(ctx context.Context, a ReactionRun) (ReactionPlan, error) {
	return ask[ReactionPlan](ctx, c, http.MethodGet, "reactions", a.query())
}

// RunReactions has them done; a.Hash says which plan was seen.
func (c *Client) RunReactions(ctx context.Context, a ReactionRun) (ReactionPlan, error) {
	return ask[ReactionPlan](ctx, c, http.MethodPost, "reactions", a.query())
}

// HeldReaction lets go on what waits of a reaction, or drops it.
func (c *Client) HeldReaction(ctx context.Context, team, reaction string, drop bool) (Ordered, error) {
	return ask[Ordered](ctx, c, http.MethodPost, "reactions/held", url.Values{
		"team": {team}, "reaction": {reaction}, "drop": {strconv.FormatBool(drop)},
	})
}
