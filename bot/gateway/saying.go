package gateway

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// saying is a message into a channel. sent: since when it may be there already.
type saying struct {
	text, blocks string
	sent         time.Time
}

// say posts into a channel. A message that may be there already is looked for
// first; where it cannot be said whether it is, it is not posted again.
func (g *Gateway) say(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, m saying) Result {
	if !m.sent.IsZero() {
		if r, settled := g.posted(ctx, team, c, m); settled {
			return r
		}
	}
	began := time.Now()
	posted, err := g.Post(ctx, team, string(c), m.text, m.blocks)
	if e, ok := errors.AsType[*Error](err); ok && e.Unknown {
		m.sent = began
		if r, settled := g.posted(ctx, team, c, m); settled {
			return r
		}
		return Result{Class: Done, Code: e.Code, Unconfirmed: true}
	}
	r := inChannel(err, c)
	if r.Class == Done {
		r.Value = map[string]string{"channel": posted.Channel, "ts": posted.TS}
	}
	return r
}

// clocksDiffer is by how much Slack's clock and ours may.
const clocksDiffer = time.Minute

// posted looks for a message of an app's that says the same. It is settled where
// it is there, and where it cannot be looked for.
func (g *Gateway) posted(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, m saying) (r Result, settled bool) {
	args := url.Values{"channel": {string(c)}, "limit": {strconv.Itoa(mostHistory)}, "oldest": {timestamp(m.sent.Add(-clocksDiffer))}}
	page, err := Retry(ctx, func() (history, error) {
		var page history
		err := g.call(ctx, team, "conversations.history", args, &page)
		return page, err
	})
	switch {
	case ctx.Err() != nil:
		return result(ctx.Err(), action.ChannelKey(c)), true
	case err != nil:
		return Result{Class: Done, Code: codeUnseen, Unconfirmed: true}, true
	}
	for _, found := range page.Messages {
		if found.Bot != "" && sameText(bare(found.Text), bare(m.text)) {
			return Result{Class: Done, Code: codeFound, Value: map[string]string{"channel": string(c), "ts": found.TS}}, true
		}
	}
	return Result{}, false
}
