package rules

import (
	"fmt"
	"slices"

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
	case ok && !c.BotIn:
		b.add(s, rule, fmt.Sprintf("Usher is not in #%s", s.name), "invite it. "+until)
	}
}
