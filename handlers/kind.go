package handlers

import (
	"encoding/json"
	"fmt"
)

// KindOf finds the route kind of a payload as Slack's envelope carried it, and
// the part of it that the route reads. envelope is the envelope's type.
func KindOf(envelope string, payload json.RawMessage) (kind string, body json.RawMessage, err error) {
	switch envelope {
	case "events_api":
		return eventKind(payload)
	case "slash_commands":
		return "command", payload, nil
	case "operator":
		return orderKind(payload)
	case "interactive":
		return interactionKind(payload)
	}
	return "", nil, fmt.Errorf("envelope of unknown type %.40q", envelope)
}

func eventKind(payload json.RawMessage) (string, json.RawMessage, error) {
	var p struct {
		Type  string          `json:"type"`
		Event json.RawMessage `json:"event"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return "", nil, fmt.Errorf("read an event: %w", bare(err))
	}
	if len(p.Event) == 0 { // app_rate_limited has no inner event
		return "event:" + p.Type, payload, nil
	}
	var inner struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(p.Event, &inner); err != nil {
		return "", nil, fmt.Errorf("read an event: %w", bare(err))
	}
	return "event:" + inner.Type, p.Event, nil
}

// orderKind is for what somebody on the machine asks for: it comes from there
// alone, never from Slack.
func orderKind(payload json.RawMessage) (string, json.RawMessage, error) {
	var p struct {
		Verb string `json:"verb"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return "", nil, fmt.Errorf("read an order: %w", bare(err))
	}
	return "operator:" + p.Verb, payload, nil
}

func interactionKind(payload json.RawMessage) (string, json.RawMessage, error) {
	var p struct {
		Type     string `json:"type"`
		ActionID string `json:"action_id"`
		Actions  []struct {
			ActionID string `json:"action_id"`
		} `json:"actions"`
		View struct {
			CallbackID string `json:"callback_id"`
		} `json:"view"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return "", nil, fmt.Errorf("read an interaction: %w", bare(err))
	}
	switch p.Type {
	case "block_actions":
		if len(p.Actions) == 0 {
			return "", nil, fmt.Errorf("block_actions without an action")
		}
		return "action:" + p.Actions[0].ActionID, payload, nil
	case "view_submission":
		return "view:" + p.View.CallbackID, payload, nil
	case "view_closed":
		return "closed:" + p.View.CallbackID, payload, nil
	case "block_suggestion":
		return "options:" + p.ActionID, payload, nil
	}
	return "", nil, fmt.Errorf("interaction of unknown type %.40q", p.Type)
}
