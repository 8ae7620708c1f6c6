package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/rules/workspace"
)

// Holder is who has a handle: handles, names of channels and names of people
// share one space, and deactivated accounts keep theirs.
type Holder struct {
	User      workspace.User
	Channel   workspace.Channel
	Usergroup workspace.Usergroup
}

// IsZero reports whether nobody is known to have it.
func (h Holder) IsZero() bool { return h.User.ID == "" && h.Channel.ID == "" && h.Usergroup.ID == "" }

// Revivable reports whether it is a disabled user group that could be enabled
// instead of making a new one.
func (h Holder) Revivable() bool { return h.Usergroup.ID != "" && h.Usergroup.Disabled }

// WhoHolds is who has a handle, as far as is known; the group that asks for it
// (but) does not count.
func WhoHolds(w *workspace.Snapshot, handle string, but workspace.UsergroupID) Holder {
	handle = strings.ToLower(strings.TrimPrefix(handle, "@"))
	for g := range w.Usergroups() {
		if g.Handle == handle && g.ID != but {
			return Holder{Usergroup: g}
		}
	}
	var found Holder
	for u := range w.Users() {
		if strings.EqualFold(u.Name, handle) && (found.User.ID == "" || u.ID < found.User.ID) {
			found.User = u
		}
	}
	if found.User.ID != "" {
		return found
	}
	if c, ok := w.ChannelByName(handle); ok {
		found.Channel = c
	}
	return found
}

// Words says who holds a handle and what to do, in plain text.
func (h Holder) Words(handle string) string {
	handle = strings.TrimPrefix(handle, "@")
	switch {
	case h.Revivable():
		return fmt.Sprintf("The handle @%s belongs to a disabled user group (%s): enable that one instead of making another.", handle, h.Usergroup.ID)
	case h.Usergroup.ID != "":
		return fmt.Sprintf("The handle @%s belongs to another user group (%s): choose another handle, or use that group.", handle, h.Usergroup.ID)
	case h.User.Deleted:
		return fmt.Sprintf("The handle @%s is the name of a deactivated account (%s), and Slack keeps it for them: choose another handle, or have an administrator rename that account.", handle, h.User.ID)
	case h.User.ID != "":
		return fmt.Sprintf("The handle @%s is somebody's name (%s): choose another handle.", handle, h.User.ID)
	case h.Channel.ID != "":
		return fmt.Sprintf("The handle @%s is the name of a channel (%s): choose another handle, or rename the channel.", handle, h.Channel.ID)
	}
	return fmt.Sprintf("Slack says that the handle @%s is taken, by somebody or something that Usher cannot see (a private channel, perhaps): choose another handle.", handle)
}

// handleLength is how long Slack lets a handle be.
const handleLength = 21

// HandleTrouble is what Slack would refuse about a handle; empty: nothing.
func HandleTrouble(handle string) string {
	switch {
	case handle == "":
		return "Write a handle, such as finance-oncall."
	case utf8.RuneCountInString(handle) > handleLength:
		return fmt.Sprintf("The handle is too long: it has %d characters, and Slack takes %d.", utf8.RuneCountInString(handle), handleLength)
	case !handles.MatchString(handle):
		return "Slack does not accept the handle: use lower-case letters, digits, dots, hyphens and underscores, beginning with a letter or a digit."
	}
	if slices.Contains(reservedHandles, handle) {
		return "Slack keeps this handle for itself: choose another one."
	}
	return ""
}

// GroupNameTrouble is what Slack would refuse about a user group's name.
func GroupNameTrouble(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "A user group needs a name."
	case strings.ContainsAny(name, "\r\n"):
		return "The name has to be on one line."
	case utf8.RuneCountInString(name) > nameLength:
		return fmt.Sprintf("The name is too long: it has %d characters, and Slack takes %d.", utf8.RuneCountInString(name), nameLength)
	}
	return ""
}

// DescriptionTrouble is what Slack would refuse about a user group's description.
func DescriptionTrouble(text string) string {
	switch {
	case strings.ContainsAny(text, "\r\n"):
		return "The description has to be on one line."
	case utf8.RuneCountInString(text) > descriptionLength:
		return fmt.Sprintf("The description is too long: it has %d characters, and Slack takes %d.", utf8.RuneCountInString(text), descriptionLength)
	}
	return ""
}

// ChannelsTrouble is what Slack would refuse about a user group's channels.
func ChannelsTrouble(n int) string {
	if n > defaultChannels {
		return fmt.Sprintf("These are %d channels, and Slack takes %d: take some away.", n, defaultChannels)
	}
	return ""
}

// SectionTrouble is what Slack would pass over in silence about a user group's
// section in the sidebar.
func SectionTrouble(on bool, channels int) string {
	if on && channels == 0 {
		return "A section in the sidebar only counts with at least one default channel: name one, or leave the section out."
	}
	return ""
}

// UngroupableTrouble is why Slack would not take somebody into a user group;
// empty: it would.
func UngroupableTrouble(bot workspace.UserID, u workspace.User) string {
	var what string
	switch {
	case u.Deleted:
		what = "is deactivated"
	case u.Bot || u.ID == bot:
		what = "is a bot"
	case u.Guest != workspace.FullMember:
		what = "is a guest"
	case u.External:
		what = "belongs to another organisation"
	default:
		return ""
	}
	return fmt.Sprintf("%s (%s) %s, and Slack does not take them into user groups.", u.Called(), u.ID, what)
}
