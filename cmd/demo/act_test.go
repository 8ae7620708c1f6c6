package demo

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"usher/bot/slacksim"
)

// posted sends a form as somebody's page does.
func posted(t *testing.T, s *Server, who string, form url.Values) http.Header {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"in/T01/"+who+"/act", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%v: status %d", form, answer.StatusCode)
	}
	return answer.Header
}

// What is typed where only commands are heard goes nowhere: it went into a
// public channel once.
func TestWordsOnTheHomeGoNowhere(t *testing.T) {
	s, slack := served(t)
	for _, place := range []string{"home", "dm"} {
		told := posted(t, s, "U0BOB", url.Values{"do": {"say"}, "place": {place}, "channel": {""}, "text": {"a secret"}})
		if got := told.Get("HX-Trigger"); !strings.Contains(got, "/usher help") {
			t.Errorf("%s: the browser is told %q", place, got)
		}
	}
	if n := len(slack.State().Workspaces["T01"].Messages); n != 0 {
		t.Errorf("%d messages were written", n)
	}
}

func TestPersonChangesAChannel(t *testing.T) {
	s, slack := served(t)
	do := func(verb string, more url.Values) {
		t.Helper()
		more.Set("do", verb)
		if told := posted(t, s, "U0IVAN", more).Get("HX-Trigger"); told != "" {
			t.Errorf("%s: %s", verb, told)
		}
	}
	do("create_channel", url.Values{"name": {"proj-new"}, "private": {"true"}})
	id := channelID(t, slack, "proj-new")
	look := func() slacksim.Channel { return slack.State().Workspaces["T01"].Channels[id] }
	do("set_topic", url.Values{"channel": {id}, "topic": {"what it is for"}})
	do("rename", url.Values{"channel": {id}, "name": {" proj-newer "}})
	do("invite", url.Values{"channel": {id}, "users": {"U0BOB"}})
	if c := look(); c.Topic != "what it is for" || c.Name != "proj-newer" || len(c.Members) != 2 {
		t.Errorf("the channel is %+v", c)
	}
	do("kick", url.Values{"channel": {id}, "users": {"U0BOB"}})
	do("set_topic", url.Values{"channel": {id}, "topic": {""}})
	do("archive", url.Values{"channel": {id}})
	if c := look(); c.Topic != "" || !c.IsArchived || len(c.Members) != 1 {
		t.Errorf("the channel is %+v", c)
	}
	do("unarchive", url.Values{"channel": {id}})
	if c := look(); c.IsArchived {
		t.Errorf("the channel is %+v", c)
	}
	do("leave", url.Values{"channel": {id}})
	if c := look(); len(c.Members) != 0 {
		t.Errorf("the channel is %+v", c)
	}
}

// Messages counts what somebody has not looked at yet.
func TestUnreadUntilLookedAt(t *testing.T) {
	s, slack := served(t)
	ready := slack.Ready()
	answer, err := http.PostForm(ready.APIURL+"chat.postMessage", url.Values{"token": {ready.Workspaces[0].BotToken}, "channel": {"U0BOB"}, "text": {"psst"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	unread := func(place string) bool {
		_, page := get(t, s.URL()+"in/T01/U0BOB/"+place)
		return strings.Contains(page, `<b class="count">1<`)
	}
	if !unread("home") {
		t.Error("a new message is not counted")
	}
	if unread("dm") || unread("home") {
		t.Error("a message that was looked at is counted")
	}
}

func TestOnlyOwnFilesMayRun(t *testing.T) {
	s, _ := served(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"in/T01/U0BOB/dm", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	policy := answer.Header.Get("Content-Security-Policy")
	for _, never := range []string{"unsafe", "*", "http", "data:"} {
		if strings.Contains(policy, never) {
			t.Errorf("the page may load by %q: %s", never, policy)
		}
	}
	for _, always := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, always) {
			t.Errorf("the page's policy lacks %s: %s", always, policy)
		}
	}
}
