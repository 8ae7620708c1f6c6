package rules

import (
	"slices"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Uncouple decides about somebody who has left a user group: where its rule says
// that it is coupled, they leave its default channels too, unless another group
// or a cluster keeps them there, or they are protected.
func (p *Policy) Uncouple(w *workspace.Snapshot, at time.Time, group workspace.UsergroupID, user workspace.UserID) []Decision {
	g, ok := p.ManagedGroup(w, group)
	if !ok || !g.Coupled {
		return nil
	}
	now, _ := w.Usergroup(group)
	var all []Decision
	for _, ch := range now.Channels {
		if d, leaves := p.uncoupled(w, at, &g, now, ch, user); leaves {
			all = append(all, d)
		}
	}
	return all
}

// Couples reports whether a channel is a default one of a coupled user group, so
// that who is in it has to be known.
func (p *Policy) Couples(w *workspace.Snapshot, ch workspace.ChannelID) bool {
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if now, ok := g.found(w); ok && g.Coupled && g.Mode != ModeOff && slices.Contains(now.Channels, ch) {
			return true
		}
	}
	return false
}

// uncoupled decides about one default channel; false where there is nothing to say.
func (p *Policy) uncoupled(w *workspace.Snapshot, at time.Time, g *Usergroup, now workspace.Usergroup, ch workspace.ChannelID, user workspace.UserID) (Decision, bool) {
	d := Decision{Membership: Membership{Channel: ch, User: user, Cause: CauseSource}, Cluster: g.clusterName(), DryRun: g.Mode != ModeEnforce}
	u, known := w.User(user)
	c, seen := w.Channel(ch)
	roster, members := w.Members(ch), w.UsergroupMembers(now.ID)
	switch {
	case !known, !seen, u.Deleted, c.Archived, c.General, !c.BotIn, !roster.Complete, !roster.Set.Has(u):
		return d, false
	case now.Disabled, !members.Complete, members.Set.Has(u), !slices.Contains(now.Channels, ch):
		return d, false
	case u.Stub, !w.UsersKnown().Complete, !w.UsergroupsKnown().Complete:
		return d, false // not known well enough
	}
	if kind, sure := p.protect.of(w.Team().Bot, u); kind != "" || !sure {
		return d, false
	}
	if p.keptByGroup(w, now.ID, ch, u) {
		return d, false
	}
	if in := p.DecideMember(w, at, Membership{Channel: ch, User: user, Cause: CauseSource}); in.Verdict != Unmanaged {
		return d, false // the cluster's business
	}
	t := newTrial(p, w, at, d.Membership)
	t.channel, t.user = c, u
	if c.Private && !t.others(roster) {
		return d, false
	}
	d.Verdict = Remove
	d.Reasons = []Reason{{Code: CodeUncoupled, Cluster: d.Cluster, Subject: string(now.ID)}}
	if d.DryRun {
		d.Reasons = append(d.Reasons, Reason{Code: CodeDryRun, Cluster: d.Cluster})
		return d, true
	}
	if !u.Bot {
		d.Actions = append(d.Actions, action.Tell{To: user, Topic: action.Removed, Channel: ch, Cluster: d.Cluster, Reasons: d.Words(w, user)})
	}
	d.Actions = append(d.Actions, action.Remove{Channel: ch, User: user, Cluster: d.Cluster, Usergroup: now.ID})
	return d, true
}

// keptByGroup reports whether another user group that somebody is in, or may be
// in, has the channel as a default one.
func (p *Policy) keptByGroup(w *workspace.Snapshot, but workspace.UsergroupID, ch workspace.ChannelID, u workspace.User) bool {
	for g := range w.Usergroups() {
		if g.ID == but || g.Disabled || !slices.Contains(g.Channels, ch) {
			continue
		}
		if r := w.UsergroupMembers(g.ID); r.Set.Has(u) || !r.Complete {
			return true
		}
	}
	return false
}

// stillUncoupled is Uncouple asked again about one channel.
func (p *Policy) stillUncoupled(w *workspace.Snapshot, at time.Time, a action.Remove) (bool, Decision) {
	g, ok := p.ManagedGroup(w, a.Usergroup)
	now, known := w.Usergroup(a.Usergroup)
	if !ok || !known || !g.Coupled {
		return false, Decision{Membership: Membership{Channel: a.Channel, User: a.User, Cause: CausePlan}}
	}
	if !w.UsergroupMembers(now.ID).Complete || !w.Members(a.Channel).Complete {
		return false, Decision{
			Membership: Membership{Channel: a.Channel, User: a.User, Cause: CausePlan}, Verdict: Undetermined, Cluster: g.clusterName(),
			Reasons: []Reason{{Code: CodeRosterUnknown, Subject: string(now.ID)}},
		}
	}
	d, leaves := p.uncoupled(w, at, &g, now, a.Channel, a.User)
	return leaves && !d.DryRun, d
}
