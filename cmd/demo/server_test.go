package demo

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/bot/slacksim"
)

// quiet is an Usher that did nothing.
type quiet struct{}

func (quiet) Lately(context.Context, string, int) (Behind, error) { return Behind{}, nil }
func (quiet) Changed() <-chan struct{}                            { return nil }

func served(t *testing.T) (*Server, *slacksim.Server) {
	t.Helper()
	f, err := slacksim.ParseFile(Workspace())
	if err != nil {
		t.Fatal(err)
	}
	slack, err := slacksim.Start(slacksim.Options{Workspace: f})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Slack: slack, Insight: quiet{}, Command: "/usher"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := slack.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, slack
}

func fetched(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fetched(t, r)
}

func channelID(t *testing.T, slack *slacksim.Server, name string) string {
	t.Helper()
	for id, c := range slack.State().Workspaces["T01"].Channels {
		if c.Name == name {
			return id
		}
	}
	t.Fatalf("no channel %s", name)
	return ""
}

func TestPersonSeesOnlyTheirs(t *testing.T) {
	s, slack := served(t)
	secret := channelID(t, slack, "people-ops")
	slack.Act(t.Context(), slacksim.Act{As: "heidi", Do: "post", Channel: secret, Text: "for us alone"})
	for _, c := range []struct {
		who  string
		sees bool
	}{{"U0HEIDI", true}, {"U0BOB", false}, {"U0GUS", false}} {
		_, page := get(t, s.URL()+"in/T01/"+c.who+"/"+secret)
		if got := strings.Contains(page, "for us alone"); got != c.sees {
			t.Errorf("%s reads a private channel's messages: %v, want %v", c.who, got, c.sees)
		}
		if got := strings.Contains(page, "people-ops"); got != c.sees {
			t.Errorf("%s reads a private channel's name: %v, want %v", c.who, got, c.sees)
		}
	}
}

func TestPageShowsNoSecrets(t *testing.T) {
	s, slack := served(t)
	ready := slack.Ready().Workspaces[0]
	for _, place := range []string{"home", "dm", channelID(t, slack, "general")} {
		_, page := get(t, s.URL()+"in/T01/U0ALICE/"+place)
		for _, secret := range []string{ready.BotToken, ready.AppToken, ready.AdminToken, "@acme.test"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s shows a token or an address", place)
			}
		}
	}
}

func TestOnlyThisMachineAndThisPage(t *testing.T) {
	s, slack := served(t)
	for _, listen := range []string{"0.0.0.0:0", "192.0.2.1:80", ":8080"} {
		if _, err := New(Options{Slack: slack, Insight: quiet{}, Listen: listen}); err == nil {
			t.Errorf("the page listens on %q", listen)
		}
	}
	ask := func(host, origin string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"in/T01/U0BOB/act", strings.NewReader("do=post&channel=general&text=x"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if r.Header.Set("Origin", origin); host != "" {
			r.Host = host
		}
		code, _ := fetched(t, r)
		return code
	}
	own := strings.TrimSuffix(s.URL(), "/")
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{"", own, http.StatusNoContent},
		{"rebound.test", own, http.StatusForbidden},
		{"", "https://elsewhere.test", http.StatusForbidden},
		{"", "null", http.StatusForbidden},
	} {
		if got := ask(c.host, c.origin); got != c.want {
			t.Errorf("host %q, origin %q: %d, want %d", c.host, c.origin, got, c.want)
		}
	}
}

func TestRefusalIsToldInWords(t *testing.T) {
	s, slack := served(t)
	form := url.Values{"do": {"invite"}, "channel": {channelID(t, slack, "people-ops")}, "users": {"U0BOB"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"in/T01/U0MALLORY/act", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("HX-Trigger"); !strings.Contains(got, "no such channel") {
		t.Errorf("the browser is told %q", got)
	}
}
