package slacksim

import (
	"slices"
	"strings"
)

// pinMethods are about messages pinned to a channel.
var pinMethods = map[string]handler{
	"pins.add":    pinsAdd,
	"pins.list":   pinsList,
	"pins.remove": pinsRemove,
}

const maxPins = 100

func (ch *channel) pinned(ts string) int {
	return slices.IndexFunc(ch.pins, func(p pin) bool { return p.ts == ts })
}

// pinnable finds the channel and message of a call.
func (c *call) pinnable() (*channel, *message, *failure) {
	ch := c.w.channels[c.text("channel")]
	switch {
	case ch == nil || !c.w.visible(ch, c.me):
		return nil, nil, fail("channel_not_found")
	case !c.has("timestamp"):
		return nil, nil, fail("no_item_specified")
	case !strings.Contains(c.text("timestamp"), "."):
		return nil, nil, fail("bad_timestamp")
	}
	m := c.w.message(ch.id, c.text("timestamp"))
	if m == nil || m.to != "" {
		return nil, nil, fail("message_not_found")
	}
	return ch, m, nil
}

func pinsAdd(c *call) (answer, *failure) {
	ch, m, f := c.pinnable()
	switch {
	case f != nil:
		return nil, f
	case !ch.members.has(c.me.id):
		return nil, fail("not_in_channel")
	case ch.archived:
		return nil, fail("restricted_action")
	case ch.pinned(m.ts) >= 0:
		return nil, fail("already_pinned")
	case len(ch.pins) >= maxPins:
		return nil, fail("too_many_pins")
	}
	ch.pins = append(ch.pins, pin{ts: m.ts, by: c.me.id, at: c.w.unix()})
	return answer{}, nil
}

func pinsList(c *call) (answer, *failure) {
	ch := c.w.channels[c.text("channel")]
	if ch == nil || !c.w.visible(ch, c.me) {
		return nil, fail("channel_not_found")
	}
	items := []answer{}
	for _, p := range slices.Backward(ch.pins) {
		m := c.w.message(ch.id, p.ts)
		if m == nil {
			continue
		}
		body := m.body()
		body["permalink"] = c.w.url() + "archives/" + ch.id + "/p" + strings.ReplaceAll(m.ts, ".", "")
		body["pinned_to"] = []string{ch.id}
		items = append(items, answer{"type": "message", "channel": ch.id, "created": p.at, "created_by": p.by, "message": body})
	}
	return answer{"items": items}, nil
}

func pinsRemove(c *call) (answer, *failure) {
	ch, m, f := c.pinnable()
	if f != nil {
		return nil, f
	}
	at := ch.pinned(m.ts)
	if at < 0 {
		return nil, fail("no_pin")
	}
	ch.pins = slices.Delete(slices.Clone(ch.pins), at, at+1)
	return answer{}, nil
}
