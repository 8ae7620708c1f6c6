package handlers

import (
	"context"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// memberEvent is member_joined_channel and member_left_channel.
type memberEvent struct {
	User    workspace.UserID    `json:"user"`
	Channel workspace.ChannelID `json:"channel"`
	Inviter workspace.UserID    `json:"inviter"`
}

// memberJoined asks about the one who came in, and about everything that being
// in this channel makes them eligible for.
func memberJoined(_ context.Context, r Request, e memberEvent) (Outcome, error) {
	if e.User == r.Workspace.Team().Bot {
		out := r.cameIn(e)
		r.entered(&out, e)
		return out, nil
	}
	var out Outcome
	d := r.Policy.DecideMember(r.Workspace, r.At, rules.Membership{
		Channel: e.Channel, User: e.User, Inviter: e.Inviter, Cause: rules.CauseJoined,
	})
	if !r.flaps(&out, d) {
		out.decide(d)
	}
	if d.Verdict == rules.Undetermined && e.Inviter != "" {
		out.Added = map[workspace.Seat]workspace.UserID{{Channel: e.Channel, User: e.User}: e.Inviter}
	}
	r.hangsOn(&out, rules.FromChannel, string(e.Channel), e.User)
	r.groupsFed(&out, rules.FromChannel, string(e.Channel), e.User)
	r.publish(&out, e.User)
	return out, nil
}

// memberLeft asks about everything that being in the channel made them eligible
// for. When it was Usher itself that left, the channel is out of sight.
func memberLeft(_ context.Context, r Request, e memberEvent) (Outcome, error) {
	var out Outcome
	if e.User == r.Workspace.Team().Bot {
		r.channel(&out, e.Channel, rules.ChannelLost)
		return out, nil
	}
	r.hangsOn(&out, rules.FromChannel, string(e.Channel), e.User)
	r.groupsFed(&out, rules.FromChannel, string(e.Channel), e.User)
	r.decoupled(&out, e.Channel, e.User)
	r.publish(&out, e.User)
	return out, nil
}

// cameIn takes a channel that Usher was just added to, or joined, under its
// rules: reads who is in it, and decides about all of them. Owners hear of it
// where somebody added Usher; where it joined by itself they heard of what made
// it join, or the channel is an old one that a new rule is about. A private
// channel is first heard of like this: whose rule it is under is known once it
// was read.
func (r Request) cameIn(e memberEvent) Outcome {
	var out Outcome
	if _, known := r.Workspace.Channel(e.Channel); !known && e.Inviter != "" {
		out.Added = map[workspace.Seat]workspace.UserID{{Channel: e.Channel, User: e.User}: e.Inviter}
	}
	if !r.Workspace.Members(e.Channel).Complete { // a source needs reading too
		out.do(action.Refresh{Channel: e.Channel})
	}
	if e.Inviter == "" {
		r.look(&out, e.Channel)
	} else {
		r.channel(&out, e.Channel, rules.ChannelEntered)
	}
	return out
}

// hangsOn asks about some people everywhere where a source makes, or made, them
// eligible. Answers that change nothing are left out.
func (r Request) hangsOn(out *Outcome, kind rules.SourceKind, id string, users ...workspace.UserID) {
	fed := r.Policy.FedBy(kind, id)
	if len(fed) == 0 {
		return
	}
	for _, u := range users {
		r.user(out, u, rules.CauseSource, fed...)
	}
}

// user asks about one person in every channel of some clusters, or of all.
func (r Request) user(out *Outcome, u workspace.UserID, cause rules.Cause, clusters ...string) {
	for _, d := range r.Policy.DecideUser(r.Workspace, r.At, u, cause, clusters...) {
		if r.news(d) {
			out.decide(r.heldBack(d))
		}
	}
}

// news reports whether a decision changes anything: somebody who belongs and was
// known to belong is none.
func (r Request) news(d rules.Decision) bool {
	if d.Verdict != rules.Allow && d.Verdict != rules.Unmanaged || len(d.Actions) > 0 {
		return true
	}
	if _, grace := r.Workspace.Grace(d.Channel, d.User); grace {
		return true
	}
	u, known := r.Workspace.User(d.User)
	return known && r.Workspace.Members(d.Channel).Newcomers.Has(u)
}
