package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
)

// ackWithin bounds the sending of one ack.
const ackWithin = 3 * time.Second

// acknowledge sends an entry's ack unless it was sent, and reports whether it did.
func (d *Dispatcher) acknowledge(e *entry, payload any) bool {
	ack := e.take()
	if ack == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), ackWithin)
	defer cancel()
	err := ack(ctx, payload)
	if errors.Is(err, errNobodyWaits) {
		return false
	}
	if err != nil {
		d.log.Warn().Err(err).Str(config.FieldTeam, string(e.team)).Str(config.FieldEvent, e.id).Msg("ack was not sent")
	}
	return true
}

// hurry answers somebody whose command would time out: Slack would show them an
// error while the answer is on its way.
func (d *Dispatcher) hurry(e *entry) {
	reply := handlers.Reply{}
	if e.kind == "command" {
		reply.Text = "This takes a little longer than usual. The answer will follow here in a moment."
	}
	if d.acknowledge(e, payloadOf(e.kind, reply)) {
		d.log.Warn().Str(config.FieldTeam, string(e.team)).Str(config.FieldEvent, e.id).Str(config.FieldKind, e.kind).
			Dur(config.FieldTook, d.config.Clock().Sub(e.received)).Msg("answered late")
	}
}

// payloadOf is what rides in an ack; nil where nothing does.
func payloadOf(kind string, r handlers.Reply) any {
	if p := r.AckPayload(kind); p != nil {
		return p
	}
	return nil
}

// afterwards is a reply as an action, for one that missed its ack; nil where
// there is nothing that could still be said.
func (e *entry) afterwards(r handlers.Reply) *store.Due {
	a := action.Reply{Asked: action.Asked{By: e.who.id(), ResponseURL: e.who.ResponseURL}, Text: r.Text}
	switch {
	case a.By == "":
		return nil
	case r.Open != nil, r.Update != nil, r.Push != nil:
		a.Text = "This took too long to be shown. Please try once more."
	case len(r.Errors) > 0:
		var wrong []string
		for _, text := range r.Errors {
			wrong = append(wrong, text)
		}
		a.Text = "This was not done: " + strings.Join(wrong, " ")
	case len(r.Blocks) > 0:
		blocks, err := json.Marshal(slack.Blocks{BlockSet: r.Blocks})
		if err != nil {
			return nil
		}
		a.Blocks = string(blocks)
	}
	if a.Text == "" && a.Blocks == "" {
		return nil
	}
	return &store.Due{Action: a}
}
