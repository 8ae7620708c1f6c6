package gateway

import (
	"context"
	"errors"
	"html"
	"net/url"
	"regexp"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Codes of results of a reaction's steps that are the gateway's own.
const (
	codeSame      = "same"       // it was so before
	codeNoMessage = "no_message" // there is no message to pin
	codeActive    = "active"     // somebody spoke: Value["active"] is when
	codeFound     = "found"      // the message was there
	codeUnseen    = "unseen"     // it cannot be said whether it is
	codeUnlisted  = "unlisted"   // it is not known who else is to be invited
	codeNotAStep  = "not_a_step" // a step that is something else by the time it is carried out
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
		return g.say(ctx, team, a.Channel, saying{text: a.Text, sent: a.Sent})
	case "announce":
		return g.say(ctx, team, a.Into, saying{text: a.Text, sent: a.Sent})
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
	return g.say(ctx, team, a.Channel, saying{text: a.Text, sent: a.Sent})
}

// bracketed is an address or a mention as Slack keeps it, with a label or without.
var bracketed = regexp.MustCompile(`<([^|<>]+)(\|[^<>]*)?>`)

// bare takes off what Slack puts around addresses, and beside mentions.
func bare(text string) string { return bracketed.ReplaceAllString(text, "$1") }

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
