package bot

import (
	"regexp"
	"strings"

	"usher/rules/workspace"
)

var (
	reference = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)
	bold      = regexp.MustCompile(`\*([^*\n]+)\*`)
	unescape  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// Plain is a text written for Slack as a terminal shows it to an operator, who
// may see every name: people, channels and user groups by their names, times and
// links as their own words, nothing escaped.
func Plain(w *workspace.Snapshot, mrkdwn string) string {
	text := reference.ReplaceAllStringFunc(mrkdwn, func(r string) string {
		part := reference.FindStringSubmatch(r)
		sign, id, words := part[1], part[2], part[3]
		if sign == "!" {
			if g, ok := strings.CutPrefix(id, "subteam^"); ok {
				id, words = g, ""
			} else {
				return words
			}
		}
		named := Named(w, id)
		switch {
		case named != id:
			return named
		case words != "":
			return words
		}
		return id
	})
	return unescape.Replace(bold.ReplaceAllString(text, "$1"))
}
