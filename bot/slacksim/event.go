package slacksim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"usher/bot/slacksim/spec"
	"usher/bot/slacksim/wire"
)

// Event is one event made by the simulated Slack, with every attempt to
// deliver it.
type Event struct {
	N          int             `json:"n"`
	At         time.Time       `json:"at"`
	Team       string          `json:"team"`
	EventID    string          `json:"event_id"`
	Type       string          `json:"type"`
	Payload    json.RawMessage `json:"payload"`
	Deliveries []wire.Delivery `json:"deliveries"`
}

// logKept bounds the logs of calls and events; a program that looks less often
// than that misses the oldest.
const logKept = 100_000

// Slack delivers so many events an hour to an app from one workspace, and then
// only says that it does not.
const eventsPerHour = 30_000

// eventLog remembers the latest events.
type eventLog struct {
	made int
	kept []Event
}

// MessageEvents are the subscriptions of an app that listens to what is said.
func MessageEvents() []string {
	return []string{"message.channels", "message.groups", "message.im", "message.mpim", "app_mention"}
}

// defaultEvents are those an app subscribes to in order to follow channels,
// people and user groups; messages are Options.Events's business.
func defaultEvents() []string {
	return []string{
		"app_home_opened", "app_uninstalled", "tokens_revoked",
		"channel_created", "channel_rename", "channel_deleted", "channel_archive", "channel_unarchive",
		"channel_left", "channel_id_changed", "channel_shared", "channel_unshared",
		"group_rename", "group_deleted", "group_left", "group_archive", "group_unarchive",
		"member_joined_channel", "member_left_channel", "team_join", "user_change", "user_profile_changed",
		"subteam_created", "subteam_updated", "subteam_members_changed",
	}
}

// emit makes an event if the app is subscribed and its token has one of the
// scopes the event needs. The events of a workspace keep their order.
func (w *workspace) emit(kind string, scope string, event answer) {
	s := w.slack
	if w.bot.deleted {
		return // the app is not installed any more
	}
	if !s.subscribed[kind] && !s.subscribed[subscription(kind, event)] {
		return
	}
	granted := s.tokens[w.botToken].scopes
	needed := spec.Events()[kind].Scopes
	if scope != "" {
		needed = []string{scope}
	}
	if len(needed) > 0 && !granted.any(needed) {
		return
	}
	now := s.now()
	if s.limited && !w.withinHour(now) {
		return
	}
	if event["event_ts"] == nil {
		event["event_ts"] = w.ts()
	}
	event["type"] = kind
	id := ident(s.seed, "Ev", w.id+"/event", fmt.Sprint(s.next()))
	context, _ := json.Marshal(answer{"event": id, "team": w.id, "app": s.appID})
	body := answer{
		"token": s.verifier, "team_id": w.id, "context_team_id": w.id, "context_enterprise_id": orNull(w.enterprise),
		"api_app_id": s.appID, "event": event, "type": "event_callback", "event_id": id, "event_time": now.Unix(),
		"authorizations":        []answer{w.authorization()},
		"is_ext_shared_channel": w.extShared(event), "event_context": "4-" + base64.RawURLEncoding.EncodeToString(context),
	}
	if w.grid() {
		body["enterprise_id"] = w.enterprise
	}
	w.deliver(kind, id, body)
}

// withinHour counts an event against the hour's allowance. Past it, the app is
// told once a minute.
func (w *workspace) withinHour(now time.Time) bool {
	if now.Sub(w.hour) >= time.Hour {
		w.hour, w.inHour = now, 0
	}
	w.inHour++
	minute := now.Unix() / 60
	if w.inHour > w.slack.perHour && minute > w.toldLimited {
		w.toldLimited = minute
		w.deliver("app_rate_limited", "", answer{
			"type": "app_rate_limited", "token": w.slack.verifier, "team_id": w.id, "minute_rate_limited": minute * 60, "api_app_id": w.slack.appID,
		})
	}
	return w.inHour <= w.slack.perHour
}

// deliver records an event and hands it to the app's sockets.
func (w *workspace) deliver(kind, id string, body answer) {
	s := w.slack
	raw, err := json.Marshal(body)
	if err != nil { // only values of our own making are in it
		s.log.Error().Err(err).Str("event", kind).Msg("event was not encoded")
		return
	}
	s.events.made++
	s.events.kept = append(s.events.kept, Event{N: s.events.made, At: s.now(), Team: w.id, EventID: id, Type: kind, Payload: raw})
	if len(s.events.kept) > logKept {
		s.events.kept = s.events.kept[len(s.events.kept)-logKept/2:]
	}
	s.hub.Send(wire.Envelope{Type: "events_api", App: s.appID, Team: w.id, EventID: id, Payload: raw})
	s.touch()
}

// subscription is the name a message event is subscribed to under.
func subscription(kind string, event answer) string {
	if kind != "message" {
		return kind
	}
	switch event["channel_type"] {
	case "im":
		return "message.im"
	case "mpim":
		return "message.mpim"
	case "group":
		return "message.groups"
	}
	return "message.channels"
}

func (w *workspace) authorization() answer {
	return answer{"enterprise_id": orNull(w.enterprise), "team_id": w.id, "user_id": w.bot.id, "is_bot": true, "is_enterprise_install": false}
}

func (w *workspace) extShared(event answer) bool {
	id, _ := event["channel"].(string)
	c := w.channels[id]
	return c != nil && len(c.connected) > 0
}
