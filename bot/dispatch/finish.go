package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
)

// finish lets out what waited for a turn's commit: the ack, a modal, the
// queue's answer, the one line in the log.
func (l *lane) finish(t *turn) {
	took := l.config.Clock().Sub(t.e.received)
	outcome, line := "ok", l.log.Info()
	switch {
	case t.before:
		outcome = "duplicate"
	case t.err != nil:
		outcome, line = "failed", l.log.Error().Err(t.err)
		if len(t.stack) > 0 {
			line.Bytes("stack", t.stack)
		}
	case t.ignored:
		outcome, line = "ignored", l.log.Debug()
	}
	line.Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, t.e.id).Str(config.FieldKind, t.e.kind).Str(config.FieldOutcome, outcome).
		Int("decisions", len(t.out.Decisions)).Int("actions", len(t.out.Actions)).Dur(config.FieldTook, took).Msg("handled an event")
	l.config.Metrics.Envelope(l.team, t.e.kind, outcome, took)
	if !t.before {
		for _, d := range t.out.Decisions {
			l.config.Metrics.Decision(l.team, d.Cluster, d.Verdict.String(), d.DryRun)
		}
	}
	if t.before {
		t.out.Reply = handlers.Reply{}
	}
	if t.out.Reply.Open != nil && !t.said {
		l.show(t)
	}
	l.release(t.e, t)
}

// release acknowledges an entry, beside the lane: a connection that stalls must
// not stall a workspace.
func (l *lane) release(e *entry, t *turn) {
	if e.committed != nil {
		e.committed <- nil
		return
	}
	if e.from != nil {
		l.close(e, t)
		return
	}
	var reply handlers.Reply
	if t != nil {
		reply = t.out.Reply
	}
	l.work.Go(func() {
		if l.acknowledge(e, payloadOf(e.kind, reply)) || t == nil || t.said {
			return
		}
		if due := e.afterwards(reply); due != nil && reply.Open == nil { // told to wait between the commit and now
			l.say(e, *due)
		}
	})
}

// say stores an answer that missed its ack.
func (l *lane) say(e *entry, due store.Due) {
	if _, err := l.config.Store.Commit(context.WithoutCancel(l.ctx), l.team, store.Commit{Actions: []store.Due{due}}); err != nil {
		l.log.Error().Err(err).Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, e.id).Msg("could not store a late answer")
		return
	}
	l.config.Wake(l.team)
}

// show shows a modal, ahead of everything queued and beside the lane.
func (l *lane) show(t *turn) {
	if l.config.Show == nil {
		return
	}
	l.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, showWithin)
		defer cancel()
		if err := l.config.Show(ctx, l.team, *t.out.Reply.Open); err != nil {
			l.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, t.e.id).Msg("could not show a modal")
			if due := t.e.afterwards(t.out.Reply); due != nil {
				l.say(t.e, *due)
			}
		}
	})
}

// showWithin is how long the showing of a modal may take; its trigger lives 3 s.
const showWithin = 3 * time.Second

// spoilt gives up one entry that the store refuses for what is in it: it is
// remembered as handled, or it would come again and again.
func (l *lane) spoilt(t *turn, err error) {
	t.err = errors.Join(t.err, fmt.Errorf("commit event %s: %w", t.e.id, err))
	t.out = l.apology(t)
	t.commit = store.Commit{Event: t.e.id, Actions: store.Actions(t.out.Actions), Records: []store.Record{failure(t)}}
	if err := l.commit([]*turn{t}); err != nil {
		l.log.Error().Err(err).Str(config.FieldTeam, string(l.team)).Str(config.FieldEvent, t.e.id).Msg("could not commit that an event failed")
		l.sorry(t)
		l.fail([]*entry{t.e}, err)
	}
}

// sorry answers somebody who waits although nothing could be stored: their
// command does not come again by itself.
func (l *lane) sorry(t *turn) {
	if t.e.committed != nil || t.e.from != nil || t.e.who.id() == "" && !t.e.order {
		return
	}
	out := l.apology(t)
	l.work.Go(func() { l.acknowledge(t.e, payloadOf(t.e.kind, out.Reply)) })
}

// fail tells those who wait for a batch that it was not committed. Envelopes
// stay without an ack and come again.
func (l *lane) fail(batch []*entry, err error) {
	for _, e := range batch {
		switch {
		case e.committed != nil:
			e.committed <- err
		case e.from != nil:
			e.gone()
			e.done(false)
		case e.who.id() == "":
			e.gone()
		}
	}
}
