package view

import (
	"fmt"

	"github.com/slack-go/slack"
)

// List is what `list` answers with.
type List struct {
	Place   Place
	Rooms   []Room     // those one may join first, then those one is in, by name
	Groups  []GroupRow // user groups one may join or leave by oneself
	Command string
}

// listPage is how many channels a page shows: an ack may hold 20 KB.
const listPage = 15

// Message is one page of the list.
func (l List) Message() Message {
	words := l.Place.Words
	if len(l.Rooms) == 0 && len(l.Groups) > 0 {
		return Message{Text: "These user groups are for you.", Blocks: append([]slack.Block{section("These user groups are for you.")}, groupRows(l.Groups)...)}
	}
	if len(l.Rooms) == 0 {
		text := "There is no channel here that you are in or may join by my rules."
		if words != "" {
			text = fmt.Sprintf("None of your channels, and none that you may join, has “%s” in its name. Try %s for all of them.",
				Escape(words), Code(l.Command+" list"))
		}
		return Say(text)
	}
	page, pages, from, to := l.Place.turn(len(l.Rooms), listPage)
	in := 0
	for _, r := range l.Rooms {
		if r.In {
			in++
		}
	}
	text := fmt.Sprintf("%s for you; you are in %d of them.", count(len(l.Rooms), "channel", "channels"), in)
	if words != "" {
		text = fmt.Sprintf("%s for you with “%s” in the name; you are in %d of them.", count(len(l.Rooms), "channel", "channels"), Escape(words), in)
	}
	blocks := append([]slack.Block{section(text)}, rooms(l.Rooms[from:to])...)
	blocks = append(blocks, paging(ActionListPage, words, page, pages)...)
	if len(l.Groups) > 0 && page == pages-1 {
		blocks = append(blocks, divider(), section("User groups you may join or leave:"))
		blocks = append(blocks, groupRows(l.Groups)...)
	}
	return Message{Text: clip(text, maxText), Blocks: blocks}
}
