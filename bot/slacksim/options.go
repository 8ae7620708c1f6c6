package slacksim

import (
	"net"
	"time"

	"github.com/rs/zerolog"
)

// Options set up a Server. The zero value is a small workspace on a free port
// of the loopback, limited as Slack limits.
type Options struct {
	Listen         string        // "" is 127.0.0.1:0; only loopback addresses are taken
	Listener       net.Listener  // where to serve, instead of Listen; Close closes it
	Workspace      *File         // nil is DefaultFile
	NoRateLimits   bool          // never answer 429 by itself; faults still do
	EventsPerHour  int           // delivered from one workspace before app_rate_limited; 0 is Slack's 30,000
	ReconnectEvery time.Duration // the age at which sockets are refreshed; 0 is hours
	RetryScale     float64       // shrinks the waits before an event is sent again; 0 is 1
	BotScopes      []string      // nil is what the workspace file says, or else every scope a bot can have here
	UserScopes     []string      // of the admin token, likewise
	AppScopes      []string      // of the app token; nil is connections:write and authorizations:read
	Events         []string      // subscriptions besides the usual ones, such as MessageEvents; not where the workspace file names some
	Commands       []string      // slash commands the app has; nil is any
	Now            func() time.Time
	Log            zerolog.Logger // the zero value logs nothing
}

// Ready is what somebody needs to connect: the line `usher sim` prints.
type Ready struct {
	APIURL     string           `json:"api_url"`
	ControlURL string           `json:"control_url"`
	SCIMURL    string           `json:"scim_url"`
	Workspaces []ReadyWorkspace `json:"workspaces"`
}

// ReadyWorkspace is one workspace with its tokens.
type ReadyWorkspace struct {
	TeamID     string `json:"team_id"`
	BotToken   string `json:"bot_token"`
	AppToken   string `json:"app_token"`
	AdminToken string `json:"admin_token"`
	BotUserID  string `json:"bot_user_id"`
	BotID      string `json:"bot_id"`
	AppID      string `json:"app_id"`
}
