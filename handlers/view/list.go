package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"
)

// List is what `list` answers with.
type List struct {
	Place   Place
	Rooms   []Room     // in the order of Room.Compare
	Groups  []GroupRow // user groups one may join or leave by oneself
	Reading bool       // the workspace is not known yet: there may be more
	Whom    Whom       // to ask where there is nothing
	Command string
}

// listPage is how many channels a page shows: an ack may hold 20 KB.
const listPage = 15

// Message is one page of the list. The text says all of it, for where blocks
// are not shown; the blocks add buttons.
func (l List) Message() Message {
	if len(l.Rooms) == 0 && len(l.Groups) > 0 {
		text := withHint("These user groups are for you.", l.Reading)
		return Message{Text: text, Blocks: append([]slack.Block{section(text)}, groupRows(l.Groups)...)}
	}
	if len(l.Rooms) == 0 {
		return Say(l.none())
	}
	page, pages, from, to := l.Place.turn(len(l.Rooms), listPage)
	text := withHint(l.sum(), l.Reading)
	blocks := append([]slack.Block{section(text)}, rooms(l.Rooms[from:to])...)
	blocks = append(blocks, paging(ActionListPage, l.Place.Words, page, pages)...)
	if len(l.Groups) > 0 && page == pages-1 {
		blocks = append(blocks, divider(), section("User groups you may join or leave:"))
		blocks = append(blocks, groupRows(l.Groups)...)
	}
	text += "\n" + names(l.Rooms[from:to])
	if pages > 1 {
		text += fmt.Sprintf("\nPage %d of %d", page+1, pages)
	}
	return Message{Text: clip(text, maxText), Blocks: blocks}
}

// sum says how many there are.
func (l List) sum() string {
	var n [len(shelves)]int
	for _, r := range l.Rooms {
		n[r.shelf()]++
	}
	open, asking, in, named := n[shelfOpen], n[shelfAsking], n[shelfIn], ""
	if l.Place.Words != "" {
		named = fmt.Sprintf(" with “%s” in the name", Escape(l.Place.Words))
	}
	var text string
	switch {
	case open == 0 && asking == 0:
		return fmt.Sprintf("You are in %s%s; no other is open to you.", count(in, "channel", "channels"), named)
	case open == 0:
		text = fmt.Sprintf("%s%s open to you if you ask", count(asking, "channel", "channels"), named+is(asking))
	case asking == 0:
		text = fmt.Sprintf("%s%s open to you", count(open, "channel", "channels"), named+is(open))
	default:
		text = fmt.Sprintf("%s%s open to you, %d more if you ask", count(open, "channel", "channels"), named+is(open), asking)
	}
	if in == 0 {
		return text + "."
	}
	return fmt.Sprintf("%s, and you are in %d.", text, in)
}

func is(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// none says that there is nothing, and what to do next.
func (l List) none() string {
	switch {
	case l.Reading:
		return reading
	case l.Place.Words != "":
		return noneNamed(l.Place.Words) + " Try " + Code(l.Command+" list") + " for all of them."
	}
	return nothing + " Do you miss one? " + l.Whom.Ask()
}

// What is said where there is no channel to show.
const (
	reading = "I am still reading this workspace for the first time, and cannot say yet which channels are for you. Please look again in a minute."
	nothing = "You are in no channel that I look after, and none is open to you by my rules."
)

func noneNamed(words string) string {
	return fmt.Sprintf("None of your channels, and none that is open to you, has “%s” in its name.", Escape(words))
}

// withHint adds that there may be more, before everything is known.
func withHint(text string, reading bool) string {
	if reading {
		return text + " I am still reading this workspace: there may be more in a minute."
	}
	return text
}

// names are the channels of a page, a line for each shelf.
func names(all []Room) string {
	var on [len(shelves)][]string
	for _, r := range all {
		on[r.shelf()] = append(on[r.shelf()], r.Called())
	}
	var lines []string
	for shelf, names := range on {
		if len(names) > 0 {
			lines = append(lines, shelves[shelf]+": "+strings.Join(names, ", "))
		}
	}
	return strings.Join(lines, "\n")
}
