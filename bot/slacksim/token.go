package slacksim

import (
	"maps"
	"slices"
	"strings"

	"usher/bot/slacksim/spec"
)

// tokenKind is what a token was issued to.
type tokenKind int

const (
	botToken tokenKind = iota + 1
	userToken
	appToken
)

// token is one credential. Its value is never logged, shown or kept in the
// call log.
type token struct {
	kind   tokenKind
	w      *workspace // nil for an app token
	user   *user
	scopes scopes
}

// scopes are what was granted at install.
type scopes map[string]bool

func newScopes(names ...string) scopes {
	s := scopes{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

func (s scopes) any(wanted []string) bool {
	return slices.ContainsFunc(wanted, func(n string) bool { return s[n] })
}

func (s scopes) String() string { return strings.Join(slices.Sorted(maps.Keys(s)), ",") }

// AllScopes returns every scope a bot or a user token can hold here, sorted:
// those of the documented methods and events, and commands.
func AllScopes(user bool) []string {
	all := newScopes("commands")
	for _, m := range spec.Methods() {
		wanted := m.Scopes.Bot
		if user {
			wanted = m.Scopes.User
		}
		for _, n := range wanted {
			all[n] = true
		}
	}
	if user {
		all["admin"] = true
		return slices.Sorted(maps.Keys(all))
	}
	for _, e := range spec.Events() {
		for _, n := range e.Scopes {
			all[n] = all[n] || !strings.HasPrefix(n, "admin")
		}
	}
	for _, n := range []string{"chat:write.public", "chat:write.customize", "users.profile:read"} {
		all[n] = true
	}
	maps.DeleteFunc(all, func(_ string, granted bool) bool { return !granted })
	return slices.Sorted(maps.Keys(all))
}
