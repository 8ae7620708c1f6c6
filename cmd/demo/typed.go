package demo

import "strings"

// own are Slack's own commands, as far as this page has them: what Usher tells
// people to type has to do here what it does in Slack.
var own = map[string]struct{ do, takes string }{
	"/leave":   {do: "leave"},
	"/join":    {"join", "channel"},
	"/open":    {"join", "channel"},
	"/invite":  {"invite", "users"},
	"/remove":  {"kick", "users"},
	"/kick":    {"kick", "users"},
	"/topic":   {"set_topic", "topic"},
	"/rename":  {"rename", "name"},
	"/archive": {do: "archive"},
}

// typed puts what somebody typed into an act: a message, a command of Slack's
// own, or one for an app.
func typed(a map[string]any, text string) {
	if !strings.HasPrefix(text, "/") {
		a["do"] = "post"
		return
	}
	name, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	slack, ok := own[name]
	if !ok {
		a["do"], a["command"], a["text"] = "slash", name, rest
		return
	}
	delete(a, "text")
	a["do"] = slack.do
	switch slack.takes {
	case "":
	case "users":
		var who []string
		for name := range strings.FieldsSeq(rest) {
			who = append(who, strings.TrimPrefix(name, "@"))
		}
		a["users"] = who
	case "channel":
		if rest != "" {
			a["channel"] = strings.TrimPrefix(rest, "#")
		}
	default:
		a[slack.takes] = rest
	}
}

// wrong says why what was typed cannot be done here; empty where it can.
func (s *Server) wrong(do, command, channel string) string {
	switch {
	case do == "slash" && command != s.command:
		return "Nobody here answers to " + command + ". Try " + s.command + " help."
	case do == "post" && channel == "":
		return "Only commands are heard here: try " + s.command + " help. Messages go into channels."
	case channel == "" && do != "slash":
		return "That is about a channel: open it and type it there."
	}
	return ""
}
