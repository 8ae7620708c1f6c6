package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// Action ids of what administrators decide; the value is the id of what is held,
// or of a run.
const (
	ActionRelease = "held_release"
	ActionDiscard = "held_discard"
	ActionHeld    = "held_look" // value: a Place whose Words are what Held.Look says
	ActionUndo    = "run_undo"
	ActionPause   = "pause"
	ActionResume  = "resume"
)

// Held is something that waits for an administrator.
type Held struct {
	ID       string
	Look     string // what shows all of it as it is by then; empty: the id
	What     string // plain text
	Channel  *Room
	Group    string // a user group's handle
	Rooms    []Room // where something waits, instead of people
	Since    time.Time
	People   int // who would be removed
	Shown    []HeldPerson
	Place    Place
	Agreed   []workspace.UserID // where it takes two
	FourEyes bool
	Waits    bool // nobody has decided
	Released bool
}

// HeldPerson is one who would be removed.
type HeldPerson struct {
	User workspace.UserID
	Why  string // plain text
}

func (h Held) line() string {
	text := Escape(clip(h.What, 600))
	switch {
	case h.Channel != nil:
		text = channelName(h.Channel.ID, h.Channel.Name, h.Channel.Private) + ": " + text
	case h.Group != "":
		text = "*@" + Escape(clip(h.Group, 60)) + "*: " + text
	}
	if len(h.Rooms) > 0 {
		text += " " + count(len(h.Rooms), "channel waits", "channels wait") + "."
	}
	return text + "\nSince " + Date(h.Since) + h.state()
}

func (h Held) state() string {
	switch {
	case h.Released:
		return "  ·  released by " + mentions(h.Agreed)
	case !h.Waits:
		return "  ·  decided against by " + mentions(h.Agreed)
	case len(h.Agreed) > 0:
		return "  ·  " + mentions(h.Agreed) + " agreed; it takes a second administrator"
	case h.FourEyes:
		return "  ·  it takes two administrators"
	}
	return ""
}

// look is the value of a button that shows all of it.
func (h Held) look() string { return At(0, cmp.Or(h.Look, h.ID)).Value() }

func (h Held) people(most int) string {
	var lines []string
	for _, p := range h.Shown[:min(len(h.Shown), most)] {
		line := "• " + UserMention(p.User)
		if p.Why != "" {
			line += ": " + Escape(clip(p.Why, 150))
		}
		lines = append(lines, line)
	}
	if more := h.People - len(lines); more > 0 && len(lines) > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func (h Held) buttons() []slack.BlockElement {
	release := button(ActionRelease, h.ID, "Release")
	release.Style = slack.StyleDanger
	text := "What you see here is carried out."
	if h.People > 0 {
		text = count(h.People, "person is", "people are") + " removed, and told so."
	}
	rest := "Whom it is about stays, and I do not ask again."
	if len(h.Rooms) > 0 {
		in := count(len(h.Rooms), "channel", "channels")
		text, rest = "What waits is done now, in "+in+".", "What waits is not done, in "+in+"."
	}
	release.Confirm = confirm("Release?", text, "Release", "Not now")
	discard := button(ActionDiscard, h.ID, "Discard")
	discard.Confirm = confirm("Discard?", rest, "Discard", "Not now")
	return []slack.BlockElement{release, discard}
}

// mostTold is how many people a message about something held names.
const mostTold = 10

// Message tells an administrator.
func (h Held) Message() Message {
	m := Say("Something waits for an administrator. " + h.line())
	if names := h.people(mostTold); names != "" {
		m = Say(m.Text + "\n" + names)
	}
	if !h.Waits {
		return m
	}
	below := append(h.buttons(), button(ActionHeld, h.look(), "All of it"))
	if len(h.Rooms) > 0 { // nobody releases what they have not seen, and more of it may come
		below = below[len(below)-1:]
	}
	m.Blocks = []slack.Block{section(m.Text), actions(below...)}
	return m
}

// View shows all of it.
func (h Held) View() slack.ModalViewRequest {
	blocks := []slack.Block{section(h.line())}
	if h.Waits {
		blocks = append(blocks, actions(h.buttons()...))
	}
	if len(h.Shown) > 0 {
		blocks = append(blocks, divider())
	}
	for _, p := range h.Shown[:min(len(h.Shown), detailPage)] {
		line := UserMention(p.User)
		if p.Why != "" {
			line += "\n" + Escape(clip(p.Why, 300))
		}
		blocks = append(blocks, section(line))
	}
	if len(h.Rooms) > 0 {
		var lines []string
		for _, r := range h.Rooms[:min(len(h.Rooms), detailPage)] {
			lines = append(lines, "• "+channelName(r.ID, r.Name, r.Private))
		}
		if more := len(h.Rooms) - len(lines); more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", more))
		}
		blocks = append(blocks, divider(), section(strings.Join(lines, "\n")))
	}
	page, pages, _, _ := h.Place.turn(h.People, detailPage)
	return modal("Held", append(blocks, paging(ActionHeld, h.ID, page, pages)...))
}

// Run is a past run as administrators see it.
type Run struct {
	ID      string
	At      time.Time
	Why     string
	By      workspace.UserID
	Removed int
	Waiting int
	Failed  int
}

var whyWords = map[string]string{
	"start": "at the start", "schedule": "by schedule", "gap": "after a gap in the connection", "policy": "after a change of the policy",
	"asked": "because somebody asked for it", "released": "after a release", "undo": "to undo a run", "resumed": "after a pause",
}

func (r Run) line() string {
	text := fmt.Sprintf("%s  ·  %s removed", Date(r.At), count(r.Removed, "person", "people"))
	if why := whyWords[r.Why]; why != "" {
		text += " " + why
	}
	if r.By != "" {
		text += ", " + mentions([]workspace.UserID{r.By})
	}
	if r.Failed > 0 {
		text += fmt.Sprintf("  ·  %d failed", r.Failed)
	}
	if r.Waiting > 0 {
		text += fmt.Sprintf("  ·  %d to go", r.Waiting)
	}
	return text + "\nRun " + Code(r.ID)
}

func (r Run) undo() slack.BlockElement {
	b := button(ActionUndo, r.ID, "Undo")
	b.Confirm = confirm("Undo?", "Those whom this run removed are brought back, except where the policy does not let them by now.", "Undo", "Not now")
	return b
}

// mentions are people, whoever asked from the machine itself in words.
func mentions(users []workspace.UserID) string {
	var all []string
	for _, u := range users {
		if u == "cli" {
			all = append(all, "somebody on the machine I run on")
			continue
		}
		all = append(all, UserMention(u))
	}
	return list(all, "and")
}

// Most of a sort on the Home.
const (
	mostHeld = 5
	mostRuns = 3
)

// waiting is what administrators have to decide.
func (a Admin) waiting() []slack.Block {
	if len(a.Held) == 0 {
		return nil
	}
	blocks := []slack.Block{divider(), header("Waiting for you")}
	for _, h := range a.Held[:min(len(a.Held), mostHeld)] {
		blocks = append(blocks, row(h.line(), button(ActionHeld, At(0, h.ID).Value(), "Look")))
	}
	if more := len(a.Held) - mostHeld; more > 0 {
		blocks = append(blocks, context(fmt.Sprintf("And %d more: `usher plan --held` on the machine I run on lists them all.", more)))
	}
	return blocks
}

// lately are the last runs that removed somebody.
func (a Admin) lately() []slack.Block {
	if len(a.Runs) == 0 {
		return nil
	}
	blocks := []slack.Block{divider(), header("Last removals by plan")}
	for _, r := range a.Runs[:min(len(a.Runs), mostRuns)] {
		blocks = append(blocks, row(r.line(), r.undo()))
	}
	return blocks
}

// steering is what administrators can do here besides.
func (a Admin) steering() slack.Block {
	stop := button(ActionPause, "", "Pause everything")
	stop.Confirm = confirm("Pause?", "I change nothing in this workspace until somebody resumes.", "Pause", "Not now")
	if a.Paused {
		stop = button(ActionResume, "", "Resume")
		stop.Style = slack.StylePrimary
	}
	return actions(button(ActionGroups, Place{}.Value(), "User groups"), stop)
}
