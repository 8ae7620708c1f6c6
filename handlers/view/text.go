package view

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"usher/rules/workspace"
)

// Slack's limits, in runes, as its Block Kit reference states them.
const (
	maxSection     = 3000
	maxText        = 3000 // the text beside blocks; Slack allows more, people do not read more
	maxHeader      = 150
	maxButton      = 75
	maxValue       = 2000
	maxPlaceholder = 150
	maxConfirmHead = 100
	maxConfirmText = 300
	maxConfirm     = 30
	maxTitle       = 24
	maxContext     = 10 // elements
	maxView        = 100
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes what people typed harmless in mrkdwn: no mention, link or
// command of Slack's can be made of it, and no line can be broken.
func Escape(s string) string {
	return escaper.Replace(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " "))
}

// clip shortens s to at most n runes, the last of which is then an ellipsis.
// Neither an entity (&lt;) nor a mention (<#C1>) is left half.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n-1]
	cut := len(runes)
	for i := len(runes) - 1; i >= 0 && i > len(runes)-300; i-- {
		if runes[i] == '>' || (runes[i] == ';' && i > len(runes)-6) {
			break
		}
		if runes[i] == '<' || (runes[i] == '&' && i > len(runes)-6) {
			cut = i
			break
		}
	}
	return string(runes[:cut]) + "…"
}

// ChannelMention is a channel as Slack shows it to those who may see it.
func ChannelMention(id workspace.ChannelID) string { return "<#" + string(id) + ">" }

// UserMention is a person as Slack shows them.
func UserMention(id workspace.UserID) string { return "<@" + string(id) + ">" }

// Date is a moment in each reader's own time, with UTC for clients that cannot.
func Date(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 2006 15:04 UTC"))
}

// count is "1 member", "2 members".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list is "a", "a and b", "a, b and c".
func list(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// Code is something to be typed, as people should see it.
func Code(s string) string {
	return "`" + Escape(clip(strings.ReplaceAll(s, "`", "'"), 120)) + "`"
}

// Quoted is what somebody typed, shown back to them.
func Quoted(s string) string { return "“" + Escape(clip(s, 80)) + "”" }
