package handlers

import (
	"maps"
	"slices"

	"usher/handlers/view"
	"usher/rules/action"
)

// undoGroups brings back whom a run took out of user groups, those alone, unless
// they may not be there by the policy as it is now.
func (a asker) undoGroups(out *Outcome, run PastRun, m *view.Undone) {
	for _, id := range slices.Sorted(maps.Keys(run.Ungrouped)) {
		g, known := a.Workspace.Usergroup(id)
		if !known {
			g.Handle = string(id)
		}
		e := action.EditMembers{Group: id}
		in := members(a.Workspace, id)
		for _, u := range run.Ungrouped[id] {
			if slices.Contains(in, u) {
				m.There++
				continue
			}
			may, d := a.Policy.MayBeBackInGroup(a.Workspace, a.At, id, u)
			if !may || !known {
				out.Records = append(out.Records, Record{
					Kind: "undo", User: u, Cluster: "@" + g.Handle, Line: "leave " + string(u) + " out of " + string(id) + " though run " + run.ID + " is undone",
					Body: map[string]any{"run": run.ID, "reasons": d.Reasons},
				})
				m.Out = append(m.Out, view.StaysOut{User: u, Handle: g.Handle, Why: d.Words(a.Workspace, a.me)})
				continue
			}
			e.Add = append(e.Add, u)
		}
		if len(e.Add) > 0 {
			m.Back += len(e.Add)
			out.remember(a.Policy, a.Workspace, e)
			out.do(e)
		}
	}
}
