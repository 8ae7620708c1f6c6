package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"

	"usher/bot/dispatch"
	"usher/rules/workspace"
)

// inbox is what has come in on a connection and was not handed on yet. Slack
// sends no more than a few a second and stops when nothing is acknowledged, so
// it stays short.
type inbox struct {
	mu    sync.Mutex
	queue []arrival
	more  chan struct{}
}

type arrival struct {
	request  socketmode.Request
	received time.Time
}

func newInbox() *inbox { return &inbox{more: make(chan struct{}, 1)} }

func (b *inbox) request(r *socketmode.Request) {
	b.mu.Lock()
	b.queue = append(b.queue, arrival{*r, time.Now()})
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// put takes a frame that the client could not read: of an unknown type, or
// with a payload that its structs do not hold. Whatever has an envelope id is
// an envelope.
func (b *inbox) put(raw json.RawMessage) {
	var r socketmode.Request
	if json.Unmarshal(raw, &r) != nil {
		var only struct {
			ID   string `json:"envelope_id"`
			Type string `json:"type"`
		}
		if json.Unmarshal(raw, &only) != nil {
			return
		}
		r = socketmode.Request{EnvelopeID: only.ID, Type: only.Type}
	}
	if r.EnvelopeID != "" {
		b.request(&r)
	}
}

// drain hands on what comes, in its order.
func (b *inbox) drain(ctx context.Context, take func(context.Context, arrival)) {
	for {
		b.mu.Lock()
		var next []arrival
		next, b.queue = b.queue, nil
		b.mu.Unlock()
		for _, a := range next {
			if ctx.Err() != nil {
				return
			}
			take(ctx, a)
		}
		if len(next) > 0 {
			continue
		}
		select {
		case <-b.more:
		case <-ctx.Done():
			return
		}
	}
}

// known are the envelope types that dispatch reads.
var known = map[string]bool{
	socketmode.RequestTypeEventsAPI: true, socketmode.RequestTypeSlashCommands: true, socketmode.RequestTypeInteractive: true,
}

// receive hands an envelope on. One that nobody knows is acknowledged here, or
// Slack would send it again and again.
func (c *connection) receive(ctx context.Context, a arrival) {
	if !c.owe() {
		return // not acknowledged: it comes again, to another connection
	}
	e := dispatch.Envelope{
		ID: a.request.EnvelopeID, Type: a.request.Type, Payload: a.request.Payload,
		RetryAttempt: a.request.RetryAttempt, Received: a.received, Ack: c.acknowledge(a.request),
	}
	if !known[e.Type] {
		c.log.Warn().Str("type", fmt.Sprintf("%.40q", e.Type)).Msg("envelope of an unknown type was acknowledged unread")
		if err := e.Ack(ctx, nil); err != nil {
			c.log.Warn().Err(err).Msg("ack was not sent")
		}
		return
	}
	e.Team, e.EventID = origin(e.Payload)
	c.sockets.config.Receive(ctx, e)
}

func (c *connection) owe() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.quiet {
		return false
	}
	c.owed++
	return true
}

func (c *connection) paid() {
	c.mu.Lock()
	c.owed--
	c.mu.Unlock()
	select {
	case c.settled <- struct{}{}:
	default:
	}
}

// errEnded is an ack for which no connection is left; Slack sends the event again.
var errEnded = errors.New("ack an envelope: its connection has ended and there is no other")

// acknowledge is the ack of one envelope: on its own connection, or where that
// has ended on another. A reply that Slack would drop for its size is left out
// and reported.
func (c *connection) acknowledge(r socketmode.Request) func(context.Context, any) error {
	var once sync.Once
	return func(ctx context.Context, payload any) error {
		err := c.send(ctx, r, payload)
		if err == nil || payload == nil {
			once.Do(c.paid)
			return err
		}
		if bare := c.send(ctx, r, nil); bare == nil {
			once.Do(c.paid)
		}
		return err
	}
}

func (c *connection) send(ctx context.Context, r socketmode.Request, payload any) error {
	if !r.AcceptsResponsePayload {
		payload = nil
	}
	on := c
	select {
	case <-c.ended:
		if on = c.sockets.another(c); on == nil {
			return errEnded
		}
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := on.client.AckCtx(ctx, r.EnvelopeID, payload); err != nil {
		return fmt.Errorf("ack an envelope: %w", err)
	}
	return nil
}

// origin finds the workspace that a payload was delivered for, and the id under
// which an event may come again.
func origin(payload json.RawMessage) (workspace.TeamID, string) {
	var p struct {
		TeamID         workspace.TeamID `json:"team_id"`
		EventID        string           `json:"event_id"`
		Authorizations []struct {
			TeamID workspace.TeamID `json:"team_id"`
		} `json:"authorizations"`
		Team struct {
			ID workspace.TeamID `json:"id"`
		} `json:"team"`
		User json.RawMessage `json:"user"`
		View struct {
			TeamID workspace.TeamID `json:"team_id"`
		} `json:"view"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return "", ""
	}
	// An event of a shared channel may have happened in another workspace than
	// the one it is delivered for.
	if len(p.Authorizations) > 0 && p.Authorizations[0].TeamID != "" {
		return p.Authorizations[0].TeamID, p.EventID
	}
	var user struct {
		TeamID workspace.TeamID `json:"team_id"`
	}
	_ = json.Unmarshal(p.User, &user) // only interactions have one, and it is looked at last
	for _, id := range []workspace.TeamID{p.TeamID, p.Team.ID, p.View.TeamID, user.TeamID} {
		if id != "" {
			return id, p.EventID
		}
	}
	return "", p.EventID
}
