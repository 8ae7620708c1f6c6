package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// Pause is since when nothing is changed, and because of whom. Any of it may be
// empty; Why is plain text, for administrators.
type Pause struct {
	By  workspace.UserID
	At  time.Time
	Why string
}

// Sentence says it.
func (p Pause) Sentence() string {
	text := "I am paused and change nothing"
	if p.By != "" {
		text += "; " + mentions([]workspace.UserID{p.By}) + " asked for it"
		if !p.At.IsZero() {
			text += " on " + Date(p.At)
		}
	}
	if p.Why != "" {
		return text + ": “" + Escape(clip(p.Why, mostWhy)) + "”."
	}
	return text + "."
}

// mostWhy is how much of a reason is shown.
const mostWhy = 200

// Hint is the same on the Home, as plain text; who is the name of who asked for it.
func (p Pause) Hint(who string) string {
	if p.Why == "" {
		return "I am paused at the moment and change nothing."
	}
	return fmt.Sprintf("I am paused and change nothing: “%s” (%s).", clip(p.Why, mostWhy), clip(who, 80))
}

// PausedFor says to an administrator who wants something changed that nothing is.
func PausedFor(p Pause, command string) (what, next string) {
	return p.Sentence(), "An administrator lets me go on with " + Code(command+" resume") + "."
}

// PausedNow answers who paused.
func PausedNow(command string) Message {
	return Say("I am paused: from now on I change nothing in this workspace. What is being sent to Slack at this moment still ends. " +
		Code(command+" resume") + " lets me go on.")
}

// OtherPlan says that the plan is not what it was.
func OtherPlan(was, now string) (what, next string) {
	return fmt.Sprintf("The world has changed since that plan was made: the plan is %s now, not %s. Nothing was done.", Escape(now), Escape(clip(was, 40))),
		"Look at it anew with usher plan, then apply that one."
}

// HeldGone says that nothing is held under an id, or something else by now, and
// where to see what is.
func HeldGone(where string) (what, next string) {
	return "What was held there is not held any more, or has changed since this was shown. Nothing was done.",
		"See what is held now " + where + "."
}

// HeldDecided says that somebody was quicker.
func HeldDecided(released bool, by []workspace.UserID) (what, next string) {
	if released {
		return "That was released already, by " + mentions(by) + ".", ""
	}
	return "That was discarded already, by " + mentions(by) + ".", ""
}

// SecondAdministrator says that it takes somebody else.
func SecondAdministrator() (what, next string) {
	return "You have agreed already, and the policy wants two administrators for this.", "Ask another one to press Release too."
}

// Agreed answers the first of two administrators.
func Agreed() Message {
	return Say("Noted. The policy wants two administrators for this: as soon as another one presses Release too, it is carried out.")
}

// Believed answers who said that a source is right as it is.
func Believed(source string, n int) Message {
	return Say(fmt.Sprintf("I believe the source “%s” now: %s. Everything is compared with the policy again; should that be too much at once for one channel, I ask about that.",
		Escape(clip(source, 100)), count(n, "person", "people")))
}

// Discarded answers who decided against something.
func Discarded(people int) Message {
	if people == 0 {
		return Say("Discarded: nothing is done because of it, and I do not ask again until it changes.")
	}
	return Say(fmt.Sprintf("Discarded: %s, and I do not ask again about them.", count(people, "person stays", "people stay")))
}

// ReactionDecided answers who let what waits of a reaction go on, or dropped it.
func ReactionDecided(channels int, drop, paused bool) Message {
	in := count(channels, "channel", "channels")
	switch {
	case drop:
		return Say("Discarded: what waited in " + in + " is not done.")
	case paused:
		return Say("Released. I am paused, so what waited in " + in + " is done when I go on.")
	}
	return Say("Released: what waited in " + in + " is done now.")
}

// NoRun says that there is no such run.
func NoRun(id string) (what, next string) {
	return "There is no run called " + Quoted(id) + ", or it is too long ago.", "usher runs lists them."
}

// Released answers who released something.
type Released struct {
	People int
	Run    string
	Paused bool
}

// Message says it, with a way back.
func (r Released) Message() Message {
	text := fmt.Sprintf("Released: %s now.", count(r.People, "decision is carried out", "decisions are carried out"))
	if r.Paused {
		text = "Released. I am paused, so it is carried out when I go on."
	}
	m := Say(text)
	if r.Run != "" {
		m.Text += " This is the run " + Code(r.Run) + "."
		m.Blocks = []slack.Block{section(m.Text), actions(Run{ID: r.Run}.undo())}
	}
	return m
}

// Undone answers who took a run back.
type Undone struct {
	Run, As string
	Back    int // brought back
	There   int // back already
	Stopped int // actions of it that had not been carried out
	Out     []StaysOut
}

// StaysOut is somebody who may not be there.
type StaysOut struct {
	User    workspace.UserID
	Channel Room
	Handle  string   // of a user group, in place of a channel
	Why     []string // plain text
}

// where is the channel, or the user group.
func (s StaysOut) where() string {
	if s.Handle != "" {
		return "*@" + Escape(clip(s.Handle, 80)) + "*"
	}
	return channelName(s.Channel.ID, s.Channel.Name, s.Channel.Private)
}

// Message says it.
func (u Undone) Message() Message {
	lines := []string{fmt.Sprintf("Undoing run %s: %s brought back.", Code(u.Run), count(u.Back, "person is", "people are"))}
	if u.As != "" {
		lines[0] += " This is the run " + Code(u.As) + "."
	}
	if u.There > 0 {
		lines = append(lines, count(u.There, "person is", "people are")+" back already.")
	}
	if u.Stopped > 0 {
		lines = append(lines, count(u.Stopped, "action", "actions")+" of it had not been carried out and will not be; unless the policy changes or I am paused, the next plan finds them again.")
	}
	for i, s := range u.Out {
		if i == mostTold {
			lines = append(lines, fmt.Sprintf("and %d more", len(u.Out)-i))
			break
		}
		why := ""
		if len(s.Why) > 0 {
			why = ": " + Escape(clip(s.Why[len(s.Why)-1], 200))
		}
		lines = append(lines, fmt.Sprintf("• %s stays out of %s%s", UserMention(s.User), s.where(), why))
	}
	return Say(strings.Join(lines, "\n"))
}
