package config

import (
	"regexp"
	"strings"

	"usher/rules/workspace"
)

// tokenKinds are the beginnings of Slack's tokens with what each one is.
var tokenKinds = []struct{ prefix, is string }{
	{"xoxb-", "a bot token"},
	{"xapp-", "an app-level token"},
	{"xoxp-", "a user token"},
	{"xoxe.", "a token of an app with token rotation"},
	{"xoxe-", "a refresh token"},
	{"xoxa-", "a legacy workspace token"},
	{"xoxs-", "a session token"},
}

var anyToken = regexp.MustCompile(`xox[a-z][-.]\S+|xapp-\S+`)

// hide takes tokens out of a text: people put them where they do not belong.
func hide(text string) string { return anyToken.ReplaceAllString(text, hidden) }

func kindOf(token string) string {
	for _, k := range tokenKinds {
		if strings.HasPrefix(token, k.prefix) {
			return k.is
		}
	}
	return "not a Slack token"
}

// tokens checks every token by its shape; whether Slack takes it is found out later.
func (r *reader) tokens() (app Secret, all []Workspace) {
	bot, appValue, admin := r.values["bot_token"], r.values["app_token"], r.values["admin_token"]
	app = r.token(appValue, "xapp-", true)
	shared := r.token(admin, "xoxp-", false)

	if len(r.workspaces) > 0 && bot.said {
		r.complain(bot, "set beside workspaces", "keep one of the two: bot_token for tokens alone, workspaces where one needs more")
	}
	if len(r.workspaces) == 0 {
		for _, text := range split(bot.text) {
			one := bot
			one.text = text
			all = append(all, Workspace{BotToken: r.token(one, "xoxb-", true), AdminToken: shared})
		}
		if len(all) == 0 {
			r.token(bot, "xoxb-", true)
		}
	}
	for _, w := range r.workspaces {
		token, ok := w["bot_token"]
		if !ok {
			token = value{where: w[""].where, line: w[""].line}
		}
		own := shared
		if v, ok := w["admin_token"]; ok {
			own = r.token(v, "xoxp-", false)
		}
		all = append(all, Workspace{
			BotToken:   r.token(token, "xoxb-", true),
			AdminToken: own,
			Team:       workspace.TeamID(w["team"].text),
		})
	}
	seen := map[string]bool{}
	for _, w := range all {
		if t := w.BotToken.Reveal(); t != "" && seen[t] {
			r.complain(bot, "the same bot token twice", "list each workspace's token once")
		} else {
			seen[t] = true
		}
	}
	return app, all
}

func (r *reader) token(v value, prefix string, needed bool) Secret {
	want := "a token that begins with " + prefix
	switch {
	case v.text == "" && !needed:
		return Secret{}
	case v.text == "":
		r.missing(v, "set "+want+whereFrom(prefix))
	case strings.ContainsAny(v.text, " \t\r\n\"'"):
		r.complain(v, "has a space or a quote in it", "set "+want+" and nothing else")
	case !strings.HasPrefix(v.text, prefix):
		r.complain(v, "is "+kindOf(v.text), "set "+want+swapped(prefix, v.text)+whereFrom(prefix))
	case len(v.text) < len(prefix)+4:
		r.complain(v, "is cut short", "set the whole token"+whereFrom(prefix))
	default:
		return NewSecret(v.text)
	}
	return Secret{}
}

func swapped(prefix, text string) string {
	switch {
	case prefix == "xoxb-" && strings.HasPrefix(text, "xapp-"), prefix == "xapp-" && strings.HasPrefix(text, "xoxb-"):
		return ": the app token and the bot token are swapped"
	case strings.HasPrefix(text, "xoxe"):
		return ": turn token rotation off for this app"
	}
	return ""
}

func whereFrom(prefix string) string {
	switch prefix {
	case "xapp-":
		return " (api.slack.com/apps, Basic Information, App-Level Tokens, scope connections:write)"
	case "xoxb-":
		return " (api.slack.com/apps, OAuth & Permissions, Bot User OAuth Token)"
	}
	return " (a user token of an organisation's admin)"
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == '\n' || c == ' ' })
}
