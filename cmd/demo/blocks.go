package demo

import (
	"encoding/json"
	"strings"
)

// block is one Block Kit block as this page draws it. What it does not know it
// shows as its type, so that nothing is silently missing.
type block struct {
	Type           string     `json:"type"`
	ID             string     `json:"block_id"`
	Text           *text      `json:"text"`
	Fields         []text     `json:"fields"`
	Accessory      *element   `json:"accessory"`
	Elements       []element  `json:"elements"`
	Label          *text      `json:"label"`
	Hint           *text      `json:"hint"`
	Element        *element   `json:"element"`
	Optional       bool       `json:"optional"`
	DispatchAction bool       `json:"dispatch_action"`
	ImageURL       string     `json:"image_url"`
	AltText        string     `json:"alt_text"`
	Title          *text      `json:"title"`
	Rich           []richPart `json:"-"` // of a rich_text block, in the place of Elements
}

// UnmarshalJSON reads what it can: what a block of a kind that this page does
// not draw holds must not keep the rest from being drawn.
func (b *block) UnmarshalJSON(raw []byte) error {
	type plainBlock block
	if kind, err := decoded[struct {
		Type     string          `json:"type"`
		ID       string          `json:"block_id"`
		Elements json.RawMessage `json:"elements"`
	}](raw); err != nil {
		return err
	} else if kind.Type == "rich_text" {
		b.Type, b.ID = kind.Type, kind.ID
		b.Rich, err = decoded[[]richPart](kind.Elements)
		if err != nil {
			b.Type = "rich text that cannot be read"
		}
		return nil
	} else if err := json.Unmarshal(raw, (*plainBlock)(b)); err != nil || !b.whole() {
		*b = block{Type: kind.Type + " that cannot be read", ID: kind.ID}
	}
	return nil
}

// whole reports whether the block has what its kind needs to be drawn.
func (b *block) whole() bool {
	switch b.Type {
	case "header", "markdown":
		return b.Text != nil
	case "input":
		return b.Label != nil && b.Element != nil
	}
	return true
}

// text is a text object; Slack also allows a bare string in places.
type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

func (t *text) UnmarshalJSON(b []byte) error {
	var bare string
	if json.Unmarshal(b, &bare) == nil {
		t.Type, t.Text = "mrkdwn", bare
		return nil
	}
	type plainText text
	return json.Unmarshal(b, (*plainText)(t))
}

// bare is a text that is no object; an input of rich text starts empty here.
type bare string

func (t *bare) UnmarshalJSON(b []byte) error {
	if s, err := decoded[string](b); err == nil {
		*t = bare(s)
	}
	return nil
}

type option struct {
	Text        text   `json:"text"`
	Value       string `json:"value"`
	Description *text  `json:"description"`
}

type optionGroup struct {
	Label   text     `json:"label"`
	Options []option `json:"options"`
}

type confirm struct {
	Title   text   `json:"title"`
	Text    text   `json:"text"`
	Confirm text   `json:"confirm"`
	Deny    text   `json:"deny"`
	Style   string `json:"style"`
}

// filter limits what a conversations select offers.
type filter struct {
	Include []string `json:"include"`
}

// element is one Block Kit element: a button, a select, an input.
type element struct {
	Type           string        `json:"type"`
	ActionID       string        `json:"action_id"`
	Text           *text         `json:"text"`
	Value          string        `json:"value"`
	URL            string        `json:"url"`
	Style          string        `json:"style"`
	Placeholder    *text         `json:"placeholder"`
	Multiline      bool          `json:"multiline"`
	MaxLength      int           `json:"max_length"`
	MinQuery       *int          `json:"min_query_length"`
	Options        []option      `json:"options"`
	Groups         []optionGroup `json:"option_groups"`
	Confirm        *confirm      `json:"confirm"`
	InitialValue   bare          `json:"initial_value"`
	InitialOption  *option       `json:"initial_option"`
	InitialOptions []option      `json:"initial_options"`
	InitialUser    string        `json:"initial_user"`
	InitialUsers   []string      `json:"initial_users"`
	InitialChannel string        `json:"initial_channel"`
	InitialConv    string        `json:"initial_conversation"`
	InitialConvs   []string      `json:"initial_conversations"`
	InitialChans   []string      `json:"initial_channels"`
	InitialDate    string        `json:"initial_date"`
	InitialTime    string        `json:"initial_time"`
	InitialMoment  int64         `json:"initial_date_time"`
	Focused        bool          `json:"focus_on_load"`
	Says           string        `json:"accessibility_label"`
	Filter         *filter       `json:"filter"`
	ImageURL       string        `json:"image_url"`
	AltText        string        `json:"alt_text"`
}

// Multi reports whether several may be chosen.
func (e element) Multi() bool { return strings.HasPrefix(e.Type, "multi_") }

// Chooses is what a select offers: options of its own, people, channels, or
// what the app suggests while one types. Empty for what is no select.
func (e element) Chooses() string {
	kind, ok := strings.CutSuffix(strings.TrimPrefix(e.Type, "multi_"), "_select")
	if !ok {
		return ""
	}
	return kind
}

// Picked reports whether value is chosen at first.
func (e element) Picked(value string) bool {
	if e.InitialOption != nil && e.InitialOption.Value == value {
		return true
	}
	for _, o := range e.InitialOptions {
		if o.Value == value {
			return true
		}
	}
	for _, ids := range [][]string{e.InitialUsers, e.InitialConvs, e.InitialChans, {e.InitialUser, e.InitialChannel, e.InitialConv}} {
		for _, id := range ids {
			if id != "" && id == value {
				return true
			}
		}
	}
	return false
}

// view is a modal or a Home as this page draws it.
type view struct {
	ID         string    `json:"id"`
	Type       string    `json:"type"`
	CallbackID string    `json:"callback_id"`
	Title      *text     `json:"title"`
	Submit     *text     `json:"submit"`
	Close      *text     `json:"close"`
	Blocks     []block   `json:"blocks"`
	State      viewState `json:"state"`
}

// draw reads a value that came as decoded JSON into what the templates take.
func draw[T any](value any) (T, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		var none T
		return none, err
	}
	return decoded[T](raw)
}

func decoded[T any](raw []byte) (T, error) {
	var out T
	err := json.Unmarshal(raw, &out)
	return out, err
}

// Word is a text that stands in the place of an element, as in a context block.
func (e element) Word() text {
	if e.Text == nil {
		return text{}
	}
	return text{Type: e.Type, Text: e.Text.Text}
}
