package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// How long a response address lives and how often it may be used.
const (
	responseLife = 30 * time.Minute
	responseUses = 5
)

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
			w.erase(r.source)
		}
		return nil, nil
	case p.empty():
		return nil, fail("no_text")
	case p.ReplaceOriginal && r.source != nil:
		before := r.source.body()
		r.source.text, r.source.edited = p.Text, w.ts()
		r.source.blocks, r.source.attachments = w.slack.identified(p.Blocks), p.Attachments
		w.emitEdited(r.source, before)
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

// serveRespond takes what the app sends to a response address.
func (s *slack) serveRespond(rw http.ResponseWriter, r *http.Request) {
	var p response
	err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxBody)).Decode(&p)
	s.mu.Lock()
	defer s.mu.Unlock()
	address := s.responses[r.PathValue("id")]
	var f *failure
	switch {
	case address == nil || address.w.id != r.PathValue("team"), s.now().Sub(address.made) > responseLife, address.uses >= responseUses:
		http.Error(rw, `{"ok":false,"error":"expired_url"}`, http.StatusNotFound)
		return
	case err != nil:
		f = fail("invalid_payload")
	default:
		address.uses++
		_, f = address.respond(p)
	}
	if f != nil {
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(http.StatusBadRequest)
		body, err := json.Marshal(merge(answer{"ok": false, "error": f.code}, f.more))
		if err == nil {
			rw.Write(body)
		}
		return
	}
	s.touch()
	fmt.Fprint(rw, "ok")
}
