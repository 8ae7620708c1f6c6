package handlers

import (
	"strings"

	"usher/handlers/view"
	"usher/rules/action"
)

// Notice puts a Tell into words. Only Policy, Workspace, At and Settings of the
// request are looked at.
func Notice(r Request, a action.Tell) view.Message {
	if a.Topic == action.HeldBack {
		if h, ok := r.heldByKey()[a.Refers]; ok {
			return r.shown(h, view.At(0, h.ID()), a.To).Message()
		}
		a.Topic = action.Operator // it is held no more
	}
	n := view.Notice{
		Topic: a.Topic, Channel: a.Channel, ChannelName: string(a.Channel), Private: true,
		Subject: a.Subject, Cluster: a.Cluster, Description: r.about(a.Cluster),
		Reasons: a.Reasons, Detail: a.Detail, Until: a.Until, Whom: r.whomFor(a.Cluster, a.To),
	}
	if c, ok := r.Workspace.Channel(a.Channel); ok {
		// Whoever is being removed reads it when they are out.
		n.ChannelName, n.Private = c.Name, c.Private && (a.Topic == action.Removed || !r.in(c.ID, a.To))
	}
	if a.Usergroup != "" {
		room := r.Policy.GroupRoom(r.Workspace, a.Usergroup, a.To)
		n.Membership = view.Membership{Group: a.Usergroup, Handle: room.Group.Handle, MayLeave: room.MayLeave, MayJoin: room.MayJoin}
		n.Whom = r.groupWhom(room.Rule.Handle, a.To)
	}
	n.ChannelName = strings.TrimPrefix(n.ChannelName, "#")
	return n.Message()
}
