package view

import (
	"fmt"

	"github.com/slack-go/slack"
)

// paging is the line under a page: where one is, and the buttons to turn it.
// It is nothing when there is only one page.
func paging(actionID string, words string, page, pages int) []slack.Block {
	if pages < 2 {
		return nil
	}
	var press []slack.BlockElement
	if page > 0 {
		press = append(press, button(actionID+":previous", Place{page - 1, words}.Value(), "‹ Previous"))
	}
	if page < pages-1 {
		press = append(press, button(actionID+":next", Place{page + 1, words}.Value(), "Next ›"))
	}
	return []slack.Block{context(fmt.Sprintf("Page %d of %d", page+1, pages)), actions(press...)}
}

// rooms are the lines of a page under their headings: what is open, then
// what one is in.
func rooms(all []Room) []slack.Block {
	var blocks []slack.Block
	for i, r := range all {
		if i == 0 || all[i-1].shelf() != r.shelf() {
			blocks = append(blocks, section("*"+shelves[r.shelf()]+"*"))
		}
		blocks = append(blocks, r.block())
	}
	return blocks
}
