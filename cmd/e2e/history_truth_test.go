package e2e

import (
	"slices"
	"strings"

	"usher/bot/slacksim"
)

// answer is what the charter says of somebody in a channel, read plainly.
type answer int

const (
	stays answer = iota // nobody may take them out
	open                // a source of the rule cannot be believed: nobody may take them out because of it
	goes                // they have to be taken out
)

// oracle reads a charter over the local Slack's state, without any of the
// bot's code.
type oracle struct {
	charter *charter
	team    string
	slacksim.Workspace
	bound map[string]string // what the masters' names stood for in the beginning
	bot   string
}

func (o *oracle) named(name string) string { return userNamed(o.Workspace, name) }

// shielded reports whether somebody is protected.
func (o *oracle) shielded(u slacksim.User) bool {
	kinds := o.charter.protect
	if kinds == nil {
		kinds = []string{"bots", "owners", "admins", "guests", "external"}
	}
	is := map[string]bool{
		"bots": u.IsBot, "owners": u.IsOwner, "admins": u.IsAdmin, "guests": u.IsRestricted || u.IsUltraRestricted, "external": o.external(u),
	}
	for _, k := range kinds {
		if is[k] {
			return true
		}
	}
	return u.ID == o.bot || slices.Contains(o.charter.people, u.Name)
}

func (o *oracle) external(u slacksim.User) bool { return u.TeamID != "" && u.TeamID != o.team }

// within is who is in a feed; false where that cannot be believed.
func (o *oracle) within(f feed) (ids []string, known bool) {
	switch f.kind {
	case "channel":
		c, ok := o.Channels[o.bound[f.name]]
		if !ok || c.IsArchived || !slices.Contains(c.Members, o.bot) {
			return nil, false
		}
		return slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return id == o.bot }), true
	case "usergroup":
		for _, g := range o.Usergroups {
			if g.Handle == f.name {
				return g.Users, g.DateDelete == 0
			}
		}
		return nil, false
	case "users":
		for _, name := range f.who {
			ids = append(ids, o.named(name))
		}
	case "title":
		for id, u := range o.Users {
			if u.Title == f.name {
				ids = append(ids, id)
			}
		}
	}
	return ids, true
}

// eligible asks one rule.
func (o *oracle) eligible(r *rule, id string) answer {
	result := goes
	for _, f := range r.members {
		ids, known := o.within(f)
		switch {
		case known && slices.Contains(ids, id):
			result = stays
		case (!known || len(ids) == 0 && f.kind != "title") && result == goes: // a list that is empty is not believed
			result = open
		}
	}
	if result == goes {
		return goes
	}
	for _, f := range r.except {
		ids, known := o.within(f)
		if known && slices.Contains(ids, id) {
			return goes
		}
		if !known {
			result = open
		}
	}
	return result
}

// governing are the rules that a channel is under.
func (o *oracle) governing(c slacksim.Channel) []*rule {
	begins := func(prefixes []string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(c.Name, p) })
	}
	var all []*rule
	for i := range o.charter.rules {
		r := &o.charter.rules[i]
		feeds := slices.ContainsFunc(slices.Concat(r.members, r.except), func(f feed) bool { return f.kind == "channel" && o.bound[f.name] == c.ID })
		if r.mode != "off" && !feeds && begins(r.prefixes) && !begins(r.butNot) {
			all = append(all, r)
		}
	}
	return all
}

// enforced reports whether Usher has to keep outsiders out of a channel.
func (o *oracle) enforced(c slacksim.Channel) (is bool) {
	for _, r := range o.governing(c) {
		if r.others == "allow" {
			return false
		}
		is = is || r.enforced() && r.others == "remove"
	}
	return is && !c.IsArchived && !c.IsGeneral
}

// of is what becomes of somebody who is in a channel.
func (o *oracle) of(c slacksim.Channel, id string) answer {
	u := o.Users[id]
	if !o.enforced(c) || u.Deleted || o.shielded(u) {
		return stays
	}
	result := goes
	for _, r := range o.governing(c) {
		result = min(result, o.eligible(r, id))
	}
	return result
}

// last reports whether nobody else would be left in a private channel.
func (o *oracle) last(c slacksim.Channel, id string) bool {
	return c.IsPrivate && !slices.ContainsFunc(c.Members, func(other string) bool {
		u := o.Users[other]
		return other != id && !u.IsBot && !u.Deleted
	})
}

// invited are those whom a rule of the channel brings in by itself.
func (o *oracle) invited(c slacksim.Channel) []string {
	var all []string
	if c.IsArchived || c.IsGeneral {
		return nil
	}
	for _, r := range o.governing(c) {
		if !r.enforced() || r.join != "everyone" {
			continue
		}
		for id, u := range o.Users {
			if !u.Deleted && !u.IsBot && !o.external(u) && !u.IsRestricted && !u.IsUltraRestricted && o.eligible(r, id) == stays {
				all = append(all, id)
			}
		}
	}
	return all
}
