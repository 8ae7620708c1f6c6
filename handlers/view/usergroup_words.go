package view

import (
	"fmt"
	"strings"

	"usher/rules"
)

// NoSuchGroup is for a user group that is not there.
func NoSuchGroup(typed string, like []string, name string) (what, next string) {
	what = "There is no user group " + Quoted(typed) + "."
	if len(like) > 0 {
		return what, "Did you mean " + list(like, "or") + "?"
	}
	return what, Code(name+" group list") + " shows them all."
}

// WhichGroup is for a command that names none.
func WhichGroup(usage, name string) (what, next string) {
	return "Which user group?", "For example: " + Code(name+" "+usage)
}

// groupUsage is what can be asked about user groups, and what each does.
var groupUsage = [][2]string{
	{"list", "all user groups"},
	{"show @handle", "who is in one, and what belongs to it"},
	{"join @handle", "lets you in, if its rule does"},
	{"leave @handle", "takes you out"},
	{"add @handle @person…", "for those who answer for it: puts people into it"},
	{"remove @handle @person…", "takes them out"},
	{"set @handle @person…", "has these people in it and nobody else"},
	{"create", "administrators: make one"},
	{"edit @handle", "change what it is called and what belongs to it"},
	{"enable @handle", "bring a disabled one back"},
	{"disable @handle", "switch it off"},
}

// GroupHelp says what can be asked about user groups.
func GroupHelp(name string) Message {
	lines := []string{"About user groups you can ask me:"}
	for _, u := range groupUsage {
		lines = append(lines, "• "+Code(name+" group "+u[0])+" "+u[1])
	}
	return Say(strings.Join(lines, "\n"))
}

// GroupUsage is for a subcommand that is not known.
func GroupUsage(name string) (what, next string) {
	return "I don't know that about user groups.", Code(name+" group help") + " says what you can ask."
}

// GroupByRule is for changing by hand what a rule alone decides.
func GroupByRule(g GroupRow) (what, next string) {
	next = "Change who is where it takes its people from, or the rule itself in the policy."
	if !g.Whom.You {
		next += " " + g.Whom.Ask()
	}
	return "A rule alone says who is in " + g.Called() + ", and would put everything back.", next
}

// GroupKept is for changing by hand what a group's rule would put back.
func GroupKept(g GroupRow, kept rules.GroupChange) (what, next string) {
	var parts []string
	for _, part := range []struct {
		kept bool
		name string
	}{
		{kept.Name, "what it is called"},
		{kept.Handle, "its handle"},
		{kept.Description, "its description"},
		{kept.Channels, "its default channels"},
		{kept.AdditionalChannels, "its additional channels"},
		{kept.Section, "whether it is in the sidebar"},
		{kept.Disable, "that it stays enabled"},
	} {
		if part.kept {
			parts = append(parts, part.name)
		}
	}
	return "For " + g.Called() + " the policy says " + list(parts, "and") + ", and I would put it back.", "Change it in the policy. " + g.Whom.Ask()
}

// KeptField is GroupKept at the field of a form.
const KeptField = "The policy says what this is, and I would put it back: change it in the policy."

// GroupNotYours is for people who do not answer for a user group.
func GroupNotYours(g GroupRow) (what, next string) {
	return "Only those who answer for " + g.Called() + " may change it.", g.Whom.Ask()
}

// GroupDisabled is for a user group that is switched off.
func GroupDisabled(g GroupRow) (what, next string) {
	return g.Called() + " is disabled.", "An administrator has to enable it first."
}

// GroupClosed is for one that cannot be joined at will. why is how its rule sees
// the person, in plain text; person is how they are named in a command.
func GroupClosed(g GroupRow, why []string, name, person string) (what, next string) {
	switch {
	case !g.ByRule:
		return "No rule lets people into " + g.Called() + ".", "Somebody who may edit user groups can add you. " + g.Whom.Ask()
	case g.Reports:
		return "The rule about " + g.Called() + " is only being tried out, so it lets nobody in yet.", g.Whom.ToBeLetIn()
	case g.Asking:
		return "Somebody who answers for " + g.Called() + " lets people in.",
			g.Whom.ToBeLetIn() + " All they have to type is " + Code(name+" group add @"+g.Handle+" @"+person) + "."
	}
	lines := []string{"A rule says who is in " + g.Called() + ":"}
	for _, reason := range why {
		lines = append(lines, "• "+Escape(clip(reason, 300)))
	}
	return strings.Join(lines, "\n") + "\n", "If that is not right: " + lower(g.Whom.Ask())
}

// GroupStays is for one that cannot be left through Usher.
func GroupStays(g GroupRow) (what, next string) {
	if !g.ByRule {
		return "No rule is about " + g.Called() + ", so I do not take you out of it.", "Somebody who may edit user groups can."
	}
	return "A rule says who is in " + g.Called() + ", and would put you back.", g.Whom.Ask()
}

// GroupIn is for joining where one is.
func GroupIn(g GroupRow) (what, next string) { return "You are in " + g.Called() + " already.", "" }

// GroupOut is for leaving where one is not.
func GroupOut(g GroupRow) (what, next string) { return "You are not in " + g.Called() + ".", "" }

// GroupNobody is for a command that names no people.
func GroupNobody(verb, name string) (what, next string) {
	return "Whom?", "For example: " + Code(fmt.Sprintf("%s group %s @finance-oncall @alice", name, verb))
}

// GroupWrong is for people and limits that Slack would refuse. The lines are
// plain text.
func GroupWrong(lines []string) (what, next string) {
	var escaped []string
	for _, l := range lines {
		escaped = append(escaped, Escape(clip(l, 300)))
	}
	return strings.Join(escaped, "\n"), "Nothing was changed."
}

// GroupUnderway is said at once when something is on its way.
func GroupUnderway(g GroupRow) Message {
	return Say("I am on it: " + g.Called() + ". What comes of it is told here in a moment.")
}

// GroupDone is said when it is done. what is plain text.
func GroupDone(handle, what string) Message {
	return Say("*@" + Escape(clip(handle, 80)) + "*: " + Escape(clip(what, 500)))
}

// GroupLast is said when nobody would have been left in it.
func GroupLast(handle string) Message {
	return GroupFailed(handle, "Nobody would be left in it, and Slack has no empty user groups: somebody else has to come in first, or an administrator disables it.")
}

// GroupFailed is said when it was not done. why is plain text.
func GroupFailed(handle, why string) Message {
	if why == "" {
		why = "Slack refused, and did not say why."
	}
	return Say("I could not change *@" + Escape(clip(handle, 80)) + "*. " + Escape(clip(why, 500)))
}
