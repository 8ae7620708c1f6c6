package rules

import (
	"fmt"
	"regexp"
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
	if hint := s.unnamed(); hint != "" {
		c.bad(c.under(w.At, "."+string(s.kind)), hint, "%q is not the name of a %s", s.name, s.kind)
		return source{}, false
	}
	return s, true
}

// unnamed is what to write instead of something that nothing in Slack is called.
func (s *source) unnamed() string {
	switch {
	case strings.TrimSpace(s.name) == "" || strings.ContainsAny(s.name, " \t\r\n"):
		return "write a name without spaces, or an id"
	case s.kind == FromIDPGroup, s.kind == FromChannel && isChannelID(s.name), s.kind == FromUsergroup && isID(s.name):
		return ""
	case strings.ContainsAny(s.name, `*+?()[]{}|^$\,`):
		return "write one name, or an id: a source is no pattern. Several are sources of their own in the list"
	case strings.ToLower(s.name) != s.name:
		return "write " + strings.ToLower(s.name) + ", or an id: names in Slack have no upper-case letters"
	}
	return ""
}

func (c *compiler) whereSource(w Source) (source, bool) {
	when, wrong := compileCondition(w.Where)
	for _, what := range wrong {
		c.bad(c.under(w.At, ".where"), "a condition may use "+ConditionFacts, "the condition does not compile: %s", what)
	}
	return source{kind: FromWhere, text: "where " + w.Where, when: when, at: w.At}, len(wrong) == 0
}

func (c *compiler) usersSource(w Source) (source, bool) {
	if len(w.Users) == 0 {
		c.bad(w.At, "name at least one person, or leave the source out", "a list of users is empty")
		return source{}, false
	}
	names := make([]Word, len(w.Users))
	for i, name := range w.Users {
		names[i] = Word{At: c.under(w.At, fmt.Sprintf(".users[%d]", i)), Text: name}
	}
	if _, one := c.places[Place{File: w.At.File, Path: w.At.Path + ".user"}]; one {
		names[0].At = c.under(w.At, ".user")
	}
	return c.people(w.At, names)
}

// people are accounts by id or address. One that names nobody makes the source
// useless: the others would look like all of them.
func (c *compiler) people(at Place, names []Word) (source, bool) {
	s := source{kind: FromUsers, at: at}
	for _, w := range names {
		name := strings.TrimSpace(w.Text)
		switch {
		case isUserID(name):
		case addresses.MatchString(name):
			name = strings.ToLower(name)
		default:
			c.bad(w.At, "write a user's id (U…) or e-mail address: handles can be changed by their owners", "%q names nobody for certain", name)
			continue
		}
		s.people = append(s.people, person{name: name, at: w.At})
	}
	s.text = usersText(s.people)
	return s, len(s.people) == len(names)
}

var addresses = regexp.MustCompile(`^[^@\s<>,]+@[^@\s<>,]+$`)

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
