package bot

import (
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// InWords is a line about ids with names in their place, for operators, who may
// see every name. The line of a notice has its topic in words, too.
func InWords(w *workspace.Snapshot, line string) string {
	if to, topic, ok := strings.Cut(line, ": "); ok && strings.HasPrefix(to, "tell ") {
		topic, where, _ := strings.Cut(topic, " ")
		line = to + " " + action.Topic(topic).About("", where)
	}
	words := strings.Fields(line)
	for i, word := range words {
		bare := strings.TrimRight(word, ",:.")
		words[i] = Named(w, bare) + word[len(bare):]
	}
	return strings.Join(words, " ")
}

// Named is what an id stands for; the id where that is not known.
func Named(w *workspace.Snapshot, id string) string {
	if u, ok := w.User(workspace.UserID(id)); ok {
		return u.Called()
	}
	if c, ok := w.Channel(workspace.ChannelID(id)); ok {
		return "#" + c.Name
	}
	if g, ok := w.Usergroup(workspace.UsergroupID(id)); ok {
		return "@" + g.Handle
	}
	return id
}
