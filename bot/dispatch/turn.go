package dispatch

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"usher/bot/directory"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// turn is one entry's way through the lane.
type turn struct {
	e       *entry
	req     handlers.Request
	out     handlers.Outcome
	commit  store.Commit
	err     error  // for the operator; the person's apology is in out
	stack   []byte // of a panic
	ignored bool   // nothing handles its kind
	before  bool   // the store knew its event
	said    bool   // its reply goes out as an action: it missed its ack
	relayed bool   // its reply goes to another replica with the commit
}

// handle has an entry seen by the mirror and answered by its handler. Whatever
// goes wrong becomes an apology and a record; the lane goes on.
func (l *lane) handle(e *entry) *turn {
	t := &turn{e: e}
	if e.broken != nil {
		t.err = e.broken
		t.commit = store.Commit{Event: e.id, Records: []store.Record{failure(t)}}
		return t
	}
	var wants []action.Refresh
	var happened time.Time
	if name, ok := eventName(e); ok {
		happened = directory.Happened(e.body)
		wants, t.err = l.config.Directory.Observe(l.team, name, e.body)
	}
	req, bound, err := l.config.Requests.next(l.ctx, l.team, e)
	t.req = req
	if err != nil {
		t.err = errors.Join(t.err, err)
		t.out = l.apology(t)
	} else {
		t.out = l.route(t)
	}
	t.commit = store.Commit{
		Event: e.id, Happened: happened, CameIn: e.kind == "event:member_joined_channel", Actor: e.actor(), Decisions: t.out.Decisions, Actions: store.Actions(t.out.Actions),
		Graces: graces(req, t.out.Decisions), Bindings: bound.pinned, Notes: notes(e, t.out),
	}
	l.config.Directory.Belong(l.team, t.out.Decisions)
	l.steered(t)
	l.reacted(t)
	t.commit.Actions = append(t.commit.Actions, rechecks(req, e, t.out.Decisions)...)
	t.commit.Notes = append(t.commit.Notes, l.config.Requests.rebase(l.team, t.out.Rebased)...)
	for _, w := range wants {
		t.commit.Actions = append(t.commit.Actions, store.Due{Action: w})
	}
	if bound.grown {
		t.commit.Actions = append(t.commit.Actions, store.Due{Action: action.Replan{Why: "policy"}})
	}
	switch {
	case t.err != nil:
		t.commit.Records = append(t.commit.Records, failure(t))
	case t.ignored && len(t.commit.Actions) == 0 && bound.pinned == nil:
		t.commit.Event = "" // nothing hangs on its coming once
	case t.ignored:
		t.ignored = false
	}
	return t
}

// eventName is an event's type, false for everything else.
func eventName(e *entry) (string, bool) {
	const verb = "event:"
	if len(e.kind) <= len(verb) || e.kind[:len(verb)] != verb || e.committed != nil {
		return "", false
	}
	return e.kind[len(verb):], true
}

// route asks the handler.
func (l *lane) route(t *turn) (out handlers.Outcome) {
	defer func() {
		if p := recover(); p != nil {
			t.err = errors.Join(t.err, fmt.Errorf("handle %s: panic: %s", t.e.kind, said(p)))
			t.stack = debug.Stack()
			out = l.apology(t)
		}
	}()
	out, err := l.config.Router.Handle(l.ctx, t.e.kind, t.req, t.e.body)
	if errors.Is(err, handlers.ErrNoRoute) {
		t.ignored = true
		return handlers.Outcome{}
	}
	if err != nil {
		t.err = errors.Join(t.err, err)
	}
	return out
}

// said is a panic in words that cannot hold what people typed: a runtime error's
// own, else only its type.
func said(p any) string {
	if err, ok := p.(interface {
		error
		RuntimeError()
	}); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

// apology is what the person is told; a panic on the way to it tells them nothing.
func (l *lane) apology(t *turn) (out handlers.Outcome) {
	defer func() {
		if recover() != nil {
			out = handlers.Outcome{}
		}
	}()
	t.req.Team, t.req.EventID = t.e.team, t.e.id
	return l.config.Router.Apology(t.e.kind, t.req, t.e.body)
}

// failure is the audit's row about a turn that failed. The error itself, which
// only the log has, is found under the event's id.
func failure(t *turn) store.Record {
	return store.Record{Kind: store.RecordFailure, Event: t.e.id, Actor: string(t.e.who.id()), Line: "could not handle " + t.e.kind}
}

// graces are those that decisions start and end, to be stored beside them.
func graces(r handlers.Request, decisions []rules.Decision) []store.Grace {
	var all []store.Grace
	for _, d := range decisions {
		_, runs := r.Workspace.Grace(d.Channel, d.User)
		switch d.Remember() {
		case rules.StartGrace:
			if !runs {
				all = append(all, store.Grace{Channel: d.Channel, User: d.User, Since: r.At})
			}
		case rules.Settle, rules.Tolerate:
			if runs {
				all = append(all, store.Grace{Channel: d.Channel, User: d.User})
			}
		case rules.Forget:
		}
	}
	return all
}

// notes are what a plan leaves behind for the next one.
func notes(e *entry, out handlers.Outcome) []store.Note {
	var all []store.Note
	for source, n := range out.Sizes {
		all = append(all, store.Note{Kind: store.NoteSourceSize, Name: source, Value: strconv.Itoa(n)})
	}
	var a action.Replan
	if e.kind == "due:replan" && json.Unmarshal(e.body, &a) == nil && a.Channel == "" {
		all = append(all, store.Note{Kind: store.NotePlanned, Name: "workspace", Value: a.Why + "."})
	}
	return all
}

// moved is the channel whose id an event says has changed.
func moved(e *entry) (from, to workspace.ChannelID, ok bool) {
	if e.kind != "event:channel_id_changed" {
		return "", "", false
	}
	var ids struct {
		Old workspace.ChannelID `json:"old_channel_id"`
		New workspace.ChannelID `json:"new_channel_id"`
	}
	if json.Unmarshal(e.body, &ids) != nil || ids.Old == "" || ids.New == "" {
		return "", "", false
	}
	return ids.Old, ids.New, true
}
