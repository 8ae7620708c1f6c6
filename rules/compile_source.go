package rules

import (
	"fmt"
	"slices"
	"strings"
)

// sources compiles sources; with kinds, only those are allowed.
func (c *compiler) sources(written []Source, kinds ...SourceKind) []source {
	var all []source
	for _, w := range written {
		s, ok := c.source(w)
		if !ok {
			continue
		}
		if len(kinds) > 0 && !slices.Contains(kinds, s.kind) {
			c.bad(w.At, "use usergroup, idp_group, user or users", "rights cannot come from a %s: whoever gets in there would have them", s.kind)
			continue
		}
		all = append(all, s)
	}
	return all
}

func (c *compiler) source(w Source) (source, bool) {
	set := 0
	for _, said := range []bool{w.Channel != "", w.Usergroup != "", w.IDPGroup != "", w.Users != nil, w.Where != ""} {
		if said {
			set++
		}
	}
	const hint = "write exactly one of channel, usergroup, idp_group, users (or user) and where"
	if set != 1 {
		c.bad(w.At, hint, "a source says %d things", set)
		return source{}, false
	}
	s := source{at: w.At}
	switch {
	case w.Channel != "":
		s.kind, s.name = FromChannel, strings.TrimPrefix(w.Channel, "#")
	case w.Usergroup != "":
		s.kind, s.name = FromUsergroup, strings.TrimPrefix(w.Usergroup, "@")
	case w.IDPGroup != "":
		s.kind, s.name, s.id = FromIDPGroup, w.IDPGroup, w.IDPGroup
	case w.Where != "":
		return c.whereSource(w)
	default:
		return c.usersSource(w)
	}
	s.text = string(s.kind) + " " + s.name
	if strings.TrimSpace(s.name) == "" || strings.ContainsAny(s.name, " \t\n") {
		c.bad(w.At, "write a name without spaces, or an id", "%q is not the name of a %s", s.name, s.kind)
		return source{}, false
	}
	return s, true
}

func (c *compiler) whereSource(w Source) (source, bool) {
	when, err := compileCondition(w.Where)
	if err != nil {
		c.bad(w.At, "a condition may use "+factNames, "the condition does not compile: %s", err)
		return source{}, false
	}
	return source{kind: FromWhere, text: "where " + w.Where, when: when, at: w.At}, true
}

func (c *compiler) usersSource(w Source) (source, bool) {
	s := source{kind: FromUsers, at: w.At}
	for _, name := range w.Users {
		name = strings.TrimSpace(name)
		if !isID(name) && !strings.Contains(name, "@") {
			c.bad(w.At, "write a user's id (U…) or e-mail address: handles can be changed by their owners", "%q names nobody for certain", name)
			return source{}, false
		}
		if strings.Contains(name, "@") {
			name = strings.ToLower(name)
		}
		s.people = append(s.people, person{name: name})
	}
	if len(s.people) == 0 {
		c.bad(w.At, "name at least one person, or leave the source out", "a list of users is empty")
		return source{}, false
	}
	s.text = usersText(s.people)
	return s, true
}

// usersText names a list of people without their addresses, which are kept out
// of what is stored and logged.
func usersText(people []person) string {
	var ids []string
	addresses := 0
	for _, p := range people {
		if strings.Contains(p.name, "@") {
			addresses++
			continue
		}
		ids = append(ids, p.name)
	}
	switch {
	case addresses == 1:
		ids = append(ids, "1 by address")
	case addresses > 1:
		ids = append(ids, fmt.Sprintf("%d by address", addresses))
	}
	return "users " + strings.Join(ids, ", ")
}
