package gateway

import (
	"context"
	"errors"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Codes of results of a reaction's steps that are the gateway's own.
const (
	codeSame      = "same"       // it was so before
	codeNoMessage = "no_message" // there is no message to pin
	codeActive    = "active"     // somebody spoke: Value["active"] is when
	codeNotAStep  = "not_a_step" // a step that is something else by the time it is carried out
)

// How far back a silence is looked through: so many messages a page, so many pages.
const (
	mostHistory = 999
	mostPages   = 20
)

// step carries out one step of a reaction. What is so already is looked up
// first where Slack would do it twice.
func (g *Gateway) step(ctx context.Context, team workspace.TeamID, a action.Step) Result {
	if a.Pins {
		return g.pin(ctx, team, a)
	}
	switch a.Verb {
	case "topic":
		return g.note(ctx, team, a, "conversations.setTopic", "topic")
	case "purpose":
		return g.note(ctx, team, a, "conversations.setPurpose", "purpose")
	case "post":
		return g.say(ctx, team, a.Channel, a.Text, "")
	case "announce":
		return g.say(ctx, team, a.Into, a.Text, "")
	case "pin":
		return g.postPin(ctx, team, a)
	case "bookmark":
		return g.bookmark(ctx, team, a)
	}
	return Result{Class: Never, Code: codeNotAStep, Sentence: "This step is not known to this version of Usher."}
}

// note sets a topic or purpose unless it says that already: Slack would tell
// the channel of it again.
func (g *Gateway) note(ctx context.Context, team workspace.TeamID, a action.Step, method, name string) Result {
	now, err := g.ChannelInfo(ctx, team, a.Channel)
	if err == nil {
		said := now.Topic
		if name == "purpose" {
			said = now.Purpose
		}
		if sameText(said, a.Text) {
			return Result{Class: Already, Code: codeSame}
		}
		err = g.call(ctx, team, method, url.Values{"channel": {string(a.Channel)}, name: {a.Text}}, nil)
	}
	return inChannel(err, a.Channel)
}

// sameText compares what Slack keeps with what it was given: it may keep
// entities or what they stand for.
func sameText(kept, given string) bool {
	return kept == given || html.UnescapeString(kept) == html.UnescapeString(given)
}

// inChannel is the result of a call about a channel.
func inChannel(err error, c workspace.ChannelID) Result {
	r := result(err, action.ChannelKey(c))
	if r.Code == "not_in_channel" || r.Code == "channel_not_found" {
		r.Class, r.Sentence, r.Stuck, r.Lost = Blocked, lostChannel, action.ChannelKey(c), c
	}
	return r
}

// say posts into a channel. A message of which it is not known whether it was
// posted is not posted again.
func (g *Gateway) say(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, text, blocks string) Result {
	posted, err := g.Post(ctx, team, string(c), text, blocks)
	if e, ok := errors.AsType[*Error](err); ok && e.Unknown {
		return Result{Class: Done, Code: e.Code, Unconfirmed: true}
	}
	r := inChannel(err, c)
	if r.Class == Done {
		r.Value = map[string]string{"channel": posted.Channel, "ts": posted.TS}
	}
	return r
}

// postPin posts what is to be pinned, unless a pin says the same.
func (g *Gateway) postPin(ctx context.Context, team workspace.TeamID, a action.Step) Result {
	var pins struct {
		Items []struct {
			Message struct {
				TS   string `json:"ts"`
				Text string `json:"text"`
			} `json:"message"`
		} `json:"items"`
	}
	if err := g.call(ctx, team, "pins.list", url.Values{"channel": {string(a.Channel)}}, &pins); err != nil {
		return inChannel(err, a.Channel)
	}
	for _, p := range pins.Items {
		if sameText(bare(p.Message.Text), bare(a.Text)) {
			return Result{Class: Already, Code: codeSame, Value: map[string]string{"channel": string(a.Channel), "ts": p.Message.TS}}
		}
	}
	return g.say(ctx, team, a.Channel, a.Text, "")
}

// bare takes the brackets off that Slack puts around addresses.
func bare(text string) string {
	return strings.NewReplacer("<http", "http", ">", "").Replace(text)
}

// pin pins what the first half of the step posted.
func (g *Gateway) pin(ctx context.Context, team workspace.TeamID, a action.Step) Result {
	if a.TS == "" {
		return Result{Class: Never, Code: codeNoMessage, Sentence: "What was to be pinned was not posted, or it is not known whether it was."}
	}
	return inChannel(g.call(ctx, team, "pins.add", url.Values{"channel": {string(a.Channel)}, "timestamp": {a.TS}}, nil), a.Channel)
}

// bookmark adds a link to the channel's bar unless it is there.
func (g *Gateway) bookmark(ctx context.Context, team workspace.TeamID, a action.Step) Result {
	var bar struct {
		Bookmarks []struct {
			Title string `json:"title"`
			Link  string `json:"link"`
		} `json:"bookmarks"`
	}
	channel := url.Values{"channel_id": {string(a.Channel)}}
	if err := g.call(ctx, team, "bookmarks.list", channel, &bar); err != nil {
		return inChannel(err, a.Channel)
	}
	for _, b := range bar.Bookmarks {
		if sameText(b.Title, a.Text) && sameText(b.Link, a.Link) {
			return Result{Class: Already, Code: codeSame}
		}
	}
	channel.Set("title", a.Text)
	channel.Set("type", "link")
	channel.Set("link", a.Link)
	return inChannel(g.call(ctx, team, "bookmarks.add", channel, nil), a.Channel)
}

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
		return g.say(ctx, team, a.Channel, a.Text, a.Blocks)
	}
	return inChannel(g.call(ctx, team, "conversations.archive", url.Values{"channel": {string(a.Channel)}}, nil), a.Channel)
}

// spoken are the kinds of messages that somebody says something with; comings
// and goings do not count, nor does what Usher says itself. What other apps say
// does: somebody has them say it, and archiving late is better than by mistake.
var spoken = []string{"", "file_share", "me_message", "thread_broadcast", "bot_message", "huddle_thread"}

// said is as much of a message as is looked at: who wrote when, and when a
// thread that hangs on it was last answered. Usher answers in none.
type said struct {
	TS      string `json:"ts"`
	User    string `json:"user"`
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
		var page struct {
			Messages []said `json:"messages"`
			More     bool   `json:"has_more"`
			Metadata struct {
				Next string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
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

// sentAt is the time in Slack's 1700000000.000100; zero where it is none.
func sentAt(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	micros, _ := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, micros*int64(time.Microsecond))
}

// rename gives a channel another name: as the bot, which may only where it
// created the channel, else as the administrator whose token there is.
func (g *Gateway) rename(ctx context.Context, team workspace.TeamID, a action.Rename) Result {
	c, ok := g.config.Credentials(team)
	args := url.Values{"channel": {string(a.Channel)}, "name": {a.Name}}
	err := g.call(ctx, team, "conversations.rename", args, nil)
	e, refused := errors.AsType[*Error](err)
	if !refused || e.Code != "not_authorized" && e.Code != "not_in_channel" && e.Code != "restricted_action" {
		return result(err, a.Key())
	}
	if !ok || c.Admin == "" {
		return Result{Class: Never, Code: e.Code, Sentence: "Slack lets only whoever created a channel, or an administrator, rename it, and Usher is neither."}
	}
	return result(g.callAs(about(ctx, team), c.Admin, "conversations.rename", args, nil), a.Key())
}

// stepMethods are the methods that hold a step up longest.
var stepMethods = map[string]string{
	"join": "conversations.join", "topic": "conversations.setTopic", "purpose": "conversations.setPurpose",
	"invite": "conversations.invite", "bookmark": "bookmarks.add",
}

// methodOf is which method an action spends; empty: none.
func methodOf(a action.Action) string {
	if s, ok := a.(action.Step); ok {
		if m := stepMethods[s.Verb]; m != "" {
			return m
		}
		if s.Pins {
			return "pins.add"
		}
		return "chat.postMessage"
	}
	return methods[a.Kind()]
}
