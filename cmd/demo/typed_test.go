package demo

import (
	"net/url"
	"strings"
	"testing"

	"usher/bot/slacksim"
)

// Usher tells people to type /leave and /invite: here as in Slack those are
// Slack's own. They went to Usher once, which greeted whoever typed /leave.
func TestSlacksOwnCommandsAreSlacks(t *testing.T) {
	s, slack := served(t)
	forecast := channelID(t, slack, "finance-forecast")
	look := func() slacksim.Channel { return slack.State().Workspaces["T01"].Channels[forecast] }
	say := func(text string) string {
		return posted(t, s, "U0CAROL", url.Values{"do": {"say"}, "place": {forecast}, "channel": {forecast}, "text": {text}}).Get("HX-Trigger")
	}
	before := len(look().Members)
	for _, c := range []struct {
		text    string
		members int
	}{
		{"/invite @bob dave", before + 2},
		{"/remove @dave", before + 1},
		{"/topic The  numbers", before + 1},
		{"/rename finance-next", before + 1},
		{"/leave", before},
	} {
		if told := say(c.text); told != "" {
			t.Errorf("%s: %s", c.text, told)
		}
		if n := len(look().Members); n != c.members {
			t.Errorf("%s: %d members, want %d", c.text, n, c.members)
		}
	}
	if c := look(); c.Topic != "The  numbers" || c.Name != "finance-next" {
		t.Errorf("the channel is called %s, its topic is %q", c.Name, c.Topic)
	}
	random := channelID(t, slack, "marketing")
	if told := say("/join #marketing"); told != "" || len(slack.State().Workspaces["T01"].Channels[random].Members) != 3 {
		t.Errorf("/join: %s", told)
	}
	for text, want := range map[string]string{
		"/leave":      "cannot see it",
		"/usherette":  "/usher help",
		"/ushre help": "Nobody here answers to /ushre",
	} {
		if told := say(text); !strings.Contains(told, want) {
			t.Errorf("%s: the browser is told %q, want %q", text, told, want)
		}
	}
	if told := posted(t, s, "U0CAROL", url.Values{"do": {"say"}, "place": {"dm"}, "channel": {""}, "text": {"/leave"}}).Get("HX-Trigger"); !strings.Contains(told, "open it") {
		t.Errorf("/leave where there is no channel: the browser is told %q", told)
	}
	if n := len(slack.State().Workspaces["T01"].Messages); n != 0 {
		t.Errorf("%d messages were written", n)
	}
}
