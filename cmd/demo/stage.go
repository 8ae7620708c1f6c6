package demo

import (
	"encoding/json"
	"html/template"
	"net/url"
)

// spot is where blocks stand: in a view or in a message. A click has to say so.
type spot struct {
	Act, Base   string // where clicks are posted; the person's address on this page
	View        string // a modal's or Home's id
	Channel, TS string // a message's
	Prefix      string // keeps element ids apart
	complaints  map[string]string
	offers      func(kind string, include []string) []optionGroup
	names       names
}

// stage is blocks with their spot.
type stage struct {
	Spot   spot
	Blocks []block
}

// modalStage is the modal on top of somebody's stack.
type modalStage struct {
	stage
	Title, Submit, Close string
	CloseVals            string
}

// piece is one element where it stands.
type piece struct {
	Spot    spot
	Block   block
	Element element
}

func pieceOf(s spot, b block, e any) piece {
	switch e := e.(type) {
	case element:
		return piece{s, b, e}
	case *element:
		if e != nil {
			return piece{s, b, *e}
		}
	}
	return piece{s, b, element{}}
}

// Live reports whether a change is sent at once instead of with a submission.
func (p piece) Live() bool { return p.Block.Type != "input" || p.Block.DispatchAction }

// Name is the form field, which says whose value it holds.
func (p piece) Name() string {
	kind := fieldPrefix
	if p.Element.Type == "datetimepicker" {
		kind = momentPrefix
	}
	return kind + url.QueryEscape(p.Block.ID) + ":" + p.Element.ActionID
}

// ID is the element's id on the page.
func (p piece) ID() string {
	return p.Spot.Prefix + "-" + url.QueryEscape(p.Block.ID) + "-" + url.QueryEscape(p.Element.ActionID)
}

// Complaint is what the last submission said about an input.
func (p piece) Complaint() string { return p.Spot.complaints[p.Block.ID] }

// Label is what a screen reader says.
func (p piece) Label() string {
	switch {
	case p.Block.Label != nil:
		return p.Block.Label.Text
	case p.Element.Placeholder != nil:
		return p.Element.Placeholder.Text
	}
	return p.Element.ActionID
}

// ClickVals is what a press sends besides what the field itself holds.
func (p piece) ClickVals() string { return p.click(p.Element.Value) }

// PickVals is ClickVals for one option of an overflow menu.
func (p piece) PickVals(value string) string { return p.click(value) }

func (p piece) click(value string) string {
	v := map[string]string{"do": "click", "action_id": p.Element.ActionID, "block_id": p.Block.ID}
	for k, s := range map[string]string{"value": value, "view_id": p.Spot.View, "channel": p.Spot.Channel, "ts": p.Spot.TS} {
		if s != "" {
			v[k] = s
		}
	}
	return vals(v)
}

func vals(v map[string]string) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// Words draws a text object.
func (s spot) Words(t text) template.HTML {
	if t.Type == "plain_text" {
		return plain(t.Text)
	}
	return mrkdwn(t.Text, s.names)
}

// Said draws a message's text.
func (s spot) Said(markup string) template.HTML { return mrkdwn(markup, s.names) }
