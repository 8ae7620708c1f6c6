package rules

import (
	"fmt"
	"maps"
	"slices"

	"usher/rules/workspace"
)

// Bindings is what the names in a policy stand for in one workspace, by kind
// and name: "channel finance-department" -> "C…", "usergroup …", "user …".
// Ids written in the policy are bound to themselves until a channel gets
// another id. A name once bound stays bound, whoever takes the name later.
type Bindings map[string]string

// Moved is b after Slack gave a channel another id (channel_id_changed).
func (b Bindings) Moved(from, to workspace.ChannelID) Bindings {
	moved := maps.Clone(b)
	for key, id := range moved {
		if id == string(from) {
			moved[key] = string(to)
		}
	}
	return moved
}

// Bind is the policy with its names resolved in a workspace, which the result
// is for. Names that were bound before keep what they stood for; the others are
// looked up once, and now is to be kept for the next time. What cannot be
// resolved, has changed its name, or is gone is a problem to be told to the
// operator; whoever depends on an unresolved name is Undetermined.
func (p *Policy) Bind(w *workspace.Snapshot, pinned Bindings) (bound *Policy, now Bindings, problems []Problem) {
	b := &binder{w: w, now: maps.Clone(pinned), makes: p.Makes}
	if b.now == nil {
		b.now = Bindings{}
	}
	q := *p
	q.memo = &memo{}
	q.admins = b.sources("admins", p.admins)
	q.protect.people = b.sources("protect", p.protect.people)
	q.clusters = make([]*cluster, len(p.clusters))
	for i, c := range p.clusters {
		d, rule := *c, "cluster "+c.Name
		if c.Mode != ModeOff && !c.aside {
			d.members, d.except = b.sources(rule, c.members), b.sources(rule, c.except)
			d.owners = b.sources(rule, c.owners)
		}
		d.claims.ids, d.claims.butNotIDs = b.ids(c.claims.ids), b.ids(c.claims.butNotIDs)
		q.clusters[i] = &d
	}
	q.usergroups = slices.Clone(p.usergroups)
	for i := range q.usergroups {
		g := &q.usergroups[i]
		rule := "usergroup " + g.Handle
		g.id = b.pin("usergroup "+g.Handle, func() (string, bool) {
			found, ok := b.w.UsergroupByHandle(g.Handle)
			return string(found.ID), ok
		})
		g.members, g.except, g.owners = b.sources(rule, g.members), b.sources(rule, g.except), b.sources(rule, g.owners)
		if g.Mode != ModeOff {
			g.bound = b.groupChannels(rule, g)
		}
	}
	q.reactions = b.reactions(p.reactions)
	if p.invites != nil {
		inv := *p.invites
		inv.approvers = b.sources("invites", inv.approvers)
		q.invites = &inv
	}
	q.index = newIndex(q.clusters)
	sortProblems(b.problems)
	return &q, b.now, b.problems
}

type binder struct {
	w        *workspace.Snapshot
	now      Bindings
	problems []Problem
	told     map[string]bool
	makes    func(handle string) bool // the policy itself makes a user group of this handle
}

func (b *binder) add(s *source, rule, what, hint string) {
	b.tell(what, Problem{At: s.at, Rule: rule, What: what, Hint: hint})
}

// undefined reports a name that nothing has.
func (b *binder) undefined(s *source, rule, what, hint string) {
	b.tell(what, Problem{At: s.at, Rule: rule, What: what, Hint: hint, Undefined: true})
}

// tell reports something once for each rule.
func (b *binder) tell(what string, p Problem) {
	key := p.Rule + "\x00" + what
	if b.told[key] {
		return
	}
	if b.told == nil {
		b.told = map[string]bool{}
	}
	b.told[key] = true
	b.problems = append(b.problems, p)
}

func (b *binder) sources(rule string, written []source) []source {
	all := slices.Clone(written)
	for i := range all {
		s := &all[i]
		switch s.kind {
		case FromChannel:
			b.channel(rule, s)
		case FromUsergroup:
			b.usergroup(rule, s)
		case FromUsers:
			s.people = slices.Clone(s.people)
			for j := range s.people {
				if !s.people[j].field() {
					b.person(rule, &s.people[j])
				}
			}
		case FromIDPGroup:
			if g, known := b.w.IDPGroup(workspace.IDPGroupID(s.id)); !known || g.Lost {
				b.undefined(s, rule, fmt.Sprintf("there is no identity provider's group %s, or Slack does not show it to Usher", s.name),
					"correct the id; reading such groups takes Enterprise Grid and the token of an Org Admin or Owner in SLACK_ADMIN_TOKEN. Until then nobody is let in or removed because of it")
			}
		case FromWhere:
		}
	}
	return all
}

// pin looks a key up, or finds and keeps it.
func (b *binder) pin(key string, find func() (string, bool)) string {
	if id := b.now[key]; id != "" {
		return id
	}
	id, ok := find()
	if ok {
		b.now[key] = id
	}
	return id
}

func (b *binder) channel(rule string, s *source) {
	s.id = b.pin("channel "+s.name, func() (string, bool) {
		if isChannelID(s.name) {
			return s.name, true
		}
		c, ok := b.w.ChannelByName(s.name)
		return string(c.ID), ok
	})
	if s.id == "" {
		b.undefined(s, rule, fmt.Sprintf("there is no channel #%s that Usher can see", s.name),
			"check the name; if it is private, invite Usher to it. Until then nobody is let in or removed because of it")
		return
	}
	c, ok := b.w.Channel(workspace.ChannelID(s.id))
	switch {
	case !ok && b.w.ChannelsKnown().Complete:
		b.undefined(s, rule, fmt.Sprintf("the channel #%s (%s) is gone, or Usher was taken out of it", s.name, s.id),
			"invite Usher again, or name another channel by its id. Until then nobody is removed because of it")
	case !ok:
	case c.Archived:
		b.add(s, rule, fmt.Sprintf("the channel #%s (%s) is archived", s.name, s.id), "unarchive it, or name another channel by its id. Until then nobody is removed because of it")
	case !isChannelID(s.name) && c.Name != s.name:
		what := fmt.Sprintf("the channel #%s (%s) is now called #%s and keeps its authority", s.name, s.id, c.Name)
		if other, taken := b.w.ChannelByName(s.name); taken && other.ID != c.ID {
			what += fmt.Sprintf("; the channel now called #%s (%s) has none", s.name, other.ID)
		}
		b.add(s, rule, what, "write the id "+s.id+", or the id of the channel that is meant")
	case !c.BotIn:
		b.add(s, rule, fmt.Sprintf("Usher is not in #%s and does not hear who comes and goes", s.name), "invite Usher to it. Until then nobody is let in or removed because of it")
	}
}

func (b *binder) usergroup(rule string, s *source) {
	s.id = b.pin("usergroup "+s.name, func() (string, bool) {
		if isID(s.name) {
			return s.name, true
		}
		g, ok := b.w.UsergroupByHandle(s.name)
		return string(g.ID), ok
	})
	if s.id == "" && b.makes(s.name) {
		return // it is about to be there
	}
	if s.id == "" {
		b.undefined(s, rule, fmt.Sprintf("there is no user group @%s", s.name), "check the handle, or create the group. Until then nobody is let in or removed because of it")
		return
	}
	g, ok := b.w.Usergroup(workspace.UsergroupID(s.id))
	switch {
	case !ok && b.w.UsergroupsKnown().Complete:
		b.undefined(s, rule, fmt.Sprintf("the user group @%s (%s) is gone", s.name, s.id), "name another by its id")
	case !ok:
	case g.Disabled:
		b.add(s, rule, fmt.Sprintf("the user group @%s (%s) is disabled", s.name, s.id), "enable it, or name another by its id. Until then nobody is removed because of it")
	case !isID(s.name) && g.Handle != s.name:
		b.add(s, rule, fmt.Sprintf("the user group @%s (%s) is now called @%s and keeps its authority", s.name, s.id, g.Handle), "write the id "+s.id)
	}
}

func (b *binder) person(rule string, who *person) {
	who.id = workspace.UserID(b.pin("user "+who.name, func() (string, bool) {
		if isUserID(who.name) {
			return who.name, true
		}
		u, ok := b.w.UserByEmail(who.name)
		return string(u.ID), ok
	}))
	_, known := b.w.User(who.id)
	switch {
	case who.id == "":
		b.tell(who.name, Problem{At: who.at, Rule: rule, Undefined: true, What: "somebody it names by an e-mail address is not in the workspace, or their address is hidden from Usher",
			Hint: "check the addresses there, or write the person's id"})
	case !known && b.w.UsersKnown().Complete:
		b.tell(who.name, Problem{At: who.at, Rule: rule, Undefined: true, What: fmt.Sprintf("nobody that Usher can see has the id %s", who.id), Hint: "check the id"})
	}
}

// ids are channel ids as they are now.
func (b *binder) ids(written []workspace.ChannelID) []workspace.ChannelID {
	all := slices.Clone(written)
	for i, id := range all {
		all[i] = workspace.ChannelID(b.pin("channel "+string(id), func() (string, bool) { return string(id), true }))
	}
	return all
}
