package view

import (
	"fmt"
	"strings"
)

// What is said while somebody joins or leaves, and after.

// LettingIn is said at once.
func LettingIn(r Room) Message {
	return Say("Letting you into " + r.Called() + " …")
}

// LetIn is said when it is done. already: they were in by then.
func LetIn(r Room, already bool) Message {
	r.In = true
	if already {
		return Say("You are in " + r.Called() + " already. " + r.find())
	}
	return Say("You are in " + r.Called() + " now. " + r.find())
}

func (r Room) find() string { return "It is in your sidebar." }

// NotLetIn is said when Slack refused. why is plain text and may be empty.
func NotLetIn(r Room, why string, whom Whom) Message {
	text := "I could not let you into " + r.Called() + "."
	if why != "" {
		text += " " + sentence(why)
	}
	return Say(text + " " + whom.Ask())
}

// NoLonger is said when the rules had changed their mind by the time.
func NoLonger(r Room, command string) Message {
	return Say(fmt.Sprintf("By now you may not be in %s any more, so I did not let you in. %s says why.",
		r.Called(), Code(command+" why #"+r.Name)))
}

// TakingOut is said at once.
func TakingOut(r Room) Message {
	r.In = false // as it is when they read it: Slack shows no link to those who are out
	return Say("Taking you out of " + r.Called() + " …")
}

// TakenOut is said when it is done.
func TakenOut(r Room, command string) Message {
	r.In = false
	text := "You are out of " + r.Called() + "."
	if r.Back {
		text += " Should you want to come back: " + Code(command+" join #"+r.Name)
	}
	return Say(text)
}

// NotTakenOut is said when Slack refused. why is plain text and may be empty.
func NotTakenOut(r Room, why string) Message {
	text := "I could not take you out of " + r.Called() + ". You can leave by yourself: open the channel and type `/leave`."
	if why != "" {
		text += " " + sentence(why)
	}
	return Say(text)
}

// sentence is plain text as one escaped sentence.
func sentence(s string) string {
	s = Escape(clip(s, 1000))
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
