package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"usher/rules/action"
	"usher/rules/workspace"
)

// codeExpiredURL is a response URL that takes no more answers.
const codeExpiredURL = "expired_url"

// tell sends one person a direct message.
func (g *Gateway) tell(ctx context.Context, team workspace.TeamID, a action.Tell) Result {
	text, blocks, err := g.config.Render.Notice(team, a)
	if err != nil {
		return notRendered()
	}
	var raw []byte
	if len(blocks) > 0 {
		if raw, err = json.Marshal(slack.Blocks{BlockSet: blocks}); err != nil {
			return notRendered()
		}
	}
	return g.dm(ctx, team, a.To, text, string(raw))
}

func notRendered() Result {
	return Result{Class: Never, Code: codeRender, Sentence: "The message could not be put into words; it was not sent."}
}

// dm posts to a person; the user id stands for the direct message channel.
func (g *Gateway) dm(ctx context.Context, team workspace.TeamID, to workspace.UserID, text, blocks string) Result {
	posted, err := g.Post(ctx, team, string(to), text, blocks)
	r := result(err, action.DMKey(to))
	if e, ok := errors.AsType[*Error](err); ok && e.Unknown && r.Class == Later {
		return Result{Class: Done, Code: e.Code, Unconfirmed: true}
	}
	if r.Class == Done {
		r.Value = map[string]string{"channel": posted.Channel, "ts": posted.TS}
	}
	return r
}

// Posted is where a message went.
type Posted struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Post sends a message to a channel, or to a person by their id. text is
// mrkdwn, already escaped; blocks is a JSON array or empty.
func (g *Gateway) Post(ctx context.Context, team workspace.TeamID, to, text, blocks string) (Posted, error) {
	args := url.Values{"channel": {to}, "text": {text}, "unfurl_links": {"false"}, "unfurl_media": {"false"}}
	if blocks != "" {
		args.Set("blocks", blocks)
	}
	var p Posted
	err := g.call(with(ctx, func(c *calling) { c.channel = to }), team, postMethod, args, &p)
	return p, err
}

// reply answers through a response URL, and by direct message where that does
// not work any more.
func (g *Gateway) reply(ctx context.Context, team workspace.TeamID, a action.Reply) Result {
	if g.mayRespond(a.ResponseURL) {
		err := g.Respond(ctx, team, a)
		e, ok := errors.AsType[*Error](err)
		switch {
		case ok && e.Unknown:
			return Result{Class: Done, Code: e.Code, Unconfirmed: true}
		case !ok || e.Code != codeExpiredURL:
			return result(err, action.DMKey(a.By))
		}
	}
	return g.dm(ctx, team, a.By, a.Text, a.Blocks)
}

// Respond posts to a response URL.
func (g *Gateway) Respond(ctx context.Context, team workspace.TeamID, a action.Reply) error {
	message := map[string]any{"response_type": slack.ResponseTypeEphemeral, "text": a.Text, "replace_original": a.Replace}
	if a.Blocks != "" {
		message["blocks"] = json.RawMessage(a.Blocks)
	}
	body, err := json.Marshal(message)
	if err != nil {
		return &Error{Method: respondMethod, Code: codeRender}
	}
	ctx = with(ctx, func(c *calling) { c.team, c.method = team, respondMethod })
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.ResponseURL, bytes.NewReader(body))
	if err != nil {
		return &Error{Method: respondMethod, Code: codeExpiredURL}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := g.client.Do(req)
	if err != nil {
		return refine(err, respondMethod)
	}
	return resp.Body.Close()
}

// mayRespond keeps answers from going anywhere but to Slack.
func (g *Gateway) mayRespond(to string) bool {
	u, err := url.Parse(to)
	if err != nil || to == "" {
		return false
	}
	if api, err := url.Parse(g.config.APIURL); err == nil && u.Host == api.Host && u.Scheme == api.Scheme {
		return true
	}
	return u.Scheme == "https" && (strings.HasSuffix(u.Hostname(), ".slack.com") || strings.HasSuffix(u.Hostname(), ".slack-gov.com"))
}

// home publishes an App Home unless it would look as it does.
func (g *Gateway) home(ctx context.Context, team workspace.TeamID, a action.Home) Result {
	view, err := g.config.Render.Home(team, a)
	if err != nil {
		return notRendered()
	}
	raw, err := json.Marshal(view)
	if err != nil {
		return notRendered()
	}
	sum := sha256.Sum256(raw)
	fingerprint := hex.EncodeToString(sum[:16])
	if g.config.Homes != nil {
		last, err := g.config.Homes.PublishedHome(ctx, team, a.User)
		if err == nil && last == fingerprint {
			return Result{Class: Already}
		}
	}
	api, _, err := g.slackAs(team)
	if err != nil {
		return result(err, a.Key())
	}
	_, err = api.PublishViewContext(about(ctx, team), slack.PublishViewContextRequest{UserID: string(a.User), View: view})
	r := result(refine(err, "views.publish"), a.Key())
	if r.Class == Done && g.config.Homes != nil {
		// Not remembered only means sent once more.
		_ = g.config.Homes.RememberHome(ctx, team, a.User, fingerprint)
	}
	return r
}
