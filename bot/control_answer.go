package bot

import (
	"cmp"
	"strings"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/workspace"
)

// Rooms is what `usher list` asks for: what somebody is in and may join.
type Rooms struct {
	Team   workspace.TeamID `json:"team"`
	User   workspace.UserID `json:"user"`
	Called string           `json:"called"`
	// Reading: the workspace is being read for the first time; there may be more.
	Reading bool   `json:"reading,omitempty"`
	Rooms   []Room `json:"rooms"`
}

// Room is one channel of Rooms.
type Room struct {
	Channel workspace.ChannelID `json:"channel"`
	Name    string              `json:"name"`
	Private bool                `json:"is_private"`
	In      bool                `json:"in"`
	Join    string              `json:"join,omitempty"` // self, request, everyone, closed; of one they are not in
	Cluster string              `json:"cluster,omitempty"`
	Reasons []string            `json:"reasons,omitempty"`
}

// Joined is what came of `usher join`.
type Joined struct {
	In   bool   `json:"in"`
	Text string `json:"text"` // what the person would have been told in Slack, in plain words
}

// Plan is what `usher plan` prints: what is not as the policy wants it.
type Plan struct {
	Team    workspace.TeamID `json:"team"`
	Hash    string           `json:"hash"`
	Steps   []Step           `json:"steps"`
	Actions []string         `json:"actions"`
	Held    []Held           `json:"held"`
	Pending []Pending        `json:"pending"` // what reactions still have to do
	Doubts  []string         `json:"doubts"`
	Calls   []rules.Calls    `json:"calls"`
	Takes   time.Duration    `json:"takes_ns"`
	Unread  int              `json:"to_read_again"`
}

// Step is one decision of a Plan.
type Step struct {
	Channel workspace.ChannelID `json:"channel"`
	Name    string              `json:"name"`
	Group   string              `json:"usergroup,omitempty"` // its handle, where it is about a user group
	User    workspace.UserID    `json:"user"`
	Called  string              `json:"called"`
	Verdict string              `json:"verdict"`
	Cluster string              `json:"cluster"`
	DryRun  bool                `json:"dry_run,omitempty"`
	Reasons []string            `json:"reasons"`
}

// Held is what waits until a person releases it.
type Held struct {
	ID      string              `json:"id"` // what usher release and discard take
	Kind    string              `json:"kind"`
	Channel workspace.ChannelID `json:"channel,omitempty"`
	Name    string              `json:"name,omitempty"`
	Source  string              `json:"source,omitempty"`
	Group   string              `json:"usergroup,omitempty"`
	Has     int                 `json:"has"`
	Had     int                 `json:"had"`
	Since   time.Time           `json:"since"`
	State   string              `json:"state"` // waits, released, dropped
	By      []string            `json:"by,omitempty"`
	People  []HeldPerson        `json:"people,omitempty"`
}

// HeldPerson is one of those whom something held is about.
type HeldPerson struct {
	User    workspace.UserID `json:"user"`
	Called  string           `json:"called"`
	Reasons []string         `json:"reasons"`
}

// describeHeld puts what a plan holds, and what is kept besides, into words.
func describeHeld(a asked, braked []rules.Brake, kept []handlers.Held, at time.Time) []Held {
	known := map[string]handlers.Held{}
	for _, h := range kept {
		known[h.Key] = h
	}
	var all []handlers.Held
	for _, b := range braked {
		h := handlers.HeldOf(b, at)
		if k, ok := known[h.Key]; ok && k.ID() == h.ID() {
			h = k
		}
		all = append(all, h)
		delete(known, h.Key)
	}
	for _, h := range kept {
		if _, left := known[h.Key]; left && h.Kind == rules.BrakeFlapping {
			all = append(all, h)
		}
	}
	out := []Held{}
	for _, h := range all {
		c, _ := a.now.Channel(h.Channel)
		g, _ := a.now.Usergroup(h.Usergroup)
		one := Held{
			ID: h.ID(), Kind: string(h.Kind), Channel: h.Channel, Name: c.Name, Source: h.Source, Group: g.Handle, Has: h.Has, Had: h.Had, Since: h.Since,
			State: cmp.Or(string(h.State), "waits"),
		}
		for _, by := range h.By {
			one.By = append(one.By, Named(a.now, string(by)))
		}
		for _, u := range h.People {
			who, _ := a.now.User(u)
			d := a.policy.DecideMember(a.now, at, rules.Membership{Channel: h.Channel, User: u, Cause: rules.CausePlan})
			if h.Usergroup != "" {
				rule, _ := a.policy.ManagedGroup(a.now, h.Usergroup)
				d, _ = a.policy.GroupWhy(a.now, at, rule.Handle, u)
			}
			one.People = append(one.People, HeldPerson{User: u, Called: who.Called(), Reasons: d.Words(a.now, rules.Operator)})
		}
		out = append(out, one)
	}
	return out
}

// describePlan puts a plan into words for the operator, who may see every name.
func describePlan(team workspace.TeamID, p rules.Plan, w *workspace.Snapshot) Plan {
	out := Plan{
		Team: team, Hash: p.Hash, Steps: []Step{}, Actions: []string{}, Held: []Held{}, Doubts: []string{},
		Calls: p.Forecast.Calls, Takes: p.Forecast.Takes, Unread: len(p.Refresh),
	}
	name := func(id workspace.ChannelID) string {
		c, _ := w.Channel(id)
		return c.Name
	}
	for _, d := range p.Decisions {
		u, _ := w.User(d.User)
		out.Steps = append(out.Steps, Step{
			Channel: d.Channel, Name: name(d.Channel), User: d.User, Called: u.Called(),
			Verdict: d.Verdict.String(), Cluster: d.Cluster, DryRun: d.DryRun, Reasons: d.Words(w, rules.Operator),
		})
		if d.Channel == "" {
			out.Steps[len(out.Steps)-1].Group = strings.TrimPrefix(d.Cluster, "@")
		}
	}
	for _, a := range p.Actions {
		out.Actions = append(out.Actions, a.String())
	}
	for _, b := range p.Held {
		out.Held = append(out.Held, Held{Kind: string(b.Kind), Channel: b.Channel, Name: name(b.Channel), Source: b.Source, Has: b.Has, Had: b.Had})
	}
	for _, d := range p.Doubts {
		if c := name(d.Channel); c != "" {
			out.Doubts = append(out.Doubts, "#"+c+": "+d.Reason.Words(w, rules.Operator))
		} else if g, ok := w.Usergroup(d.Usergroup); ok {
			out.Doubts = append(out.Doubts, "@"+g.Handle+": "+d.Reason.Words(w, rules.Operator))
		} else if d.Channel == "" && d.Usergroup == "" { // a user group that is still to be made
			out.Doubts = append(out.Doubts, d.Reason.Cluster+": "+d.Reason.Words(w, rules.Operator))
		}
	}
	return out
}
