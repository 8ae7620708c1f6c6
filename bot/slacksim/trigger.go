package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// How long a trigger and a response address live, and how often the latter
// may be used.
const (
	triggerLife  = 3 * time.Second
	responseLife = 30 * time.Minute
	responseUses = 5
)

// trigger is what lets the app open one modal, right after a person did
// something.
type trigger struct {
	w      *workspace
	user   *user
	made   time.Time
	used   bool
	opened *view
}

func (w *workspace) newTrigger(u *user) string {
	s := w.slack
	id := fmt.Sprintf("%d.%d.%s", s.next(), s.now().UnixMilli(), secret("")[:32])
	for old, t := range s.triggers {
		if s.now().Sub(t.made) > time.Minute {
			delete(s.triggers, old)
		}
	}
	s.triggers[id] = &trigger{w: w, user: u, made: s.now()}
	return id
}

// peekTrigger finds a trigger that is still good, without using it up.
func (w *workspace) peekTrigger(id string) (*trigger, *failure) {
	t := w.slack.triggers[id]
	switch {
	case t == nil && strings.Count(id, ".") == 2:
		return nil, fail("expired_trigger_id")
	case t == nil || t.w != w:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case w.slack.now().Sub(t.made) > triggerLife:
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}

// responseURL is an address that answers one command or interaction.
type responseURL struct {
	w       *workspace
	user    *user
	channel *channel
	source  *message // the message acted on, if any
	made    time.Time
	uses    int
	said    []*message
}

func (w *workspace) newResponseURL(u *user, c *channel, source *message) (string, *responseURL) {
	s := w.slack
	id := secret("")
	r := &responseURL{w: w, user: u, channel: c, source: source, made: s.now()}
	for old, other := range s.responses {
		if s.now().Sub(other.made) > responseLife {
			delete(s.responses, old)
		}
	}
	s.responses[id] = r
	return s.baseURL + "/respond/" + w.id + "/" + id, r
}

// response is what is sent to a response address, or in the ack of a command.
type response struct {
	ResponseType    string          `json:"response_type"`
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
	ThreadTS        string          `json:"thread_ts"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
}

func (p response) empty() bool {
	return p.Text == "" && emptyJSON(p.Blocks) && emptyJSON(p.Attachments) && !p.DeleteOriginal
}

func emptyJSON(raw json.RawMessage) bool {
	s := string(raw)
	return s == "" || s == "null" || s == "[]"
}

// respond carries a response out and returns the message it left, if any.
func (r *responseURL) respond(p response) (*message, *failure) {
	w := r.w
	if !emptyJSON(p.Blocks) {
		if f := checkMessageBlocks(p.Blocks); f != nil {
			return nil, f
		}
	}
	switch {
	case p.DeleteOriginal:
		if r.source != nil {
			r.source.deleted = true
		}
		return nil, nil
	case p.empty():
		return nil, fail("no_text")
	case p.ReplaceOriginal && r.source != nil:
		r.source.text, r.source.edited = p.Text, w.ts()
		r.source.blocks, r.source.attachments = w.slack.identified(p.Blocks), p.Attachments
		r.said = append(r.said, r.source)
		return r.source, nil
	}
	m := &message{user: w.bot.id, botID: w.botID, text: p.Text, blocks: w.slack.identified(p.Blocks), attachments: p.Attachments, thread: p.ThreadTS}
	if p.ResponseType != "in_channel" {
		m.to = r.user.id
	}
	w.post(r.channel, m)
	r.said = append(r.said, m)
	return m, nil
}
