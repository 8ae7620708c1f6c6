package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
)

// surface is where an element stands: a view or a message.
type surface struct {
	view    *view
	message *message
	element element
}

// state is what people chose on the surface so far.
func (s surface) state() *viewState {
	if s.view != nil {
		return &s.view.state
	}
	return &s.message.chosen
}

func (s surface) blocks() json.RawMessage {
	if s.view != nil {
		return s.view.blocks
	}
	return s.message.blocks
}

// container is how payloads say where it was.
func (s surface) container() answer {
	if s.view != nil {
		return answer{"type": "view", "view_id": s.view.id}
	}
	return answer{"type": "message", "message_ts": s.message.ts, "channel_id": s.message.channel, "is_ephemeral": s.message.to != ""}
}

// describe adds the surface to a payload.
func (s surface) describe(w *workspace, body answer) answer {
	body["container"] = s.container()
	if s.view != nil {
		body["view"] = s.view.body(w)
		return body
	}
	if c := w.channels[s.message.channel]; c != nil {
		body["channel"] = answer{"id": c.id, "name": w.channelName(c)}
	}
	body["message"] = s.message.body()
	body["state"] = s.message.chosen.body()
	return body
}

// surfaces are the places in front of the person, the nearest first: the modal
// on top, the Home tab, messages from the newest on. A view, message or channel
// named in the act is the only one.
func (d *deed) surfaces() []surface {
	if d.TS != "" {
		for _, m := range slices.Backward(d.w.messages) {
			if m.ts == d.TS && d.w.sees(m, d.me) && (d.Channel == "" || d.w.conversation(d.Channel, d.me) == d.w.channels[m.channel]) {
				return []surface{{message: m}}
			}
		}
		return nil
	}
	var all []surface
	if stack := d.w.stacks[d.me.id]; len(stack) > 0 {
		all = append(all, surface{view: stack[len(stack)-1]})
	}
	if home := d.w.homes[d.me.id]; home != nil {
		all = append(all, surface{view: home})
	}
	if d.ViewID != "" {
		return slices.DeleteFunc(all, func(s surface) bool { return s.view.id != d.ViewID })
	}
	in := d.w.conversation(d.Channel, d.me)
	if d.Channel != "" {
		all = nil
	}
	for _, m := range slices.Backward(d.w.messages) {
		if d.Channel != "" && (in == nil || m.channel != in.id) {
			continue
		}
		if len(m.blocks) > 0 && d.w.sees(m, d.me) {
			all = append(all, surface{message: m})
		}
	}
	return all
}

// find looks for the element the act means.
func (d *deed) find() (surface, *failure) {
	for _, s := range d.surfaces() {
		var matches []element
		for _, e := range elements(s.blocks()) {
			if e.ActionID != d.ActionID || d.BlockID != "" && e.BlockID != d.BlockID {
				continue
			}
			if e.Type == "button" && d.Value != nil && fmt.Sprint(e.Object["value"]) != words(d.Value) {
				continue
			}
			matches = append(matches, e)
		}
		switch len(matches) {
		case 0:
		case 1:
			s.element = matches[0]
			return s, nil
		default:
			return s, unknown("ambiguous_element", fmt.Sprintf("%d elements have the action_id %q there: say which with block_id or value", len(matches), d.ActionID))
		}
	}
	return surface{}, unknown("element_not_found", fmt.Sprintf("nothing in front of the person has the action_id %q (and the block_id, value, ts or view_id given)", d.ActionID))
}
