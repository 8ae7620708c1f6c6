package rules

import (
	"slices"

	"usher/rules/action"
	"usher/rules/workspace"
)

// wanted is what the group has to become; false when it is so already, or when
// nothing may be said. release is how many removals a person has allowed.
func (v *groupView) wanted(s *survey, release int) (action.Wanted, bool) {
	if len(v.doubts) > 0 || v.handsOff || v.cluster.Mode == ModeOff {
		return action.Wanted{}, false
	}
	if !v.exists && v.empty && v.g.WhenEmpty != EmptyPlaceholder {
		return action.Wanted{}, false // nothing is made for nobody
	}
	a := action.Wanted{Group: v.now.ID, Most: -1, Empty: string(v.g.WhenEmpty), Placeholder: v.g.placeholderID(s.w)}
	differs := v.properties(s, &a)
	if v.exists && v.now.Disabled && !v.empty {
		a.Enable, differs = true, true
	}
	lists := !v.add.Empty() || !v.drop.Empty()
	if v.empty && v.g.WhenEmpty == EmptyDisable {
		lists = v.exists && !v.now.Disabled
	}
	a.BaseAdd, a.BaseDrop = idsIn(s.w, v.eligible.Minus(v.base)), idsIn(s.w, v.base.Minus(v.eligible))
	if lists {
		a.Members, a.Exact = true, v.g.reverts()
		a.Add, a.Drop = idsIn(s.w, v.add), idsIn(s.w, v.drop)
		a.Gone = idsIn(s.w, v.gone())
		if a.Exact {
			a.Users = idsIn(s.w, v.roster.Set.Minus(v.drop).Or(v.add))
		}
		if b, held := v.brake(s); held && b.Has > release {
			a.Most = release
		}
		differs = true
	}
	return a, differs
}

// properties puts what is not as the rule says into a.
func (v *groupView) properties(s *survey, a *action.Wanted) bool {
	g, differs := v.g, false
	text := func(now, want string) *string {
		if now == want || want == "" {
			return nil
		}
		differs = true
		return &want
	}
	if !v.exists || g.ByHand == ByHandRevert {
		if !v.exists || g.Name != g.Handle {
			a.Name = text(v.now.Name, g.Name)
		}
		a.Handle, a.Description = text(v.now.Handle, g.Handle), text(v.now.Description, g.Description)
	}
	list := func(now []workspace.ChannelID, names []string) *[]workspace.ChannelID {
		want, all := s.channelIDs(g, names)
		if len(names) == 0 || !all || sameIDs(now, want) {
			return nil
		}
		differs = true
		return &want
	}
	a.Channels = list(v.now.Channels, g.Channels)
	if !v.exists || !v.now.AdditionalUnknown {
		a.AdditionalChannels = list(v.now.AdditionalChannels, g.AdditionalChannels)
	}
	if len(g.Channels) > 0 && !v.now.SectionUnknown && (v.now.Section != g.Section && (!v.exists || g.ByHand == ByHandRevert)) {
		a.Section, differs = &g.Section, true
	}
	return differs
}

func sameIDs(a, b []workspace.ChannelID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func idsIn(w *workspace.Snapshot, set workspace.Set) []workspace.UserID {
	var ids []workspace.UserID
	for u := range w.In(set) {
		ids = append(ids, u.ID)
	}
	slices.Sort(ids)
	return ids
}

// brake is what holds too many removals from one group; those whom Slack itself
// does not let be there any more, and those who were out before, do not count.
func (v *groupView) brake(s *survey) (Brake, bool) {
	n := v.drop.Minus(s.p.ungrouped(s.w)).Minus(v.gone()).Len()
	kind := s.p.brakes.over(n, v.roster.Set.Len())
	return Brake{Kind: kind, Usergroup: v.now.ID, Has: n, Had: v.roster.Set.Len(), Clusters: []string{v.cluster.Name}}, kind != ""
}

// keepAction is the one action that brings the group into line.
func (v *groupView) keepAction(release int) action.KeepUsergroup {
	return action.KeepUsergroup{Handle: v.g.Handle, Group: v.now.ID, Release: release}
}
