package directory

import (
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

type memberEvent struct {
	Channel workspace.ChannelID `json:"channel"`
	User    workspace.UserID    `json:"user"`
}

func joined(e event) { member(e, true) }
func left(e event)   { member(e, false) }

func member(e event, in bool) {
	var ev memberEvent
	if !e.decode(&ev) || ev.Channel == "" || ev.User == "" {
		return
	}
	if !e.m.heard.newest(moveID(ev.Channel, ev.User), e.stamp, e.now) {
		return
	}
	if ev.User == e.was.Team().Bot {
		usherMoved(e, ev.Channel, in)
	}
	if _, known := e.was.Channel(ev.Channel); !known {
		e.want(action.Refresh{Channel: ev.Channel})
	}
	if u, known := e.was.User(ev.User); in && (!known || u.Stub) {
		e.want(action.Refresh{User: ev.User})
	}
	for _, r := range e.m.reading[ev.Channel] {
		r.moves = append(r.moves, move{ev.User, in})
	}
	contradicts := e.in(ev.Channel, ev.User) != in
	if in {
		e.arrive(ev.Channel, ev.User)
	} else {
		e.depart(ev.Channel, ev.User)
	}
	// An event from before the list was read says other than the list: one of
	// them is out of date.
	if at := e.was.Members(ev.Channel).At; contradicts && e.stamp > 0 && time.UnixMicro(e.stamp).Before(at) {
		e.distrust(ev.Channel)
		e.want(action.Refresh{Channel: ev.Channel})
	}
}

// usherMoved is Usher's own coming or going: from then on, or no longer, the
// channel's events are heard.
func usherMoved(e event, id workspace.ChannelID, in bool) {
	c, known := e.was.Channel(id)
	if known && c.BotIn == in {
		return
	}
	if known {
		c.BotIn = in
		e.putChannel(c)
	}
	e.distrust(id)
	if in {
		e.want(action.Refresh{Channel: id})
	}
}

// lost is channel_left or group_left: Usher was taken out.
func lost(e event) {
	var ev struct {
		Channel workspace.ChannelID `json:"channel"`
	}
	if !e.decode(&ev) || ev.Channel == "" {
		return
	}
	bot := e.was.Team().Bot
	if !e.m.heard.newest(moveID(ev.Channel, bot), e.stamp, e.now) {
		// It is back by now, and nobody told it who came and went meanwhile.
		if _, known := e.was.Channel(ev.Channel); known {
			e.distrust(ev.Channel)
			e.want(action.Refresh{Channel: ev.Channel})
		}
		return
	}
	usherMoved(e, ev.Channel, false)
	e.depart(ev.Channel, bot)
}
