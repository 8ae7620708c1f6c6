package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// channelEvent is every event about one channel. Slack names the channel by its
// id, or by an object that holds it.
type channelEvent struct {
	Channel channelRef          `json:"channel"`
	New     workspace.ChannelID `json:"new_channel_id"` // channel_id_changed
	User    workspace.UserID    `json:"user"`           // who archived or unarchived it
}

type channelRef struct {
	ID   workspace.ChannelID
	Name string // channel_created, channel_rename
}

// UnmarshalJSON takes "C123" and {"id":"C123", …}.
func (c *channelRef) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte(`"`)) {
		return json.Unmarshal(b, &c.ID)
	}
	var whole struct {
		ID   workspace.ChannelID `json:"id"`
		Name string              `json:"name"`
	}
	err := json.Unmarshal(b, &whole)
	c.ID, c.Name = whole.ID, whole.Name
	return err
}

// channelChanged asks about a whole channel.
func channelChanged(change rules.ChannelChange) func(context.Context, Request, channelEvent) (Outcome, error) {
	return func(_ context.Context, r Request, e channelEvent) (Outcome, error) {
		id := e.Channel.ID
		if e.New != "" {
			id = e.New
		}
		var out Outcome
		switch change {
		case rules.ChannelConverted:
			r.look(&out, id)
		case rules.ChannelCreated, rules.ChannelRenamed, rules.ChannelUnarchived:
			r.channel(&out, id, change)
			r.announce(&out, id)
		case rules.ChannelArchived, rules.ChannelLost, rules.ChannelEntered:
			r.channel(&out, id, change)
		}
		r.reactTo(&out, e, change)
		if r.shows(id, change) {
			r.publish(&out, r.openers()...)
		}
		return out, nil
	}
}

// shows reports whether a change may be seen on a Home: of channels that no rule
// is about, only what may have taken them out of one.
func (r Request) shows(id workspace.ChannelID, change rules.ChannelChange) bool {
	switch change {
	case rules.ChannelRenamed, rules.ChannelLost, rules.ChannelConverted:
		return true
	case rules.ChannelCreated, rules.ChannelArchived, rules.ChannelUnarchived, rules.ChannelEntered:
	}
	c, ok := r.Workspace.Channel(id)
	return ok && len(r.Policy.Governing(c)) > 0 || r.Policy.Feeds(rules.FromChannel, string(id))
}

// look is channel for when nothing happened to it that its owners have to hear of.
func (r Request) look(out *Outcome, id workspace.ChannelID) {
	before := len(out.Actions)
	r.channel(out, id, rules.ChannelEntered)
	kept := slices.DeleteFunc(out.Actions[before:], func(d Due) bool {
		t, ok := d.Action.(action.Tell)
		return ok && t.Topic == action.NewChannel
	})
	out.Actions = out.Actions[:before+len(kept)]
}

// channel asks about everything in one channel.
func (r Request) channel(out *Outcome, id workspace.ChannelID, change rules.ChannelChange) {
	o := r.Policy.DecideChannel(r.Workspace, r.At, id, change)
	out.Decisions = append(out.Decisions, o.Decisions...)
	out.settle(o.Settled)
	out.do(o.Actions...)
	out.read(o.Refresh)
	r.hold(out, o.Held)
}

// channelBack is a channel that was unarchived: whoever hangs on it, if it is a
// source, is looked at again.
func channelBack(ctx context.Context, r Request, e channelEvent) (Outcome, error) {
	out, err := channelChanged(rules.ChannelUnarchived)(ctx, r, e)
	if r.Policy.Feeds(rules.FromChannel, string(e.Channel.ID)) {
		out.do(action.Replan{Why: whySource})
	}
	return out, err
}
