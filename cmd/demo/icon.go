package demo

import (
	"html"
	"html/template"
)

// icon draws one of static/icons.svg; label is what a screen reader says,
// nothing where the icon only decorates.
func icon(name, label string) template.HTML {
	said := `aria-hidden="true"`
	if label != "" {
		said = `role="img" aria-label="` + html.EscapeString(label) + `"`
	}
	return template.HTML(`<svg class="icon" ` + said + `><use href="/static/icons.svg#` + html.EscapeString(name) + `"/></svg>`) // #nosec G203 -- escaped
}

// pictures are the emoji that this page knows by name, apart from those it has
// an icon of.
var pictures = map[string]string{
	"x": "❌", "warning": "⚠️", "wave": "👋", "door": "🚪", "key": "🔑", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
	"tada": "🎉", "bell": "🔔", "no_entry": "⛔", "no_entry_sign": "🚫", "eyes": "👀", "gear": "⚙️",
	"double_vertical_bar": "⏸️", "arrow_forward": "▶️", "leftwards_arrow_with_hook": "↩️", "pause_button": "⏸️",
	"rotating_light": "🚨", "busts_in_silhouette": "👥", "bulb": "💡", "+1": "👍", "smile": "😄", "heart": "❤️",
}

// icons are the emoji that are drawn as icons, which need no font.
var icons = map[string]string{
	"lock": "lock", "information_source": "info", "house": "home", "pushpin": "pin", "bookmark": "bookmark",
	"speech_balloon": "speech", "white_check_mark": "check",
}
