package bot

import (
	"slices"
	"strings"

	"usher/handlers/command"
	"usher/rules/workspace"
)

// FindPerson looks somebody up by id, e-mail address, or the names they go by.
func FindPerson(w *workspace.Snapshot, named string) (workspace.User, error) {
	name := strings.TrimPrefix(strings.TrimSpace(named), "@")
	if name == "" {
		return workspace.User{}, unclearf("say who: an id, an e-mail address or a name")
	}
	if u, ok := w.User(workspace.UserID(name)); ok {
		return u, nil
	}
	if u, ok := w.UserByEmail(strings.ToLower(name)); ok {
		return u, nil
	}
	goesBy := func(other string) bool { return strings.EqualFold(other, name) }
	found := command.Called(w, goesBy, goesBy)
	switch len(found) {
	case 0:
		return workspace.User{}, unclearf("nobody called %q is known in this workspace%s", named, meant(w, name))
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, u := range found {
		ids = append(ids, string(u.ID))
	}
	slices.Sort(ids)
	return workspace.User{}, unclearf("%d people are called %q; name one by id: %s", len(found), named, strings.Join(ids, ", "))
}

// meant says whom a name that nobody has may have meant.
func meant(w *workspace.Snapshot, name string) string {
	var names []string
	for u := range w.Users() {
		if !u.Deleted {
			names = append(names, u.Name)
		}
	}
	slices.Sort(names)
	near := command.Closest(strings.ToLower(name), names, 3)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean @" + strings.Join(near, " or @") + "?"
}
