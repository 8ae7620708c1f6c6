package handlers

import (
	"fmt"
	"slices"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// asks puts into the audit who asked for a change of a user group, and for what.
func (o *Outcome) asks(does action.Action, handle string, body map[string]any) {
	o.Records = append(o.Records, Record{Kind: "asked", Cluster: "@" + handle, Line: "ask to " + fmt.Sprint(does), Body: body})
}

// remember keeps who comes into a managed user group, and who goes, through
// Usher: its rule tells them from those whom somebody moved in Slack. It is kept
// together with what is to be done, so that nothing decided meanwhile undoes it.
func (o *Outcome) remember(p *rules.Policy, w *workspace.Snapshot, e action.EditMembers) {
	if _, managed := p.ManagedGroup(w, e.Group); !managed {
		return
	}
	come, gone := slices.Concat(e.Set, e.Add), slices.Clone(e.Remove)
	if e.Set != nil {
		for _, u := range members(w, e.Group) {
			if !slices.Contains(come, u) {
				gone = append(gone, u)
			}
		}
	}
	come = slices.DeleteFunc(come, func(u workspace.UserID) bool { return slices.Contains(gone, u) })
	o.Rebased = append(o.Rebased,
		rules.Rebase{Group: e.Group, Part: rules.PartJoined, Add: come, Drop: gone},
		rules.Rebase{Group: e.Group, Part: rules.PartLeft, Add: gone, Drop: come},
	)
}

// undone forgets what was remembered of a change that did not come about: of
// those who are still where they were before it.
func (o *Outcome) undone(w *workspace.Snapshot, e action.EditMembers) {
	var out, in []workspace.UserID
	now := members(w, e.Group)
	for _, u := range slices.Concat(e.Set, e.Add) {
		if !slices.Contains(now, u) {
			out = append(out, u)
		}
	}
	for _, u := range now {
		if !slices.Contains(e.Add, u) && (slices.Contains(e.Remove, u) || e.Set != nil && !slices.Contains(e.Set, u)) {
			in = append(in, u)
		}
	}
	o.Rebased = append(o.Rebased,
		rules.Rebase{Group: e.Group, Part: rules.PartJoined, Drop: out},
		rules.Rebase{Group: e.Group, Part: rules.PartLeft, Drop: in},
	)
}

// members is who is in a user group, by id.
func members(w *workspace.Snapshot, id workspace.UsergroupID) []workspace.UserID {
	var ids []workspace.UserID
	for u := range w.In(w.UsergroupMembers(id).Set) {
		ids = append(ids, u.ID)
	}
	slices.Sort(ids)
	return ids
}
