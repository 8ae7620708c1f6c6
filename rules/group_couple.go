package rules

import (
	"slices"
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// coupling is what becomes of those who have left a coupled user group: they
// leave its default channels too, unless something else keeps them there. Who
// has left is told from who was in it when that was last remembered, so that it
// does not matter whether Usher heard them leave.
type coupling struct {
	v       *groupView
	group   workspace.Usergroup
	members workspace.Set
	gone    workspace.Set // who has left and has not been settled
	back    workspace.Set // of those, whom the rule puts back, or may
}

// coupled finds who has left a group; false where nothing can be said.
func (s *survey) coupled(v *groupView) (coupling, bool) {
	c := coupling{v: v, group: v.now}
	if !v.g.Coupled || v.g.Mode == ModeOff || !v.exists || !v.roster.Complete || !s.w.UsersKnown().Complete || !s.w.UsergroupsKnown().Complete {
		return c, false
	}
	c.members = v.roster.Set
	if v.now.Disabled {
		// Slack keeps the list of a disabled group. Where the rule disabled it because
		// nobody belongs to it, those on the list have left.
		if len(v.doubts) > 0 || !v.empty || v.g.WhenEmpty != EmptyDisable {
			return c, false
		}
		c.members = v.keep
	}
	c.gone = s.w.SetOf(s.p.bases[v.now.ID][PartCoupled]...).Minus(c.members)
	c.back = v.add.And(c.gone)
	if len(v.doubts) > 0 { // what is changed by hand and kept is sure even so
		c.back = c.gone
		if !v.g.reverts() {
			c.back = c.gone.Minus(s.w.SetOf(s.p.bases[v.now.ID][PartRuled]...))
		}
	}
	return c, true
}

// uncouple adds what follows for those who have left the group: decisions by
// channel, and what has to be remembered.
func (s *survey) uncouple(byChannel map[workspace.ChannelID][]Decision, out *GroupOutcome, v *groupView) {
	c, ok := s.coupled(v)
	if !ok {
		return
	}
	open := c.back // still to be taken out somewhere, or not to be settled yet
	for _, ch := range c.group.Channels {
		seen, known := s.w.Channel(ch)
		if known && seen.BotIn && !seen.Archived && !s.w.Members(ch).Complete && !c.gone.Empty() {
			open = c.gone
			if v.cluster.enforced() {
				out.Refresh = append(out.Refresh, action.Refresh{Channel: ch})
			}
			continue
		}
		for u := range s.w.In(c.gone.Minus(c.back).And(s.w.Members(ch).Set)) {
			d, leaves := s.uncoupled(c, ch, u)
			if leaves == standsIn {
				continue
			}
			open = open.Or(s.w.SetOf(u.ID))
			if leaves == standsOut && !slices.ContainsFunc(byChannel[ch], func(b Decision) bool { return b.User == u.ID }) {
				byChannel[ch] = append(byChannel[ch], d)
			}
		}
	}
	before := s.w.SetOf(s.p.bases[v.now.ID][PartCoupled]...)
	b := Rebase{Group: v.now.ID, Part: PartCoupled, Add: idsIn(s.w, c.members.Minus(before)), Drop: idsIn(s.w, c.gone.Minus(open))}
	if len(b.Add)+len(b.Drop) > 0 {
		out.Rebased = append(out.Rebased, b)
	}
}

// decoupled are the decisions about default channels, with the brake of each
// channel.
func (s *survey) decoupled(out *GroupOutcome, byChannel map[workspace.ChannelID][]Decision, users []workspace.UserID) {
	channels := make([]workspace.ChannelID, 0, len(byChannel))
	for ch := range byChannel {
		channels = append(channels, ch)
	}
	slices.Sort(channels)
	for _, ch := range channels {
		all := byChannel[ch]
		slices.SortFunc(all, func(a, b Decision) int { return strings.Compare(string(a.User), string(b.User)) })
		n := 0
		var clusters []string
		for _, d := range all {
			if d.DryRun {
				continue
			}
			n++
			if !slices.Contains(clusters, d.Cluster) {
				clusters = append(clusters, d.Cluster)
			}
		}
		had := s.w.Members(ch).Set.Len()
		brake := Brake{Kind: s.p.brakes.over(n, had), Channel: ch, Has: n, Had: had, Clusters: clusters}
		for _, d := range all {
			switch {
			case brake.Kind != "" && !d.DryRun:
				brake.Decisions = append(brake.Decisions, d)
			case len(users) == 0 || slices.Contains(users, d.User):
				out.Decisions = append(out.Decisions, d)
				out.Actions = append(out.Actions, d.Actions...)
			}
		}
		if brake.Kind != "" {
			out.Held = append(out.Held, brake)
		}
	}
}

// uncoupled decides about one who has left, in one default channel: standsOut
// where they have to go, standsIn where they stay, standsUnknown where it cannot
// be said yet.
func (s *survey) uncoupled(c coupling, ch workspace.ChannelID, u workspace.User) (Decision, standing) {
	g, w := c.v.g, s.w
	d := Decision{Membership: Membership{Channel: ch, User: u.ID, Cause: s.cause}, Cluster: g.clusterName(), DryRun: g.Mode != ModeEnforce}
	seen, known := w.Channel(ch)
	roster := w.Members(ch)
	switch {
	case !known, u.Deleted, seen.Archived, seen.General, !seen.BotIn, c.members.Has(u), !slices.Contains(c.group.Channels, ch):
		return d, standsIn
	case u.Stub, !roster.Complete, c.back.Has(u) && len(c.v.doubts) > 0:
		return d, standsUnknown
	case c.back.Has(u), !roster.Set.Has(u):
		return d, standsIn
	}
	switch kind, sure := s.p.protect.of(w.Team().Bot, u); {
	case !sure:
		return d, standsUnknown
	case kind != "":
		return d, standsIn
	}
	if _, spared := s.p.spared[workspace.Seat{Channel: ch, User: u.ID}]; spared {
		return d, standsIn
	}
	if by := s.p.keptByGroup(w, c.group.ID, ch, u); by != standsOut {
		return d, by
	}
	switch in := s.p.DecideMember(w, s.at, d.Membership); in.Verdict {
	case Unmanaged:
	case Undetermined:
		return d, standsUnknown
	case Allow, Review, Warn, Remove:
		return d, standsIn // the cluster's business
	}
	t := newTrial(s.p, w, s.at, d.Membership)
	t.channel, t.user = seen, u
	if seen.Private && !t.others(roster) {
		return d, standsIn
	}
	d.Verdict = Remove
	d.Reasons = []Reason{{Code: CodeUncoupled, Cluster: d.Cluster, Subject: string(c.group.ID)}}
	if d.DryRun {
		d.Reasons = append(d.Reasons, Reason{Code: CodeDryRun, Cluster: d.Cluster})
		return d, standsOut
	}
	if !u.Bot {
		d.Actions = append(d.Actions, action.Tell{To: u.ID, Topic: action.Removed, Channel: ch, Cluster: d.Cluster, Reasons: d.Words(w, u.ID)})
	}
	d.Actions = append(d.Actions, action.Remove{Channel: ch, User: u.ID, Cluster: d.Cluster, Usergroup: c.group.ID})
	return d, standsOut
}

// keptByGroup is standsIn where somebody is in another user group that has the
// channel as a default one, and standsUnknown where they may be.
func (p *Policy) keptByGroup(w *workspace.Snapshot, but workspace.UsergroupID, ch workspace.ChannelID, u workspace.User) standing {
	by := standsOut
	for g := range w.Usergroups() {
		if g.ID == but || g.Disabled || !slices.Contains(g.Channels, ch) {
			continue
		}
		switch r := w.UsergroupMembers(g.ID); {
		case r.Set.Has(u):
			return standsIn
		case !r.Complete:
			by = standsUnknown
		}
	}
	return by
}

// stillUncoupled asks again about somebody who is to be taken out of a default
// channel of a group they have left.
func (s *survey) stillUncoupled(a action.Remove) (bool, Decision) {
	d := Decision{Membership: Membership{Channel: a.Channel, User: a.User, Cause: s.cause}}
	g, ok := s.p.ManagedGroup(s.w, a.Usergroup)
	u, known := s.w.User(a.User)
	if !ok || !known || !g.Coupled {
		return false, d
	}
	d.Cluster = g.clusterName()
	c, ok := s.coupled(s.group(&g))
	leaves := standsUnknown
	switch {
	case ok && !c.gone.Has(u): // they were out since, or are back; who came in again is let be
		return false, d
	case ok:
		d, leaves = s.uncoupled(c, a.Channel, u)
	}
	if leaves == standsUnknown {
		d.Verdict, d.Reasons = Undetermined, []Reason{{Code: CodeRosterUnknown, Subject: string(a.Usergroup)}}
	}
	return leaves == standsOut && !d.DryRun, d
}

// Couples reports whether a channel is a default one of a coupled user group, so
// that who is in it has to be known.
func (p *Policy) Couples(w *workspace.Snapshot, ch workspace.ChannelID) bool {
	return len(p.couplers(w, ch)) > 0
}

// couplers are the coupled user groups that have a channel as a default one.
func (p *Policy) couplers(w *workspace.Snapshot, ch workspace.ChannelID) []*Usergroup {
	var all []*Usergroup
	for i := range p.usergroups {
		g := &p.usergroups[i]
		if now, ok := g.found(w); ok && g.Coupled && g.Mode != ModeOff && slices.Contains(now.Channels, ch) {
			all = append(all, g)
		}
	}
	return all
}

// Awaits are the handles of the coupled user groups that somebody has left and
// that wait for them to leave this channel too.
func (p *Policy) Awaits(w *workspace.Snapshot, ch workspace.ChannelID, user workspace.UserID) []string {
	var handles []string
	for _, g := range p.couplers(w, ch) {
		now, _ := g.found(w)
		u, known := w.User(user)
		if known && slices.Contains(p.bases[now.ID][PartCoupled], user) && !w.UsergroupMembers(now.ID).Set.Has(u) {
			handles = append(handles, g.Handle)
		}
	}
	return handles
}

// forgotten is what is remembered for coupling of groups that no rule couples:
// should one do it later, it begins with who is in them then.
func (s *survey) forgotten() []Rebase {
	if !s.w.UsergroupsKnown().Complete {
		return nil
	}
	var all []Rebase
	for id, parts := range s.p.bases {
		if len(parts[PartCoupled]) == 0 {
			continue
		}
		if g, ok := s.p.ManagedGroup(s.w, id); !ok || !g.Coupled {
			all = append(all, Rebase{Group: id, Part: PartCoupled, Drop: slices.Clone(parts[PartCoupled])})
		}
	}
	slices.SortFunc(all, func(a, b Rebase) int { return strings.Compare(string(a.Group), string(b.Group)) })
	return all
}
