package rules

import (
	"fmt"
	"slices"

	"usher/rules/action"
	"usher/rules/workspace"
)

// sources are whom and what the reaction's steps name; none where it is off.
func (r *Reaction) sources() []source {
	if r.Mode == ModeOff {
		return nil
	}
	var all []source
	for i := range r.Steps {
		all = append(all, r.Steps[i].invite...)
		if r.Steps[i].to.kind != "" {
			all = append(all, r.Steps[i].to)
		}
	}
	return all
}

// guests are the lists that enforced reactions invite people from.
func (p *Policy) guests() []source {
	var all []source
	for i := range p.reactions {
		if r := &p.reactions[i]; r.Mode == ModeEnforce {
			for j := range r.Steps {
				all = append(all, r.Steps[j].invite...)
			}
		}
	}
	return all
}

// InvitesFrom reports whether enforced reactions invite the people of a channel,
// who therefore have to be known.
func (p *Policy) InvitesFrom(id workspace.ChannelID) bool {
	return uses(p.guests(), FromChannel, string(id))
}

// places are the public channels that enforced reactions speak in, or invite
// people from, and that Usher has to join first.
func (s *survey) places() []workspace.ChannelID {
	named := s.p.guests()
	for i := range s.p.reactions {
		if r := &s.p.reactions[i]; r.Mode == ModeEnforce {
			for j := range r.Steps {
				named = append(named, r.Steps[j].to)
			}
		}
	}
	var ids []workspace.ChannelID
	for i := range named {
		if named[i].kind == FromChannel && s.joins(workspace.ChannelID(named[i].id)) {
			ids = append(ids, workspace.ChannelID(named[i].id))
		}
	}
	return ids
}

// guests are the lists that reactions invite people from and that have to be
// read first.
func (s *survey) guests() []action.Refresh {
	var all []action.Refresh
	for _, from := range s.p.guests() {
		switch from.kind {
		case FromChannel, FromUsergroup, FromIDPGroup:
			_, why := from.roster(s.w)
			if a, helps := from.refresh(why); helps {
				all = append(all, a)
			}
		case FromUsers, FromWhere:
		}
	}
	return all
}

// field reports whether the person is one that only a change itself names.
func (p person) field() bool { return p.name == creatorField || p.name == actorField }

// reactions are reactions with their names resolved.
func (b *binder) reactions(written []Reaction) []Reaction {
	all := slices.Clone(written)
	for i := range all {
		r := &all[i]
		r.claims.ids, r.claims.butNotIDs = b.ids(r.claims.ids), b.ids(r.claims.butNotIDs)
		if r.Mode == ModeOff {
			continue
		}
		r.Steps = slices.Clone(r.Steps)
		for j := range r.Steps {
			s := &r.Steps[j]
			s.invite = b.sources("reaction "+r.Name, s.invite)
			if s.to.kind != "" {
				b.announced("reaction "+r.Name, &s.to)
			}
		}
	}
	return all
}

// announced resolves the channel that something is announced in.
func (b *binder) announced(rule string, s *source) {
	s.id = b.pin("channel "+s.name, func() (string, bool) {
		if isChannelID(s.name) {
			return s.name, true
		}
		c, ok := b.w.ChannelByName(s.name)
		return string(c.ID), ok
	})
	const until = "Until then nothing is announced there"
	c, ok := b.w.Channel(workspace.ChannelID(s.id))
	switch {
	case s.id == "":
		b.undefined(s, rule, fmt.Sprintf("there is no channel #%s that Usher can see", s.name), "check the name; if it is private, invite Usher to it. "+until)
	case !ok && b.w.ChannelsKnown().Complete:
		b.undefined(s, rule, fmt.Sprintf("the channel #%s (%s) is gone, or Usher was taken out of it", s.name, s.id), "name another. "+until)
	case ok && c.Archived:
		b.add(s, rule, fmt.Sprintf("the channel #%s (%s) is archived", s.name, s.id), "name another. "+until)
	case ok && c.Private && !c.BotIn: // a public one it joins by itself
		b.add(s, rule, fmt.Sprintf("Usher is not in #%s", s.name), "invite it. "+until)
	}
}
