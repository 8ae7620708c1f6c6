// Package gateway makes every Web API call of the program, and nobody else
// does: one HTTP client, whose transport waits for the method's allowance,
// measures, and turns whatever comes back into one kind of error.
//
// It owns the rate governor, the reading of Slack's error codes and the
// carrying out of stored actions. It must never decide who may be where, keep
// anything beyond what the governor needs, retry behind a caller's back where
// the action can be rescheduled, or let a token, a message text, an e-mail
// address or a response URL into an error.
//
// Decision: limits, measurement and error reading sit in the RoundTripper
// instead of around each call, so that Slack's own typed client and the few raw
// calls it cannot make (LIBRARIES of Slack's quirks are in the files named
// after their nouns) pass through the same place, and none can go around it.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Credentials are what a workspace is called with.
type Credentials struct {
	Bot   string // xoxb-…
	Admin string // xoxp-… of an org admin, for the methods a bot may not call; often empty
	Org   bool   // installed for the whole organisation: calls must name the workspace
}

// Config is what a Gateway is made of. Only Credentials is required.
type Config struct {
	APIURL      string                                     // ends in /api/; empty: Slack's own
	AppToken    string                                     // xapp-…, for what is the app's and not a workspace's
	Credentials func(workspace.TeamID) (Credentials, bool) // must be cheap
	Render      Render                                     // words for what goes out; needed by Tell and Home only
	Homes       Homes                                      // nil: every Home is sent
	Measure     func(Call)                                 // called after every call; nil: nothing
	Timeout     time.Duration                              // of one call once its turn came; 0: 10 s
	MaxWait     time.Duration                              // how long Apply waits for its turn before it says Later; 0: 30 s
	Base        http.RoundTripper                          // nil: a transport of its own
	Unlimited   bool                                       // hold no call back except after a 429: for a local Slack without limits
}

// Render puts what goes out into words, at the moment it goes out.
type Render interface {
	// Notice is a direct message: its plain fallback and its blocks.
	Notice(workspace.TeamID, action.Tell) (text string, blocks []slack.Block, err error)
	// Home is somebody's App Home.
	Home(workspace.TeamID, action.Home) (slack.HomeTabViewRequest, error)
}

// Homes remembers what each App Home last looked like.
type Homes interface {
	// PublishedHome is the fingerprint last remembered, "" for none.
	PublishedHome(context.Context, workspace.TeamID, workspace.UserID) (string, error)
	// RememberHome replaces it.
	RememberHome(ctx context.Context, team workspace.TeamID, user workspace.UserID, fingerprint string) error
}

// Gateway makes Web API calls. It is safe for concurrent use.
type Gateway struct {
	config   Config
	client   *http.Client
	governor *governor
}

// New is a Gateway; it makes no call.
func New(c Config) *Gateway {
	if c.APIURL == "" {
		c.APIURL = slack.APIURL
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.MaxWait == 0 {
		c.MaxWait = 30 * time.Second
	}
	if c.Measure == nil {
		c.Measure = func(Call) {}
	}
	if c.Base == nil {
		base := http.DefaultTransport.(*http.Transport).Clone()
		base.MaxIdleConnsPerHost = 16
		c.Base = base
	}
	g := &Gateway{config: c, governor: newGovernor()}
	g.governor.unlimited = c.Unlimited
	g.client = &http.Client{
		Transport: &transport{base: c.Base, governor: g.governor, timeout: c.Timeout, measure: c.Measure},
		// A redirect would carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return g
}

// HTTPClient is the client all calls go through, for Socket Mode's opening call.
func (g *Gateway) HTTPClient() *http.Client { return g.client }

// APIURL is where Slack's Web API is.
func (g *Gateway) APIURL() string { return g.config.APIURL }

// Close lets go of idle connections.
func (g *Gateway) Close() { g.client.CloseIdleConnections() }

// slackAs is Slack's typed client with the bot's token of a workspace.
func (g *Gateway) slackAs(team workspace.TeamID) (*slack.Client, Credentials, error) {
	c, ok := g.config.Credentials(team)
	if !ok || c.Bot == "" {
		return nil, c, &Error{Team: team, Code: codeNoToken}
	}
	return g.slack(c.Bot), c, nil
}

func (g *Gateway) slack(token string) *slack.Client {
	return slack.New(token, slack.OptionHTTPClient(g.client), slack.OptionAPIURL(g.config.APIURL), slack.OptionAppLevelToken(g.config.AppToken))
}

// call is one raw call with a form body, for what the typed client cannot say
// or would misread. An answer that is not ok is an *Error; out is the whole
// answer, nil when it does not matter.
func (g *Gateway) call(ctx context.Context, team workspace.TeamID, method string, args url.Values, out any) error {
	c, ok := g.config.Credentials(team)
	if !ok || c.Bot == "" {
		return &Error{Team: team, Method: method, Code: codeNoToken}
	}
	if c.Org && takesTeamID[method] {
		args.Set("team_id", string(team))
	}
	return g.callAs(about(ctx, team), c.Bot, method, args, out)
}

func (g *Gateway) callAs(ctx context.Context, token, method string, args url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.config.APIURL+method, strings.NewReader(args.Encode()))
	if err != nil {
		return &Error{Method: method, Code: codeUnreachable, cause: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := g.client.Do(req)
	if err != nil {
		return refine(err, method)
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	return refine(decode(resp.Body, out), method)
}

// refine is the *Error inside whatever a client made of it: url.Error would
// show a response URL, and a JSON error of the typed client is an unreadable
// answer. It is nil for nil.
func refine(err error, method string) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return fmt.Errorf("%s: %w", method, end)
		}
	}
	return &Error{Method: method, Code: codeUnreadable, Unknown: true}
}
