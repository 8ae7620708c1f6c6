package gateway_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/workspace"
)

const organisation = `
seed: 7
workspaces:
  - id: T01
    name: acme
    grid: true
    users:
      - {name: alice, admin: true}
      - {name: bob}
      - {name: carol}
    channels:
      - {name: general, general: true}
    idp_groups:
      - {id: S0FIN, name: Finance, members: [alice, bob]}
      - {id: S0EMPTY, name: Empty}
`

func TestAGroupOfTheIdentityProvider(t *testing.T) {
	w := start(t, organisation)
	got, err := w.IDPGroup(t.Context(), team, "S0FIN")
	if err != nil || got.Name != "Finance" || got.ID != "S0FIN" || !slices.Equal(sorted(got.Users), sorted([]workspace.UserID{w.user("alice"), w.user("bob")})) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = w.IDPGroup(t.Context(), team, "S0EMPTY"); err != nil || len(got.Users) != 0 || got.Name != "Empty" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = w.IDPGroup(t.Context(), team, "S0/../Users"); !gateway.Hidden(err) {
		t.Errorf("%+v, %v", got, err)
	}
}

// answers is a Slack, or something in front of it, that always says the same.
type answers struct {
	status      int
	body, after string
	asked       *string
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.asked != nil {
		*a.asked = r.URL.String()
	}
	h := http.Header{}
	if a.after != "" {
		h.Set("Retry-After", a.after)
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

func sorted(ids []workspace.UserID) []workspace.UserID { return slices.Sorted(slices.Values(ids)) }

// What Slack does not show is told apart from what could not be asked.
func TestWhatHidesAGroupOfTheIdentityProvider(t *testing.T) {
	admin := func(token func(slacksim.Ready) string) func(*world) {
		return func(w *world) { w.ready.Workspaces[0].AdminToken = token(w.ready) }
	}
	for _, tt := range []struct {
		name   string
		change func(*world)
		base   answers
		code   string
		hidden bool
	}{
		{name: "no such group", change: func(*world) {}, code: "idp_group_not_found", hidden: true},
		{name: "no administrator's token", change: admin(func(slacksim.Ready) string { return "" }), code: "no_admin_token", hidden: true},
		{name: "another token", change: admin(func(r slacksim.Ready) string { return r.Workspaces[0].BotToken }), code: "invalid_auth", hidden: true},
		{name: "out of order", base: answers{status: http.StatusBadGateway}, code: "http_502"},
		{name: "too often", base: answers{status: http.StatusTooManyRequests, after: "7"}, code: "ratelimited"},
		{name: "half an answer", base: answers{status: http.StatusOK, body: `{"id":"S0NONE","displ`}, code: "unreadable"},
		{name: "another's answer", base: answers{status: http.StatusOK, body: `{"id":"S0FIN","members":[]}`}, code: "unreadable"},
		{name: "no answer of SCIM's", base: answers{status: http.StatusOK, body: `{}`}, code: "unreadable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := start(t, organisation, func(_ *slacksim.Options, c *gateway.Config) {
				if tt.base.status != 0 {
					c.Base = tt.base
				}
			})
			if tt.change != nil {
				tt.change(w)
			}
			_, err := w.IDPGroup(t.Context(), team, "S0NONE")
			e, ok := errors.AsType[*gateway.Error](err)
			if !ok || e.Code != tt.code || gateway.Hidden(err) != tt.hidden {
				t.Errorf("%v, hidden %v", err, gateway.Hidden(err))
			}
		})
	}
}

// On Slack's own hosts SCIM has one of its own.
func TestWhereSCIMIs(t *testing.T) {
	for api, want := range map[string]string{
		"https://slack.com/api/":      "https://api.slack.com/scim/v2/Groups/S0FIN",
		"https://slack-gov.com/api/":  "https://api.slack-gov.com/scim/v2/Groups/S0FIN",
		"http://127.0.0.1:4112/api/":  "http://127.0.0.1:4112/scim/v2/Groups/S0FIN",
		"https://proxy.test/sl/api/":  "https://proxy.test/sl/scim/v2/Groups/S0FIN",
		"http://127.0.0.1:4112/other": "http://127.0.0.1:4112/other/scim/v2/Groups/S0FIN",
	} {
		var asked string
		g := gateway.New(gateway.Config{APIURL: api, Base: answers{status: http.StatusNotFound, asked: &asked},
			Credentials: func(workspace.TeamID) (gateway.Credentials, bool) { return gateway.Credentials{Admin: "xoxp-1"}, true }})
		if _, err := g.IDPGroup(t.Context(), team, "S0FIN"); !gateway.Hidden(err) || asked != want {
			t.Errorf("with %s it asks %s, want %s (%v)", api, asked, want, err)
		}
	}
}
