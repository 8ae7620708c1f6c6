package directory

import (
	"time"

	"github.com/slack-go/slack"

	"usher/bot/gateway"
	"usher/rules/action"
	"usher/rules/workspace"
)

// about is the channel an event names by id, if it is the latest on that
// aspect of it. A channel that nobody has heard of is asked for.
func about(e event, aspect string, id workspace.ChannelID) (workspace.Channel, bool) {
	if id == "" || !e.m.heard.newest(aspect+string(id), e.stamp, e.now) {
		return workspace.Channel{}, false
	}
	c, known := e.was.Channel(id)
	if !known {
		e.want(action.Refresh{Channel: id})
	}
	return c, known
}

func created(e event) {
	var ev struct {
		Channel slack.Channel `json:"channel"`
	}
	if !e.decode(&ev) || ev.Channel.ID == "" {
		return
	}
	c := gateway.ChannelOf(&ev.Channel)
	if _, known := e.was.Channel(c.ID); known || !e.m.heard.newest("channel "+string(c.ID), e.stamp, e.now) {
		return // whatever was heard of it since is newer
	}
	e.putChannel(c)
}

func renamed(e event) {
	var ev struct {
		Channel struct {
			ID   workspace.ChannelID `json:"id"`
			Name string              `json:"name"`
		} `json:"channel"`
	}
	if !e.decode(&ev) || ev.Channel.Name == "" {
		return
	}
	if c, ok := about(e, "name ", ev.Channel.ID); ok {
		c.Name, c.WasCalled = ev.Channel.Name, ""
		e.putChannel(c)
	}
}

func archived(is bool) func(event) {
	return func(e event) {
		var ev struct {
			Channel workspace.ChannelID `json:"channel"`
		}
		if !e.decode(&ev) {
			return
		}
		c, ok := about(e, "archived ", ev.Channel)
		if !ok {
			return
		}
		c.Archived, c.Turned = is, false
		e.putChannel(c)
		if !is { // nobody was told who came and went meanwhile
			e.distrust(c.ID)
			e.want(action.Refresh{Channel: c.ID})
		}
	}
}

func deleted(e event) {
	var ev struct {
		Channel workspace.ChannelID `json:"channel"`
	}
	if e.decode(&ev) && ev.Channel != "" && e.m.heard.newest("channel "+string(ev.Channel), e.stamp, e.now) {
		e.dropGraces(ev.Channel)
		e.dropChannel(ev.Channel)
	}
}

func idChanged(e event) {
	var ev struct {
		Old workspace.ChannelID `json:"old_channel_id"`
		New workspace.ChannelID `json:"new_channel_id"`
	}
	if !e.decode(&ev) || ev.Old == "" || ev.New == "" {
		return
	}
	if _, known := e.was.Channel(ev.Old); !known {
		if _, moved := e.was.Channel(ev.New); !moved {
			e.want(action.Refresh{Channel: ev.New})
		}
		return
	}
	e.moveChannel(ev.Old, ev.New)
}

func shared(e event) {
	var ev struct {
		Type    string              `json:"type"`
		Channel workspace.ChannelID `json:"channel"`
		Still   *bool               `json:"is_ext_shared"` // channel_unshared
	}
	if !e.decode(&ev) {
		return
	}
	c, ok := about(e, "shared ", ev.Channel)
	if !ok {
		return
	}
	switch {
	case ev.Type == "channel_shared":
		c.Shared = true
	case ev.Still != nil:
		c.Shared = *ev.Still
	default: // it may be shared with others still
		e.want(action.Refresh{Channel: c.ID})
		return
	}
	e.putChannel(c)
}

// moveChannel gives a channel another id, with all that hangs on it.
func (e *edit) moveChannel(from, to workspace.ChannelID) {
	e.MoveChannel(from, to)
	s := e.Snapshot()
	for u := range s.In(s.Members(to).Set) {
		if since, runs := s.Grace(to, u.ID); runs {
			e.m.graces[membership{from, u.ID}] = time.Time{}
			e.m.graces[membership{to, u.ID}] = since
		}
	}
	if e.m.whole[from] {
		e.m.whole[to] = true
	}
	delete(e.m.whole, from)
	for _, id := range []workspace.ChannelID{from, to} {
		e.touch(kindChannel, string(id))
		e.touch(kindMembers, string(id))
	}
}

func (e *edit) dropGraces(id workspace.ChannelID) {
	for u := range e.was.In(e.was.Members(id).Set) {
		e.endGrace(id, u.ID)
	}
}
