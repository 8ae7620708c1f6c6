package slacksim

import "encoding/json"

// Act is something a person does, as POST /sim/act takes it. People, channels
// and groups are given by id or name.
type Act struct {
	Team string `json:"team,omitempty"` // may be left out with a single workspace
	As   string `json:"as,omitempty"`   // left out: the workspace's owner
	Do   string `json:"do"`

	Name    string  `json:"name,omitempty"`
	Private bool    `json:"private,omitempty"`
	Channel string  `json:"channel,omitempty"`
	Users   Names   `json:"users,omitempty"`
	With    string  `json:"with,omitempty"` // share_external: the other team
	Text    string  `json:"text,omitempty"`
	Topic   *string `json:"topic,omitempty"`
	Purpose *string `json:"purpose,omitempty"`

	User        string            `json:"user,omitempty"`
	RealName    *string           `json:"real_name,omitempty"`
	DisplayName *string           `json:"display_name,omitempty"`
	Email       *string           `json:"email,omitempty"`
	Title       *string           `json:"title,omitempty"`
	Fields      map[string]string `json:"fields,omitempty"`
	Role        string            `json:"role,omitempty"`  // member, admin, owner, multi, single
	Guest       string            `json:"guest,omitempty"` // single or multi
	Admin       *bool             `json:"admin,omitempty"` // instead of a role
	Owner       *bool             `json:"owner,omitempty"`
	Bot         bool              `json:"bot,omitempty"`
	External    string            `json:"external,omitempty"`

	Usergroup          string  `json:"usergroup,omitempty"`
	Handle             *string `json:"handle,omitempty"`
	Description        *string `json:"description,omitempty"`
	Members            *Names  `json:"members,omitempty"`
	Channels           *Names  `json:"channels,omitempty"`
	AdditionalChannels *Names  `json:"additional_channels,omitempty"`
	EnableSection      *bool   `json:"enable_section,omitempty"`
	Enabled            *bool   `json:"enabled,omitempty"`
	IDPGroup           string  `json:"idp_group,omitempty"`

	Command  string                    `json:"command,omitempty"`
	ActionID string                    `json:"action_id,omitempty"`
	BlockID  string                    `json:"block_id,omitempty"`
	Value    any                       `json:"value,omitempty"`
	TS       string                    `json:"ts,omitempty"`
	ThreadTS string                    `json:"thread_ts,omitempty"` // post: in the thread of this message
	ViewID   string                    `json:"view_id,omitempty"`
	Query    string                    `json:"query,omitempty"`
	Values   map[string]map[string]any `json:"values,omitempty"`
	// Wait bounds how long slash, open_home and click wait for something to
	// see: a Go duration; left out, 3 s.
	Wait string `json:"wait,omitempty"`
}

// ActAnswer is what came of an Act.
type ActAnswer struct {
	OK        bool              `json:"ok"`
	Error     string            `json:"error,omitempty"`
	Detail    string            `json:"detail,omitempty"` // the error in words
	Channel   *Channel          `json:"channel,omitempty"`
	TS        string            `json:"ts,omitempty"`
	User      *User             `json:"user,omitempty"`
	Usergroup *Usergroup        `json:"usergroup,omitempty"`
	IDPGroup  *IDPGroup         `json:"idp_group,omitempty"`
	Reply     *Message          `json:"reply,omitempty"`    // slash: what the person sees first
	Messages  []Message         `json:"messages,omitempty"` // slash: what came by response_url meanwhile
	View      json.RawMessage   `json:"view,omitempty"`
	Modal     json.RawMessage   `json:"modal,omitempty"`
	Message   *Message          `json:"message,omitempty"`
	Errors    map[string]string `json:"errors,omitempty"` // submit: per block
	Options   json.RawMessage   `json:"options,omitempty"`
}
