package slacksim

import (
	"encoding/json"
	"maps"
)

// top finds the modal of the act, which has to be the one on top.
func (d *deed) top() (*view, *failure) {
	stack := d.w.stacks[d.me.id]
	if len(stack) == 0 || d.ViewID != "" && stack[len(stack)-1].id != d.ViewID {
		return nil, unknown("view_not_found", "view_id is the modal on top of the person's screen")
	}
	return stack[len(stack)-1], nil
}

// submit fills in a modal and sends it off, unless the client itself refuses.
func (d *deed) submit() ActAnswer {
	d.mu.Lock()
	v, f := d.top()
	if f != nil {
		d.mu.Unlock()
		return refused(f)
	}
	if out := d.fillIn(v); out.Errors != nil || out.Error != "" {
		d.mu.Unlock()
		return out
	}
	d.touch()
	body := d.w.interaction("view_submission", d.me)
	body["trigger_id"], body["view"], body["response_urls"] = d.w.newTrigger(d.me), v.body(d.w), []any{}
	acked := d.w.send("interactive", body, true)
	d.mu.Unlock()

	ack := d.acknowledgement(acked)
	if ack.Err != nil {
		return unanswered(ack.Err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.follow(v, ack.Payload)
	d.touch()
	return out
}

// fillIn enters the values and complains as the client does.
func (d *deed) fillIn(v *view) ActAnswer {
	complaints := map[string]string{}
	left := map[string]map[string]any{}
	for block, actions := range d.Values {
		left[block] = maps.Clone(actions)
	}
	entered := viewState{}
	for block, actions := range v.state {
		for action, state := range actions {
			entered.set(block, action, state)
		}
	}
	all := elements(v.blocks)
	for _, e := range all {
		typed, given := left[e.BlockID][e.ActionID]
		if !given {
			continue
		}
		delete(left[e.BlockID], e.ActionID)
		state, problem := d.w.enter(d.me, e, typed)
		if problem != "" {
			complaints[e.BlockID] = problem
			continue
		}
		entered.set(e.BlockID, e.ActionID, state)
	}
	for block, actions := range left {
		for action := range actions {
			return ActAnswer{Error: "element_not_found", Detail: "the modal has no element " + action + " in a block " + block}
		}
	}
	for _, e := range all {
		if complaints[e.BlockID] == "" && !e.optional() && blank(e, entered[e.BlockID][e.ActionID]) {
			complaints[e.BlockID] = "Please complete this required field."
		}
	}
	if len(complaints) > 0 {
		return ActAnswer{Error: "invalid_input", Errors: complaints}
	}
	v.state, v.shown = entered, nil
	return ActAnswer{}
}

// follow does what the app's answer to a submission says. Without one the
// modal closes.
func (d *deed) follow(v *view, payload json.RawMessage) ActAnswer {
	var p struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(payload) > 0 && json.Unmarshal(payload, &p) != nil {
		return ActAnswer{Error: "invalid_response", Detail: "the ack's payload is not a response to a submission"}
	}
	var f *failure
	switch p.Action {
	case "":
		d.w.closeTop(v)
	case "clear":
		d.w.closeAll(d.me)
	case "update":
		f = d.w.refill(v, p.View)
	case "push":
		var next *view
		if next, f = d.w.newView("modal", d.me, p.View); f == nil {
			f = d.w.pushModal(next)
		}
	case "errors":
		known := map[string]bool{}
		for _, e := range elements(v.blocks) {
			known[e.BlockID] = e.input() || known[e.BlockID]
		}
		for block := range p.Errors {
			if !known[block] {
				return ActAnswer{Error: "invalid_response", Detail: "errors names " + block + ", which is no input block of the modal"}
			}
		}
		if len(p.Errors) == 0 {
			return ActAnswer{Error: "invalid_response", Detail: "response_action errors needs errors"}
		}
		return ActAnswer{OK: true, Errors: p.Errors, View: v.raw(d.w)}
	default:
		return ActAnswer{Error: "invalid_response", Detail: "there is no response_action " + p.Action}
	}
	if f != nil {
		return ActAnswer{Error: "invalid_response", Detail: "Slack does not take the view: " + f.code + firstMessage(f)}
	}
	out := ActAnswer{OK: true}
	if stack := d.w.stacks[d.me.id]; len(stack) > 0 {
		out.View = stack[len(stack)-1].raw(d.w)
	}
	return out
}
