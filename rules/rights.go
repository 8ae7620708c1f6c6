package rules

import "usher/rules/workspace"

// IsAdmin reports whether somebody may administer Usher: workspace owners, and
// whom the policy names. When in doubt, not.
func (p *Policy) IsAdmin(w *workspace.Snapshot, user workspace.UserID) bool {
	u, ok := w.User(user)
	if !ok || u.Stub || u.Deleted || u.Bot || u.External {
		return false
	}
	return u.Owner || p.named(w, p.admins, u)
}

// IsOwner reports whether somebody answers for a cluster: approves requests and
// is told of removals. Without owners of its own, those are the administrators.
func (p *Policy) IsOwner(w *workspace.Snapshot, cluster string, user workspace.UserID) bool {
	c := p.find(cluster)
	if c == nil {
		return false
	}
	if len(c.owners) == 0 {
		return p.IsAdmin(w, user)
	}
	u, ok := w.User(user)
	return ok && !u.Stub && !u.Deleted && !u.Bot && p.named(w, c.owners, u)
}

// Owners are the people to tell or to ask about a cluster, sorted, at most 20.
func (p *Policy) Owners(w *workspace.Snapshot, cluster string) []workspace.UserID {
	c := p.find(cluster)
	if c == nil {
		return nil
	}
	return p.ownersToTell(w, c)
}

// Admins are the people to tell about the workspace as a whole, sorted, at most 20.
func (p *Policy) Admins(w *workspace.Snapshot) []workspace.UserID { return p.people(w, nil) }

// named reports whether somebody is for certain in one of some sources.
func (p *Policy) named(w *workspace.Snapshot, sources []source, u workspace.User) bool {
	for i := range sources {
		if in, _ := p.stand(w, &sources[i], u, false); in == standsIn {
			return true
		}
	}
	return false
}
