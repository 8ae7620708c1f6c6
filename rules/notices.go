package rules

import (
	"slices"
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// told is how many owners or administrators are told of one thing at most: a
// user group of owners may have thousands.
const told = 20

// removal is everything that goes with taking somebody out.
func (t *trial) removal(by *cluster) {
	if !t.user.Bot {
		t.do(t.tell(action.Removed, ""))
	}
	t.do(action.Remove{Channel: t.d.Channel, User: t.d.User, Cluster: by.Name})
	if inviter, ok := t.w.User(t.d.Inviter); ok && inviter.ID != t.d.User && !inviter.Bot && !inviter.Deleted && inviter.ID != t.w.Team().Bot {
		t.do(action.Tell{
			To: inviter.ID, Topic: action.AddedOutsider, Channel: t.d.Channel, Subject: t.d.User,
			Cluster: by.Name, Reasons: t.d.Words(t.w, inviter.ID),
		})
	}
	for _, owner := range t.p.ownersToTell(t.w, by) {
		if owner != t.d.User && owner != t.d.Inviter {
			t.do(action.Tell{
				To: owner, Topic: action.RemovedOwner, Channel: t.d.Channel, Subject: t.d.User,
				Cluster: by.Name, Reasons: t.d.Words(t.w, owner),
			})
		}
	}
}

// tell is a notice to the person in question; with once, told once for this
// membership, cluster and end.
func (t *trial) tell(topic action.Topic, once string) action.Tell {
	a := action.Tell{
		To: t.d.User, Topic: topic, Channel: t.d.Channel, Cluster: t.d.Cluster,
		Reasons: t.d.Words(t.w, t.d.User), Until: t.d.Until,
	}
	if once != "" {
		a.Once = strings.Join([]string{once, string(t.d.Channel), string(t.d.User), t.d.Cluster}, ":")
		if !t.d.Until.IsZero() {
			a.Once += ":" + t.d.Until.UTC().Format("20060102T150405")
		}
	}
	return a
}

// ownersToTell are the people who are told of what happens under a cluster: its
// owners, without owners the policy's administrators, without those the
// workspace's owners; sorted.
func (p *Policy) ownersToTell(w *workspace.Snapshot, c *cluster) []workspace.UserID {
	return p.people(w, c.owners)
}

func (p *Policy) people(w *workspace.Snapshot, sources []source) []workspace.UserID {
	if len(sources) == 0 {
		sources = p.admins
	}
	var all []workspace.UserID
	if len(sources) == 0 {
		for u := range w.In(p.workspaceOwners(w)) {
			all = append(all, u.ID)
		}
	}
	for i := range sources {
		s := &sources[i]
		for _, named := range s.people {
			if u, ok := w.User(named.id); ok && !u.Deleted && !u.Bot {
				all = append(all, u.ID)
			}
		}
		if s.kind == FromUsers {
			continue
		}
		if r, g := s.roster(w); g == "" {
			for u := range w.In(r.Set) {
				if !u.Deleted && !u.Bot {
					all = append(all, u.ID)
				}
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), told)]
}

// uniqueActions leaves out what is said twice.
func uniqueActions(all []action.Action) []action.Action {
	var kept []action.Action
	for _, a := range all {
		if !slices.ContainsFunc(kept, func(k action.Action) bool { return k.Kind() == a.Kind() && k.Key() == a.Key() }) {
			kept = append(kept, a)
		}
	}
	return kept
}
