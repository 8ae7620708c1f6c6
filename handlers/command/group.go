package command

import (
	"regexp"
	"slices"
	"strings"

	"usher/rules/workspace"
)

var (
	groupMention = regexp.MustCompile(`^<!subteam\^([A-Z0-9-]+)(?:\|@?([^>]*))?>$`)
	groupID      = regexp.MustCompile(`^S[A-Z0-9]{5,20}$`)
)

// ReadGroup is the user group that a word names: by mention, id or handle.
func ReadGroup(word string) Target {
	t := Target{Written: word}
	if m := groupMention.FindStringSubmatch(word); m != nil {
		t.ID, t.Name = m[1], name(m[2])
		return t
	}
	if groupID.MatchString(word) {
		t.ID = word
	}
	t.Name = name(word)
	return t
}

// Group finds the user group that was meant, disabled ones included.
func (t Target) Group(w *workspace.Snapshot) (workspace.Usergroup, bool) {
	if t.ID != "" {
		if g, ok := w.Usergroup(workspace.UsergroupID(t.ID)); ok {
			return g, true
		}
	}
	if t.Name == "" {
		return workspace.Usergroup{}, false
	}
	return w.UsergroupByHandle(t.Name)
}

// ReadPerson is the person that a word names; false where it names a channel.
func ReadPerson(word string) (Target, bool) {
	t, looks := read(word)
	return t, looks != likeChannel
}

// GroupVerb is the subcommand of group, "" for none, and the words after it.
func GroupVerb(words []string) (verb string, rest []string) {
	if len(words) == 0 {
		return "list", nil
	}
	verb = strings.ToLower(words[0])
	if slices.Contains(groupVerbs, verb) {
		return verb, words[1:]
	}
	if len(words) == 1 { // a group alone is shown
		return "show", words
	}
	return "", words
}

var groupVerbs = []string{"help", "list", "show", "members", "join", "leave", "add", "remove", "set", "create", "edit", "enable", "disable"}
