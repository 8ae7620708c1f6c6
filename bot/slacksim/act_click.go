package slacksim

import (
	"slices"
	"strconv"
	"strings"
)

// click uses an element: presses a button, or chooses what Value says in a
// select, a picker or a list of boxes.
func (d *deed) click() ActAnswer {
	d.mu.Lock()
	s, f := d.find()
	if f != nil {
		d.mu.Unlock()
		return refused(f)
	}
	action, problem := d.action(s)
	if problem != "" {
		d.mu.Unlock()
		return ActAnswer{Error: "invalid_value", Detail: problem}
	}
	d.touch()
	if !s.element.dispatches() {
		defer d.mu.Unlock()
		return d.afterwards(s)
	}
	trig := d.w.newTrigger(d.me)
	body := s.describe(d.w, d.w.interaction("block_actions", d.me))
	body["trigger_id"], body["actions"] = trig, []answer{action}
	var said *responseURL
	if s.message != nil {
		body["response_url"], said = d.w.newResponseURL(d.me, d.w.channels[s.message.channel], s.message)
	}
	acked := d.w.send("interactive", body, false)
	opened := d.triggers[trig]
	before := d.glance(s)
	d.mu.Unlock()

	ack := d.acknowledgement(acked)
	if ack.Err != nil {
		return unanswered(ack.Err)
	}
	d.await(d.ctx, d.waiting(), func() bool {
		return opened.opened != nil || said != nil && len(said.said) > 0 || d.glance(s) != before
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.afterwards(s)
}

// action is the entry of the payload for what was used, and keeps the state it
// leaves behind.
func (d *deed) action(s surface) (answer, string) {
	e := s.element
	action := answer{"type": e.Type, "action_id": e.ActionID, "block_id": e.BlockID, "action_ts": d.w.ts()}
	for _, field := range []string{"text", "value", "style", "placeholder"} {
		if v, ok := e.Object[field]; ok && (e.Type == "button" || field == "placeholder") {
			action[field] = v
		}
	}
	switch e.Type {
	case "button":
		return action, ""
	case "overflow":
		option, problem := choose(e, words(d.Value), nil)
		action["selected_option"] = option
		return action, problem
	}
	state, problem := d.w.enter(d.me, e, d.Value)
	if problem != "" {
		return nil, problem
	}
	if *s.state() == nil {
		*s.state() = viewState{}
	}
	s.state().set(e.BlockID, e.ActionID, state)
	if s.view != nil {
		s.view.shown = nil
	}
	return merge(action, state), ""
}

// glance sums up what the person has in front of them, so that a change shows.
func (d *deed) glance(s surface) string {
	var seen []string
	for _, v := range d.w.stacks[d.me.id] {
		seen = append(seen, v.id, v.hash)
	}
	if home := d.w.homes[d.me.id]; home != nil {
		seen = append(seen, home.hash)
	}
	if s.message != nil {
		seen = append(seen, s.message.edited, strconv.FormatBool(s.message.deleted))
	}
	for _, m := range slices.Backward(d.w.messages) {
		c := d.w.channels[m.channel]
		if m.to == d.me.id || c != nil && c.dm && c.members.has(d.me.id) {
			seen = append(seen, m.ts)
			break
		}
	}
	return strings.Join(seen, " ")
}

// afterwards shows the surface as it is now, and the modal on top.
func (d *deed) afterwards(s surface) ActAnswer {
	out := ActAnswer{OK: true}
	if s.view != nil && d.w.views[s.view.id] == s.view {
		out.View = s.view.raw(d.w)
	}
	if s.message != nil {
		state := s.message.state(d.w)
		out.Message = &state
	}
	if stack := d.w.stacks[d.me.id]; len(stack) > 0 {
		out.Modal = stack[len(stack)-1].raw(d.w)
	}
	return out
}
