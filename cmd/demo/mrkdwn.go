package demo

import (
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// names says what an id is called on this page; ok is false for an id that is
// not known or not to be seen.
type names interface {
	user(id string) (string, bool)
	channel(id string) (string, bool)
	link(channel string) string // where the channel is on this page
	usergroup(id string) (string, bool)
}

var (
	angle  = regexp.MustCompile(`<([^<>\n]+)>`)
	fence  = regexp.MustCompile("(?s)```(.*?)```")
	code   = regexp.MustCompile("`([^`\n]+)`")
	bold   = regexp.MustCompile(`(^|[\s(\x{2022}>_~])\*([^*\s](?:[^*\n]*[^*\s])?)\*`)
	italic = regexp.MustCompile(`(^|[\s(>*~])_([^_\s](?:[^_\n]*[^_\s])?)_`)
	strike = regexp.MustCompile(`(^|[\s(>*_])~([^~\s](?:[^~\n]*[^~\s])?)~`)
	emoji  = regexp.MustCompile(`:([a-z0-9_+-]+):`)
	slot   = regexp.MustCompile("\x00(\\d+)\x00")
)

// mrkdwn draws Slack's markup as HTML. Everything is escaped first; only what
// this function itself writes is markup. Slack sends &amp; &lt; &gt; already
// escaped, so the text is unescaped once before.
func mrkdwn(text string, who names) template.HTML {
	var kept []string
	keep := func(markup string) string {
		kept = append(kept, markup)
		return "\x00" + strconv.Itoa(len(kept)-1) + "\x00"
	}
	text = strings.ReplaceAll(text, "\x00", "")
	text = fence.ReplaceAllStringFunc(text, func(s string) string {
		return keep("<pre>" + escaped(strings.Trim(s, "`")) + "</pre>")
	})
	text = code.ReplaceAllStringFunc(text, func(s string) string {
		return keep("<code>" + escaped(strings.Trim(s, "`")) + "</code>")
	})
	text = angle.ReplaceAllStringFunc(text, func(s string) string { return keep(reference(s[1:len(s)-1], who)) })
	text = escaped(text)
	text = bold.ReplaceAllString(text, "$1<b>$2</b>")
	text = italic.ReplaceAllString(text, "$1<i>$2</i>")
	text = strike.ReplaceAllString(text, "$1<s>$2</s>")
	text = emoji.ReplaceAllStringFunc(text, picture)
	text = quoted(text)
	return template.HTML(restored(text, kept)) // #nosec G203 -- every part was escaped above
}

// restored puts what was kept back. A kept piece may hold slots of pieces kept
// before it.
func restored(text string, kept []string) string {
	return slot.ReplaceAllStringFunc(text, func(s string) string {
		i, err := strconv.Atoi(strings.Trim(s, "\x00"))
		if err != nil || i >= len(kept) {
			return ""
		}
		return restored(kept[i], kept[:i])
	})
}

// plain draws plain_text: no markup but emoji and line breaks.
func plain(text string) template.HTML {
	text = emoji.ReplaceAllStringFunc(html.EscapeString(strings.ReplaceAll(text, "\x00", "")), picture)
	return template.HTML(strings.ReplaceAll(text, "\n", "<br>")) // #nosec G203 -- escaped above
}

func escaped(s string) string { return html.EscapeString(html.UnescapeString(s)) }

func picture(s string) string {
	name := strings.Trim(s, ":")
	if i, ok := icons[name]; ok {
		return string(icon(i, strings.ReplaceAll(name, "_", " ")))
	}
	if p, ok := pictures[name]; ok {
		return p
	}
	return s
}

func quoted(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(l, "&gt;"); ok {
			lines[i] = "<blockquote>" + rest + "</blockquote>"
		} else if i < len(lines)-1 {
			lines[i] = l + "<br>"
		}
	}
	return strings.Join(lines, "")
}

// reference draws what stands between angle brackets: a mention, a date or a link.
func reference(inner string, who names) string {
	target, label, labelled := strings.Cut(inner, "|")
	show := func(sign, found string, ok bool, fallback string) string {
		switch {
		case ok:
			return `<span class="mention">` + sign + html.EscapeString(found) + `</span>`
		case labelled:
			return `<span class="mention">` + sign + escaped(label) + `</span>`
		}
		return `<span class="mention">` + html.EscapeString(fallback) + `</span>`
	}
	switch {
	case strings.HasPrefix(target, "@"):
		name, ok := who.user(target[1:])
		return show("@", name, ok, "@somebody")
	case strings.HasPrefix(target, "#"):
		name, ok := who.channel(target[1:])
		if ok {
			return `<a class="mention" href="` + html.EscapeString(who.link(target[1:])) + `">#` + html.EscapeString(name) + `</a>`
		}
		return show("#", name, ok, "a private channel")
	case strings.HasPrefix(target, "!subteam^"):
		name, ok := who.usergroup(strings.TrimPrefix(target, "!subteam^"))
		return show("@", name, ok, "@group")
	case strings.HasPrefix(target, "!date^"):
		return date(target, label)
	case strings.HasPrefix(target, "!"):
		return `<span class="mention alarm">@` + escaped(target[1:]) + `</span>`
	case strings.HasPrefix(target, "http://"), strings.HasPrefix(target, "https://"), strings.HasPrefix(target, "mailto:"):
		if !labelled {
			label = target
		}
		return `<a href="` + escaped(target) + `" rel="noopener noreferrer" target="_blank">` + escaped(label) + `</a>`
	}
	return "&lt;" + escaped(inner) + "&gt;"
}

func date(target, fallback string) string {
	parts := strings.SplitN(target, "^", 3)
	if len(parts) < 2 {
		return escaped(fallback)
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return escaped(fallback)
	}
	at := time.Unix(seconds, 0).UTC()
	return `<time datetime="` + at.Format(time.RFC3339) + `">` + at.Format("2 Jan 2006, 15:04") + ` UTC</time>`
}
