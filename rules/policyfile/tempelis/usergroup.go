package tempelis

import (
	"fmt"
	"strings"

	"usher/rules"
)

// maxDescription is how many characters Slack takes.
const maxDescription = 140

// usergroup turns one group into a managed one.
func (im *importer) usergroup(g placed, seen map[string]bool) {
	im.unknown(g, "name", "long_name", "description", "channels", "members", "external")
	handle, _ := g.fields["name"].(string)
	switch {
	case handle == "":
		im.Note(g.at, "left out: it has no name")
		return
	case seen[handle]:
		im.Note(g.at, "left out: %s is there twice", handle)
		return
	}
	seen[handle] = true
	if external, _ := g.fields["external"].(bool); external {
		im.Note(g.at, "left out: %s is external, and a group the policy does not name is never touched", handle)
		return
	}
	c := rules.UsergroupConfig{
		Handle: handle, ByHand: rules.Word{Text: "revert"}, WhenEmpty: rules.Word{Text: "keep"}, Mode: rules.Word{Text: "report"},
	}
	c.Name, _ = g.fields["long_name"].(string)
	c.Description = im.description(g)
	for i, v := range texts(g.fields["channels"]) {
		name, ok := v.(string)
		if !ok || name == "" {
			im.Note(fmt.Sprintf("%s.channels[%d]", g.at, i), "not understood: it is not a channel's name")
			continue
		}
		c.Channels = append(c.Channels, rules.Word{Text: strings.TrimPrefix(name, "#")})
	}
	people, whole := im.people(g)
	switch {
	case len(people) == 0:
		im.Note(g.at, "left out: nobody in it is known")
		return
	case !whole:
		c.Mode.Text = "off"
		im.Note(g.at, "%s is off: without those who are not known, people who belong in it would be taken out", handle)
	}
	c.Members = []rules.Source{{Users: people}}
	im.Config.Usergroups = append(im.Config.Usergroups, c)
}

func (im *importer) description(g placed) string {
	s, _ := g.fields["description"].(string)
	if line := strings.Join(strings.Fields(s), " "); line != s {
		s = line
	}
	if runes := []rune(s); len(runes) > maxDescription {
		im.Note(g.at+".description", "cut to %d characters, which is what Slack takes", maxDescription)
		s = strings.TrimSpace(string(runes[:maxDescription]))
	}
	return s
}

// people are the ids of a group's members, and whether that is all of them.
func (im *importer) people(g placed) (ids []string, whole bool) {
	whole = true
	seen := map[string]bool{}
	for i, v := range texts(g.fields["members"]) {
		at := fmt.Sprintf("%s.members[%d]", g.at, i)
		name, _ := v.(string)
		id := im.users[name]
		if id == "" {
			im.Note(at, "%q stands for nobody among the users", name)
			whole = false
			continue
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, whole
}
