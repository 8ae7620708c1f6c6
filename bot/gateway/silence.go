package gateway

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// How far back a silence is looked through: so many messages a page, so many pages.
const (
	mostHistory = 999
	mostPages   = 20
)

// archive warns of the end of a silence, or archives at it. A message since
// then puts it off, where that counts; when it cannot be said whether there was
// one, nothing is archived.
func (g *Gateway) archive(ctx context.Context, team workspace.TeamID, a action.Archive) Result {
	if a.Active {
		at, err := g.lastSpoken(ctx, team, a)
		if err != nil {
			return inChannel(err, a.Channel)
		}
		if !at.IsZero() {
			return Result{Class: Already, Code: codeActive, Value: map[string]string{"active": at.UTC().Format(time.RFC3339Nano)}}
		}
	}
	if a.Warn {
		if a.Text == "" {
			return Result{Class: Never, Code: codeRender, Sentence: "The warning could not be put into words; the channel is not archived."}
		}
		return g.say(ctx, team, a.Channel, saying{text: a.Text, blocks: a.Blocks, sent: a.Sent})
	}
	return inChannel(g.call(ctx, team, "conversations.archive", url.Values{"channel": {string(a.Channel)}}, nil), a.Channel)
}

// spoken are the kinds of messages that somebody says something with; comings
// and goings do not count, nor does what Usher says itself. What other apps say
// does: somebody has them say it, and archiving late is better than by mistake.
var spoken = []string{"", "file_share", "me_message", "thread_broadcast", "bot_message", "huddle_thread"}

// history is a page of a channel's messages.
type history struct {
	Messages []said `json:"messages"`
	More     bool   `json:"has_more"`
	Metadata struct {
		Next string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// said is as much of a message as is looked at: who wrote when, and when a
// thread that hangs on it was last answered. Usher answers in none. The text is
// looked at only to find what Usher itself may have posted.
type said struct {
	TS      string `json:"ts"`
	User    string `json:"user"`
	Bot     string `json:"bot_id"`
	Text    string `json:"text"`
	Subtype string `json:"subtype"`
	Latest  string `json:"latest_reply"`
}

// last is when somebody else than a user last spoke in a message or its thread.
func (m said) last(than workspace.UserID) (at time.Time) {
	if m.User != string(than) && slices.Contains(spoken, m.Subtype) {
		at = sentAt(m.TS)
	}
	if reply := sentAt(m.Latest); reply.After(at) {
		at = reply
	}
	return at
}

// lastSpoken is when somebody last wrote in a channel after a time; zero when
// nobody did. Slack's history has the channel's own messages, and with each the
// time of its thread's last reply, so older ones are looked at too, as far back
// as mostPages go.
func (g *Gateway) lastSpoken(ctx context.Context, team workspace.TeamID, a action.Archive) (time.Time, error) {
	args := url.Values{"channel": {string(a.Channel)}, "limit": {strconv.Itoa(mostHistory)}}
	for range mostPages {
		var page history
		if err := g.call(ctx, team, "conversations.history", args, &page); err != nil {
			return time.Time{}, err
		}
		var last time.Time
		for _, m := range page.Messages {
			if at := m.last(a.Self); at.After(last) {
				last = at
			}
		}
		if last.After(a.Since) {
			return last, nil
		}
		if !page.More || page.Metadata.Next == "" {
			break
		}
		args.Set("cursor", page.Metadata.Next)
	}
	return time.Time{}, nil
}

// timestamp and sentAt are between times and Slack's 1700000000.000100; what is
// none is the zero time.
func timestamp(t time.Time) string {
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/int(time.Microsecond))
}

func sentAt(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	micros, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, micros*int64(time.Microsecond))
}
