package rules

import (
	"slices"
	"strings"

	"usher/rules/workspace"
)

// protection is who is never removed.
type protection struct {
	kinds  []string
	people []source // at most one, of kind users
}

// protectedKinds are the kinds that can be protected, all of them by default.
var protectedKinds = []string{"bots", "owners", "admins", "guests", "external"}

// itself is what protects Usher's own user, whatever the policy says.
const itself = "itself"

func (c *compiler) protection(w ProtectConfig) protection {
	c.begin("protect", false)
	p := protection{kinds: protectedKinds}
	if w.Kinds != nil {
		p.kinds = []string{}
		for _, k := range w.Kinds {
			if !slices.Contains(protectedKinds, k.Text) {
				c.bad(k.At, "use "+strings.Join(protectedKinds, ", ")+"; until then all of them are protected", "%q cannot be protected", k.Text)
				continue
			}
			p.kinds = append(p.kinds, k.Text)
		}
		if c.wrong > 0 {
			p.kinds = protectedKinds
		}
	}
	if len(w.People) > 0 {
		// Whoever is named well is protected, whatever else is wrong.
		if s, _ := c.people(w.People[0].At, w.People); len(s.people) > 0 {
			p.people = []source{s}
		}
	}
	return p
}

// of is what protects an account; empty: nothing. A person that the policy
// protects by a name that is not resolved cannot be told from others: unsure.
func (p *protection) of(bot workspace.UserID, u workspace.User) (kind string, sure bool) {
	switch {
	case u.ID == bot:
		return itself, true
	case u.Bot && slices.Contains(p.kinds, "bots"):
		return "bots", true
	case u.Owner && slices.Contains(p.kinds, "owners"):
		return "owners", true
	case u.Admin && slices.Contains(p.kinds, "admins"):
		return "admins", true
	case u.Guest != workspace.FullMember && slices.Contains(p.kinds, "guests"):
		return "guests", true
	case u.External && slices.Contains(p.kinds, "external"):
		return "external", true
	}
	sure = true
	for i := range p.people {
		for _, named := range p.people[i].people {
			switch named.id {
			case u.ID:
				return "people", true
			case "":
				sure = false
			}
		}
	}
	return "", sure
}
