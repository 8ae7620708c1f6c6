package view

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// Home is everything somebody's App Home shows.
type Home struct {
	Place   Place
	Rooms   []Room // in the order of Room.Compare
	Groups  []Group
	Join    []GroupRow // user groups one may join or leave by oneself
	Owned   Owned      // what one answers for, of those who are no administrators
	Hints   []string   // what everybody should know first, plain text: paused, …
	Reading bool       // the workspace is not known yet: there may be more
	Whom    Whom       // to ask where there is nothing
	Admin   *Admin     // nil for everybody but administrators
	Command string
	Version string
}

// Group is a user group one is in.
type Group struct {
	ID     workspace.UsergroupID
	Handle string
	Name   string
}

// homePage is how many channels a page of the Home shows; with everything else
// it stays under Slack's 100 blocks.
const homePage = 25

// View is the Home as Slack wants it. Equal facts give equal views.
func (h Home) View() slack.HomeTabViewRequest {
	blocks := []slack.Block{header("Your channels")}
	for _, hint := range h.Hints[:min(len(h.Hints), 3)] {
		blocks = append(blocks, context(":information_source: "+Escape(hint)))
	}
	if h.Reading && len(h.Rooms) > 0 {
		blocks = append(blocks, context(":information_source: I am still reading this workspace: there may be more in a minute."))
	}
	blocks = append(blocks, h.search())
	blocks = append(blocks, h.page()...)
	blocks = append(blocks, h.groups()...)
	blocks = append(blocks, h.Owned.blocks()...)
	if h.Admin != nil {
		blocks = append(blocks, h.Admin.blocks()...)
	}
	blocks = append(blocks, context(h.footer()))
	return slack.HomeTabViewRequest{
		Type:   slack.VTHomeTab,
		Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), maxView)]},
	}
}

// search has a block id that changes with the words: Slack keeps what is typed
// in an input it has seen before, and would not show other words in it.
func (h Home) search() slack.Block {
	input := slack.NewPlainTextInputBlockElement(plain("Part of a channel's name", maxPlaceholder), ActionHomeSearch)
	input.InitialValue = h.Place.Words
	input.MaxLength = maxWords
	input.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_enter_pressed"}}
	sum := fnv.New32a()
	sum.Write([]byte(h.Place.Words))
	block := slack.NewInputBlock(fmt.Sprintf("search:%x", sum.Sum32()), plain("Search, and press Enter", maxText), nil, input)
	block.Optional = true
	block.DispatchAction = true
	return block
}

func (h Home) page() []slack.Block {
	if len(h.Rooms) == 0 {
		text := nothing + " As soon as there is one, it shows up here. Do you miss one? " + h.Whom.Ask()
		switch {
		case h.Reading:
			text = reading
		case h.Place.Words != "":
			text = noneNamed(h.Place.Words)
		}
		blocks := []slack.Block{section(text)}
		if h.Place.Words != "" {
			blocks = append(blocks, actions(button(ActionHomePage+":all", Place{}.Value(), "Show all")))
		}
		return blocks
	}
	page, pages, from, to := h.Place.turn(len(h.Rooms), homePage)
	blocks := rooms(h.Rooms[from:to])
	blocks = append(blocks, paging(ActionHomePage, h.Place.Words, page, pages)...)
	if h.Place.Words != "" {
		blocks = append(blocks, actions(button(ActionHomePage+":all", Place{}.Value(), "Show all")))
	}
	return blocks
}

// groups are the user groups one is in or may come into, each of them once:
// those one answers for stand further down.
func (h Home) groups() []slack.Block {
	shown := map[workspace.UsergroupID]bool{}
	for _, g := range h.Owned.Groups[:min(len(h.Owned.Groups), MostOwned)] {
		shown[g.ID] = true
	}
	elsewhere := func(g GroupRow) bool { return shown[g.ID] }
	press := slices.DeleteFunc(slices.Clone(h.Join), elsewhere)
	for _, g := range press[:min(len(press), mostGroupRows)] {
		shown[g.ID] = true
	}
	var names []string
	for _, g := range h.Groups {
		if !shown[g.ID] {
			names = append(names, "@"+Escape(clip(g.Handle, 40))+" ("+Escape(clip(g.Name, 60))+")")
		}
	}
	const most = 40
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("and %d more", more))
	}
	if len(names)+len(press) == 0 {
		return nil
	}
	blocks := []slack.Block{divider(), header("Your groups")}
	if len(names) > 0 {
		blocks = append(blocks, section(strings.Join(names, "\n")))
	}
	return append(blocks, groupRows(press)...)
}

func (h Home) footer() string {
	text := "Anywhere in Slack: " + Code(h.Command+" help")
	if h.Version != "" {
		text += "  ·  Usher " + Escape(h.Version)
	}
	return text
}
