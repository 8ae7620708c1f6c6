package slacksim

import (
	"encoding/json"

	"usher/bot/slacksim/blockkit"
)

// openHome looks at the app's Home tab. Where nothing was published yet it
// waits for it.
func (d *deed) openHome() ActAnswer {
	d.mu.Lock()
	dm := d.w.dmWith(d.me, d.w.bot)
	event := answer{"user": d.me.id, "channel": dm.id, "tab": "home"}
	if home := d.w.homes[d.me.id]; home != nil {
		event["view"] = home.body(d.w)
	}
	d.w.emit("app_home_opened", "", event)
	connected := d.hub.Sockets().Open > 0
	d.mu.Unlock()
	if connected {
		d.await(d.ctx, d.waiting(), func() bool { return d.w.homes[d.me.id] != nil })
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := ActAnswer{OK: true}
	if home := d.w.homes[d.me.id]; home != nil {
		out.View = home.raw(d.w)
	}
	return out
}

// closeView dismisses the modal on top, and with it nothing below.
func (d *deed) closeView() ActAnswer {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, f := d.top()
	if f != nil {
		return refused(f)
	}
	gone, cleared := []*view{v}, string(v.content["clear_on_close"]) == "true"
	if cleared {
		gone = d.w.stacks[d.me.id]
		d.w.closeAll(d.me)
	}
	d.w.closeTop(v)
	for _, g := range gone {
		if string(g.content["notify_on_close"]) != "true" {
			continue
		}
		told := d.w.interaction("view_closed", d.me)
		told["view"], told["is_cleared"] = g.body(d.w), cleared
		d.w.send("interactive", told, false)
	}
	d.touch()
	out := ActAnswer{OK: true}
	if stack := d.w.stacks[d.me.id]; len(stack) > 0 {
		out.View = stack[len(stack)-1].raw(d.w)
	}
	return out
}

// defaultQueryLength is how much a person types before an external select asks
// the app, unless the app says otherwise.
const defaultQueryLength = 3

// suggest types into an external select and shows what the app offers.
func (d *deed) suggest() ActAnswer {
	d.mu.Lock()
	d.Value = nil
	s, f := d.find()
	if f == nil && s.element.Type != "external_select" && s.element.Type != "multi_external_select" {
		f = unknown("element_not_found", "the element is a "+s.element.Type+" and asks the app for nothing")
	}
	least, set := s.element.bound("min_query_length")
	if !set {
		least = defaultQueryLength
	}
	if f == nil && len([]rune(d.Query)) < least {
		f = unknown("query_too_short", "the element asks the app only for longer queries")
	}
	if f != nil {
		d.mu.Unlock()
		return refused(f)
	}
	body := s.describe(d.w, d.w.interaction("block_suggestion", d.me))
	body["action_id"], body["block_id"], body["value"], body["action_ts"] = s.element.ActionID, s.element.BlockID, d.Query, d.w.ts()
	acked := d.w.send("interactive", body, true)
	d.mu.Unlock()

	ack := d.acknowledgement(acked)
	if ack.Err != nil {
		return unanswered(ack.Err)
	}
	return d.offer(s.element, ack.Payload)
}

// offer keeps what the app suggests, for the choice that follows.
func (d *deed) offer(e element, payload json.RawMessage) ActAnswer {
	if problems := blockkit.Options(payload); len(problems) > 0 {
		return ActAnswer{Error: "invalid_response", Detail: "Slack does not take the options: " + problems[0].String()}
	}
	var p struct {
		Options []any `json:"options"`
		Groups  []struct {
			Options []any `json:"options"`
		} `json:"option_groups"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return ActAnswer{Error: "invalid_response", Detail: "the ack's payload is not a list of options"}
	}
	all := p.Options
	for _, g := range p.Groups {
		all = append(all, g.Options...)
	}
	raw, err := json.Marshal(nonNil(all))
	if err != nil {
		return ActAnswer{Error: "invalid_response"}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.w.offered[d.me.id+" "+e.ActionID] = all
	d.touch()
	return ActAnswer{OK: true, Options: raw}
}
