package slacksim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxStack is how many modals may lie on each other.
const maxStack = 3

// viewState holds what people entered: per block, per action.
type viewState map[string]map[string]any

func (s viewState) set(block, action string, value any) {
	if s[block] == nil {
		s[block] = map[string]any{}
	}
	s[block][action] = value
}

func (s viewState) body() answer {
	values := answer{}
	for block, actions := range s {
		values[block] = maps.Clone(actions)
	}
	return answer{"values": values}
}

// view is a modal or the Home tab of one person.
type view struct {
	id, hash, kind string
	externalID     string
	owner          *user
	content        map[string]json.RawMessage // as the app sent it
	blocks         json.RawMessage            // with the ids filled in
	state          viewState
	root, previous string
	shown          json.RawMessage // the body as JSON, nil when it has to be made again
}

// fill replaces what the view shows. What a person entered stays where the
// same block and action are still there.
func (v *view) fill(w *workspace, raw json.RawMessage) *failure {
	var head struct {
		Type       string          `json:"type"`
		ExternalID string          `json:"external_id"`
		Blocks     json.RawMessage `json:"blocks"`
	}
	var content map[string]json.RawMessage
	if json.Unmarshal(raw, &content) != nil || json.Unmarshal(raw, &head) != nil {
		return invalid("failed to parse the view [json-pointer:/view]")
	}
	sum := sha256.Sum256(fmt.Appendf(slices.Clip(raw), "%d", w.slack.next()))
	v.hash = fmt.Sprintf("%d.%s", w.unix(), hex.EncodeToString(sum[:4]))
	v.content, v.kind, v.externalID = content, head.Type, head.ExternalID
	v.blocks = w.slack.identified(head.Blocks)
	before := v.state
	v.shown = nil
	v.state = viewState{}
	for _, e := range elements(v.blocks) {
		if kept, ok := before[e.BlockID][e.ActionID]; ok {
			v.state.set(e.BlockID, e.ActionID, kept)
		} else if value := w.initial(e); value != nil {
			v.state.set(e.BlockID, e.ActionID, value)
		}
	}
	return nil
}

// body is the view object of answers and payloads.
func (v *view) body(w *workspace) answer {
	b := answer{
		"id": v.id, "team_id": w.id, "type": v.kind, "hash": v.hash, "state": v.state.body(),
		"private_metadata": "", "callback_id": "", "external_id": v.externalID, "title": nil, "close": nil, "submit": nil,
		"clear_on_close": false, "notify_on_close": false, "previous_view_id": orNull(v.previous), "root_view_id": v.root,
		"app_id": w.slack.appID, "app_installed_team_id": w.id, "bot_id": w.botID, "blocks": []any{},
	}
	for _, field := range []string{"private_metadata", "callback_id", "title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"} {
		if value, ok := v.content[field]; ok && string(value) != "null" {
			b[field] = value
		}
	}
	if len(v.blocks) > 0 {
		b["blocks"] = v.blocks
	}
	if v.kind == "home" {
		b["title"] = answer{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return b
}

// newView makes a view for a person from what the app sent.
func (w *workspace) newView(kind string, owner *user, raw json.RawMessage) (*view, *failure) {
	if f := checkView(raw, kind); f != nil {
		return nil, f
	}
	v := &view{id: ident(w.slack.seed, "V", w.id+"/view", fmt.Sprint(w.slack.next())), owner: owner}
	v.root = v.id
	if f := v.fill(w, raw); f != nil {
		return nil, f
	}
	if v.externalID != "" && w.external[v.externalID] != nil {
		return nil, fail("duplicate_external_id")
	}
	return v, nil
}

func (w *workspace) keepView(v *view) {
	w.views[v.id] = v
	if v.externalID != "" {
		w.external[v.externalID] = v
	}
}

func (w *workspace) dropView(v *view) {
	delete(w.views, v.id)
	if v.externalID != "" {
		delete(w.external, v.externalID)
	}
}

// openModal starts a stack; one that was open is gone.
func (w *workspace) openModal(v *view) {
	w.closeAll(v.owner)
	w.keepView(v)
	w.stacks[v.owner.id] = []*view{v}
}

// pushModal puts a modal on top of the person's stack.
func (w *workspace) pushModal(v *view) *failure {
	stack := w.stacks[v.owner.id]
	switch {
	case len(stack) == 0:
		return fail("not_found")
	case len(stack) >= maxStack:
		return fail("push_limit_reached")
	}
	v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	w.keepView(v)
	w.stacks[v.owner.id] = append(slices.Clone(stack), v)
	return nil
}

// closeTop takes the given modal and everything above it off the stack.
func (w *workspace) closeTop(v *view) {
	stack := w.stacks[v.owner.id]
	at := slices.Index(stack, v)
	if at < 0 {
		return
	}
	for _, gone := range stack[at:] {
		w.dropView(gone)
	}
	if at == 0 {
		delete(w.stacks, v.owner.id)
		return
	}
	w.stacks[v.owner.id] = slices.Clone(stack[:at])
}

func (w *workspace) closeAll(u *user) {
	if stack := w.stacks[u.id]; len(stack) > 0 {
		w.closeTop(stack[0])
	}
}

// refill updates a view in place.
func (w *workspace) refill(v *view, raw json.RawMessage) *failure {
	if f := checkView(raw, v.kind); f != nil {
		return f
	}
	var head struct {
		ExternalID string `json:"external_id"`
	}
	if err := json.Unmarshal(raw, &head); err == nil && head.ExternalID != "" {
		if other := w.external[head.ExternalID]; other != nil && other != v {
			return fail("duplicate_external_id")
		}
	}
	w.dropView(v)
	f := v.fill(w, raw)
	w.keepView(v)
	return f
}
