package rules

import (
	"fmt"
	"slices"

	"usher/rules/workspace"
)

// groupChannels binds the names of a user group's channels: whoever takes one of
// them later gets nothing by it. Those that stand for nothing are told.
func (b *binder) groupChannels(rule string, g *Usergroup) map[string]workspace.ChannelID {
	bound := map[string]workspace.ChannelID{}
	for _, name := range slices.Concat(g.Channels, g.AdditionalChannels) {
		id := workspace.ChannelID(b.pin("channel "+name, func() (string, bool) {
			if isChannelID(name) {
				return name, true
			}
			c, ok := b.w.ChannelByName(name)
			return string(c.ID), ok
		}))
		bound[name] = id
		c, ok := b.w.Channel(id)
		what := ""
		switch {
		case id == "":
			what = fmt.Sprintf("there is no channel #%s that Usher can see", name)
		case !ok && b.w.ChannelsKnown().Complete:
			what = fmt.Sprintf("the channel #%s (%s) is gone, or Usher was taken out of it", name, id)
		case ok && c.Archived:
			what = fmt.Sprintf("the channel #%s (%s) is archived", name, id)
		}
		if what != "" {
			b.tell(what, Problem{At: g.at, Rule: rule, What: what, Undefined: !ok,
				Hint: "check the name; if it is private, invite Usher to it. Until then the group's channels are left as they are"})
		}
	}
	return bound
}

// channelIDs are the channels of some names; all says that every one was found.
func (s *survey) channelIDs(g *Usergroup, names []string) (ids []workspace.ChannelID, all bool) {
	all = true
	for _, name := range names {
		id, bound := g.bound[name]
		c, ok := s.w.Channel(id)
		if !bound {
			if c, ok = s.w.Channel(workspace.ChannelID(name)); !ok {
				c, ok = s.w.ChannelByName(name)
			}
		}
		if !ok || c.Archived {
			all = false
			continue
		}
		ids = append(ids, c.ID)
	}
	return ids, all
}
