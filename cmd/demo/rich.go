package demo

import (
	"html"
	"html/template"
	"slices"
	"strings"
)

// richPart is a part of a rich_text block: a section, a list, or a piece of text.
type richPart struct {
	Type        string     `json:"type"`
	Style       richStyle  `json:"style"`
	Elements    []richPart `json:"elements"`
	Text        string     `json:"text"`
	URL         string     `json:"url"`
	UserID      string     `json:"user_id"`
	ChannelID   string     `json:"channel_id"`
	UsergroupID string     `json:"usergroup_id"`
	Name        string     `json:"name"`
	Range       string     `json:"range"`
}

// richStyle is a list's kind, or how a piece of text is set: Slack uses one name
// for both.
type richStyle []string

// UnmarshalJSON accepts a word, or an object of what is on.
func (s *richStyle) UnmarshalJSON(b []byte) error {
	if word, err := decoded[string](b); err == nil {
		*s = richStyle{word}
		return nil
	}
	on, err := decoded[map[string]bool](b)
	for name, is := range on {
		if is {
			*s = append(*s, name)
		}
	}
	slices.Sort(*s)
	return err
}

// Rich draws a rich_text block.
func (s spot) Rich(b block) template.HTML {
	var out strings.Builder
	for _, p := range b.Rich {
		out.WriteString(s.rich(p))
	}
	return template.HTML(out.String()) // #nosec G203 -- every part is escaped in rich
}

// around is the element a part becomes; what is not here is a bare piece.
var around = map[string]string{"rich_text_section": "div", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre", "rich_text_list": "ul"}

func (s spot) rich(p richPart) string {
	if tag, ok := around[p.Type]; ok {
		var in strings.Builder
		for _, e := range p.Elements {
			piece := s.rich(e)
			if p.Type == "rich_text_list" {
				piece = "<li>" + piece + "</li>"
			}
			in.WriteString(piece)
		}
		if slices.Contains(p.Style, "ordered") {
			tag = "ol"
		}
		return "<" + tag + ">" + in.String() + "</" + tag + ">"
	}
	text := strings.ReplaceAll(html.EscapeString(p.Text), "\n", "<br>")
	switch p.Type {
	case "link":
		label := p.Text
		if label == "" {
			label = p.URL
		}
		text = reference(html.EscapeString(p.URL)+"|"+html.EscapeString(label), s.names)
	case "user":
		text = reference("@"+p.UserID, s.names)
	case "channel":
		text = reference("#"+p.ChannelID, s.names)
	case "usergroup":
		text = reference("!subteam^"+p.UsergroupID, s.names)
	case "broadcast":
		text = reference("!"+p.Range, s.names)
	case "emoji":
		text = picture(":" + html.EscapeString(p.Name) + ":")
	}
	for _, style := range p.Style {
		if tag := map[string]string{"bold": "b", "italic": "i", "strike": "s", "code": "code"}[style]; tag != "" {
			text = "<" + tag + ">" + text + "</" + tag + ">"
		}
	}
	return text
}
