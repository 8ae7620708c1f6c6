package slacksim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// slash types a command into a channel, or into the direct message with the
// app when no channel is given.
func (d *deed) slash() ActAnswer {
	d.mu.Lock()
	began := time.Now()
	command, text := d.Command, d.Text
	if name, rest, ok := strings.Cut(command, " "); ok && text == "" {
		command, text = name, strings.TrimSpace(rest)
	}
	if !strings.HasPrefix(command, "/") {
		command = "/" + command
	}
	if d.w.bot.deleted || d.commands != nil && !slices.Contains(d.commands, command) {
		d.mu.Unlock()
		return ActAnswer{Error: "invalid_command", Detail: command + " is not a valid command"}
	}
	c := d.w.conversation(cmp.Or(d.Channel, d.w.bot.id), d.me)
	if c == nil || !d.w.visible(c, d.me) {
		d.mu.Unlock()
		return ActAnswer{Error: "channel_not_found"}
	}
	address, said := d.w.newResponseURL(d.me, c, nil)
	trig := d.w.newTrigger(d.me)
	body := answer{
		"token": d.verifier, "team_id": d.w.id, "team_domain": d.w.domain, "channel_id": c.id, "channel_name": d.w.channelName(c),
		"user_id": d.me.id, "user_name": d.me.name, "command": command, "text": text, "api_app_id": d.appID,
		"is_enterprise_install": "false", "response_url": address, "trigger_id": trig,
	}
	if d.w.grid() {
		body["enterprise_id"], body["enterprise_name"] = d.w.enterprise, d.w.name
	}
	acked := d.w.send("slash_commands", body, true)
	opened := d.triggers[trig]
	d.mu.Unlock()

	ack := d.acknowledgement(acked)
	if ack.Err != nil {
		return unanswered(ack.Err)
	}
	out := ActAnswer{OK: true}
	var f *failure
	if out.Reply, f = d.direct(said, ack.Payload); f != nil {
		return refused(f)
	}
	if out.Reply == nil {
		d.await(d.ctx, d.waiting()-time.Since(began), func() bool { return len(said.said) > 0 || opened.opened != nil })
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range said.said {
		out.Messages = append(out.Messages, m.state(d.w))
	}
	if out.Reply == nil && len(out.Messages) > 0 {
		out.Reply = &out.Messages[0]
	}
	if stack := d.w.stacks[d.me.id]; opened.opened != nil && len(stack) > 0 {
		out.Modal = stack[len(stack)-1].raw(d.w)
	}
	return out
}

// direct shows the reply that rode in the ack of a command, if there was one.
func (d *deed) direct(r *responseURL, payload json.RawMessage) (*Message, *failure) {
	var p response
	if len(payload) == 0 || string(payload) == "null" {
		return nil, nil
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		var text string
		if json.Unmarshal(payload, &text) != nil {
			return nil, unknown("invalid_response", "the ack's payload is not a message")
		}
		p.Text = text
	}
	if p.empty() {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	m, f := r.respond(p)
	if f != nil {
		return nil, unknown("invalid_response", "Slack does not take the reply: "+f.code+firstMessage(f))
	}
	d.touch()
	if m == nil {
		return nil, nil
	}
	r.said = slices.DeleteFunc(r.said, func(other *message) bool { return other == m })
	state := m.state(d.w)
	return &state, nil
}

// firstMessage is the first explanation Slack gives, if any.
func firstMessage(f *failure) string {
	meta, _ := f.more["response_metadata"].(answer)
	list, _ := meta["messages"].([]string)
	if len(list) == 0 {
		return ""
	}
	return " " + list[0]
}
