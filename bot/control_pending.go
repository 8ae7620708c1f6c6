package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Pending is what one reaction still has to do in one channel: steps that wait
// for their turn or for a person, and an archiving that comes due.
type Pending struct {
	Reaction string              `json:"reaction"`
	Channel  workspace.ChannelID `json:"channel"`
	Name     string              `json:"name"`
	Steps    []string            `json:"steps"` // in their order
	Held     bool                `json:"held,omitempty"`
	Due      time.Time           `json:"due"` // of the first of them
}

// pendingMost bounds how many waiting actions are looked at for a plan.
const pendingMost = 10_000

// pending lists what waits of all reactions, the first due first.
func (c *control) pending(ctx context.Context, a asked) ([]Pending, error) {
	waiting, err := c.orders.store.Waiting(ctx, a.team, pendingMost)
	if err != nil {
		return nil, err
	}
	type place struct {
		reaction string
		channel  workspace.ChannelID
		held     bool
	}
	at := map[place]int{}
	out := []Pending{}
	for _, w := range waiting {
		var p place
		var step string
		switch do := w.Action.(type) {
		case action.Step:
			p, step = place{do.Reaction, do.Channel, false}, do.Verb
		case action.Archive:
			p, step = place{do.Reaction, do.Channel, false}, "archive"
			if do.Warn {
				step = "warn before archive"
			}
		default:
			continue
		}
		p.held = strings.HasPrefix(w.Hold, handlers.ReactionHold(""))
		i, seen := at[p]
		if !seen {
			ch, _ := a.now.Channel(p.channel)
			i, at[p] = len(out), len(out)
			out = append(out, Pending{Reaction: p.reaction, Channel: p.channel, Name: ch.Name, Held: p.held, Due: w.Due})
		}
		out[i].Steps = append(out[i].Steps, step)
	}
	return out, nil
}

// String is p in one line.
func (p Pending) String() string {
	s := fmt.Sprintf("reaction %s in #%s: %s", p.Reaction, p.Name, strings.Join(p.Steps, ", "))
	if p.Held {
		return fmt.Sprintf("held: %s (usher reactions release %s, or drop)", s, p.Reaction)
	}
	return fmt.Sprintf("waiting: %s, from %s", s, p.Due.UTC().Format("2006-01-02 15:04 UTC"))
}
