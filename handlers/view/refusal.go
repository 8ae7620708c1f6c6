package view

import (
	"fmt"
	"strings"

	"usher/handlers/command"
)

// Each of these is a complaint: what is in the way, and what to do next.

// NoSuchChannel is for a channel that is not there, or that the one who asks is
// not to know of: both read the same. like are names that were probably meant.
func NoSuchChannel(typed string, like []string, name string, verb command.Verb) (what, next string) {
	what = "I know of no channel " + Quoted(typed) + " that you could see."
	if len(like) > 0 {
		var calls []string
		for _, n := range like {
			calls = append(calls, Code(fmt.Sprintf("%s %s #%s", name, verb, n)))
		}
		return what, "Did you mean " + list(calls, "or") + "?"
	}
	return what, Code(name+" list") + " shows the channels you are in or may join."
}

// StillReading is for a channel that may be there: the workspace is not known yet.
func StillReading(typed string) (what, next string) {
	return "I am still reading this workspace for the first time, and do not know of a channel " + Quoted(typed) + " that you could see yet.",
		"Please ask once more in a minute."
}

// BehindRule is for such a channel too, where a rule is about names like it.
func BehindRule(typed, cluster, description string, whom Whom) (what, next string) {
	what = fmt.Sprintf("I cannot let you into %s: channels called like that are for those whom the rule *%s*%s lets in, whether there is one or not.",
		Quoted(typed), Escape(clip(cluster, 80)), about(description))
	return what, whom.Ask()
}

// RuleAbout is for asking why about such a channel, whoever it is about.
func RuleAbout(typed, cluster, description string, whom Whom) (what, next string) {
	what = fmt.Sprintf("I know of no channel %s that you could see. Whether there is one or not, channels called like that are for those whom the rule *%s*%s lets in.",
		Quoted(typed), Escape(clip(cluster, 80)), about(description))
	return what, whom.Ask()
}

// OutOfSight is for those whom the rule is for, or who answer for it: such a
// channel may be there without Usher in it.
func OutOfSight(typed, cluster string) (what, next string) {
	return fmt.Sprintf("I know of no channel %s. The rule *%s* would be about it.", Quoted(typed), Escape(clip(cluster, 80))),
		"If there is a private one, somebody who is in it can add me by typing `/invite` and my name there."
}

func about(description string) string {
	if description == "" {
		return ""
	}
	return " (" + Escape(clip(description, 200)) + ")"
}

// AlreadyIn is for joining where one is.
func AlreadyIn(r Room) (what, next string) {
	return "You are in " + r.Called() + " already.", r.find()
}

// NotIn is for leaving where one is not.
func NotIn(r Room, name string) (what, next string) {
	return "You are not in " + r.Called() + ", so there is nothing to leave.", Code(name+" list") + " shows where you are."
}

// Archived is for a channel that nobody can enter.
func Archived(r Room) (what, next string) {
	return r.Called() + " is archived.", "Somebody has to unarchive it first; then ask me again."
}

// Everybody is for leaving the channel that everybody is in.
func Everybody(r Room) (what, next string) {
	return "Everybody is in " + r.Called() + "; Slack lets nobody leave it.", "You can mute it instead."
}

// LeaveYourself is for leaving a channel that Usher is not in.
func LeaveYourself(r Room) (what, next string) {
	return "I am not in " + r.Called() + " myself, so I cannot take you out of it.", "To leave it, open it and type `/leave`."
}

// Unmanaged is for a channel that no rule is about.
func Unmanaged(r Room, guest bool) (what, next string) {
	return "No rule of mine is about " + r.Called() + ".", r.enter(guest)
}

// Tolerated is for a channel whose rule is for others, and leaves whoever is there.
func Tolerated(r Room, cluster string, guest bool) (what, next string) {
	return fmt.Sprintf("I let in only those whom the rule *%s* is for, but others may be in %s, too.", Escape(clip(cluster, 80)), r.Called()),
		r.enter(guest)
}

// enter says how one comes into a channel without Usher.
func (r Room) enter(guest bool) string {
	switch {
	case guest:
		return "Ask an administrator of this workspace to add you."
	case r.Private:
		return "Ask one of its members to add you."
	}
	return "You can join it yourself: open it and press Join."
}

// NotAllowed is for a channel whose rule does not let one in. reasons are plain text.
func NotAllowed(r Room, cluster, description string, reasons []string, whom Whom) (what, next string) {
	what = fmt.Sprintf("I cannot let you into %s: the rule *%s*%s does not let you in.", r.Called(), Escape(clip(cluster, 80)), about(description))
	if lines := bullets(reasons); len(lines) > 0 {
		what += "\n" + strings.Join(lines, "\n") + "\n"
	}
	return what, "If you think you belong there: " + lower(whom.Ask())
}

// AskOwners is for a channel where an owner decides.
func AskOwners(r Room, whom Whom) (what, next string) {
	return "You may be in " + r.Called() + ", but its owners decide who comes in.", whom.owners()
}

// Closed is for a channel that nobody enters by themselves.
func Closed(r Room, whom Whom) (what, next string) {
	return "You may be in " + r.Called() + ", but nobody lets themselves in there.", "Somebody who is in it can add you. Questions? " + whom.Ask()
}

// CannotManage is for a channel in which Usher cannot act.
func CannotManage(r Room, whom Whom) (what, next string) {
	return "You may be in " + r.Called() + ", but I am not in it myself and cannot add anybody.", "A member can add me by typing `/invite` and my name there. Questions? " + whom.Ask()
}

// NotSure is for when something is not known well enough; it is being read
// again, or for the first time.
func NotSure(r Room, first bool) (what, next string) {
	if first {
		return "I am still reading this workspace for the first time, and cannot say yet whether you may be in " + r.Called() + ".",
			"Please ask once more in a minute."
	}
	return "I cannot say yet whether you may be in " + r.Called() + ": something I need to know is out of date. I am reading it again.",
		"Please ask once more in a minute."
}

// Paused is for changes while nothing is changed.
func Paused(whom Whom) (what, next string) {
	return "I am paused at the moment and change nothing.", "Please try again later. Questions? " + whom.Ask()
}

// OthersOnly is for asking about somebody else without the right to.
func OthersOnly(r Room, name string) (what, next string) {
	return "Only administrators, and the owners of the channel's rule, may ask about other people. Whom it is about can ask me themselves.",
		"To ask about yourself: " + Code(name+" why #"+r.Name) + "."
}

// AdminsOnly is for what only administrators may do or see.
func AdminsOnly(whom Whom) (what, next string) {
	return "Only administrators may do that.", whom.Ask()
}

// NoSuchPerson is for somebody who was not found.
func NoSuchPerson(typed string) (what, next string) {
	return "I know nobody called " + Quoted(typed) + ".",
		"Type @ and pick them from Slack's list, or use their e-mail address."
}

// Outdated is for a button whose thing is gone or which never was one of mine.
func Outdated(name string) (what, next string) {
	return "That button is out of date.", Code(name+" list") + " shows how things are now."
}

// OnlyReports is for a channel whose rule would let one in, or not, but changes
// nothing yet.
func OnlyReports(r Room, cluster string, lets bool, whom Whom) (what, next string) {
	would := "would"
	if !lets {
		would = "would not"
	}
	what = fmt.Sprintf("The rule *%s* %s let you into %s, but so far it only reports and changes nothing.", Escape(clip(cluster, 80)), would, r.Called())
	if !r.Private {
		return what, "You can join it yourself: open it and press Join."
	}
	return what, whom.Ask()
}
