package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"usher/bot/slacksim/wire"
)

// interaction is what every interactive payload carries.
func (w *workspace) interaction(kind string, u *user) answer {
	return answer{
		"type": kind, "token": w.slack.verifier, "api_app_id": w.slack.appID, "is_enterprise_install": false,
		"enterprise": w.enterpriseRef(), "team": answer{"id": w.id, "domain": w.domain},
		"user": answer{"id": u.id, "username": u.name, "name": u.name, "team_id": u.team},
	}
}

func (w *workspace) enterpriseRef() any {
	if !w.grid() {
		return nil
	}
	return answer{"id": w.enterprise, "name": w.name}
}

// send carries a command or an interaction to the app. The mutex is held; what
// comes back is waited for without it.
func (w *workspace) send(kind string, body answer, reply bool) <-chan wire.Ack {
	raw, err := json.Marshal(body)
	switch {
	case err != nil:
		err = fmt.Errorf("encode %s: %w", kind, err)
	case w.bot.deleted: // the app is not installed any more
		err = wire.ErrNoSocket
	default:
		return w.slack.hub.Send(wire.Envelope{Type: kind, App: w.slack.appID, Team: w.id, Payload: raw, AcceptsResponse: reply})
	}
	gone := make(chan wire.Ack, 1)
	gone <- wire.Ack{Err: err}
	return gone
}

// acknowledgement waits for what comes back, for as long as anybody wants it.
// Whoever asks when the server ends is told so, whichever they see first.
func (d *deed) acknowledgement(acked <-chan wire.Ack) wire.Ack {
	select {
	case ack := <-acked:
		return ack
	case <-d.ctx.Done():
		return wire.Ack{Err: context.Cause(d.ctx)}
	}
}

// unanswered is what the person is told when the app said nothing.
func unanswered(err error) ActAnswer {
	a := ActAnswer{Error: "operation_timeout", Detail: "the app did not answer within 3 seconds"}
	if errors.Is(err, wire.ErrNoSocket) || errors.Is(err, wire.ErrClosed) {
		a = ActAnswer{Error: "dispatch_failed", Detail: "the app is not connected"}
	}
	return a
}

// channelName is how payloads call a channel.
func (w *workspace) channelName(c *channel) string {
	switch {
	case c.dm && !c.mpim:
		return "directmessage"
	case c.private:
		return "privategroup"
	}
	return c.name
}
