package directory

import (
	"usher/bot/gateway"
	"usher/rules/action"
	"usher/rules/workspace"
)

// cutAt is where Slack cuts the list of people in an event.
const cutAt = 500

// usergroup is subteam_created or subteam_updated: the group as it is now, with
// its people unless they are too many to be believed.
func usergroup(e event) {
	var ev struct {
		Subteam gateway.UsergroupJSON `json:"subteam"`
	}
	if !e.decode(&ev) || ev.Subteam.ID == "" {
		return
	}
	g := ev.Subteam.Usergroup()
	old, known := e.was.Usergroup(g.ID)
	if known && g.Updated < old.Updated || !e.m.heard.newest("usergroup "+string(g.ID), e.stamp, e.now) {
		e.contradicted(g.ID)
		return
	}
	e.m.heard.newest(listOf(g.ID), e.stamp, e.now)
	e.putUsergroup(g)
	switch people := ev.Subteam.Users; {
	case people == nil || len(people) >= cutAt || len(people) != g.Count:
		if r := e.was.UsergroupMembers(g.ID); r.Complete && r.Set.Len() == g.Count && old.Updated == g.Updated {
			return // it is known better
		}
		e.doubtUsergroup(g.ID)
		e.want(action.Refresh{Usergroup: g.ID})
	default:
		e.setUsergroupMembers(g.ID, people, workspace.Knowledge{Complete: true, At: e.now})
	}
}

// usergroupMembers is subteam_members_changed: who came and who went since the
// change before.
func usergroupMembers(e event) {
	var ev struct {
		ID       workspace.UsergroupID `json:"subteam_id"`
		Previous int64                 `json:"date_previous_update"`
		Updated  int64                 `json:"date_update"`
		Added    []workspace.UserID    `json:"added_users"`
		Removed  []workspace.UserID    `json:"removed_users"`
		AddedN   int                   `json:"added_users_count"`
		RemovedN int                   `json:"removed_users_count"`
	}
	if !e.decode(&ev) || ev.ID == "" {
		return
	}
	if !e.m.heard.newest("usergroup "+string(ev.ID), e.stamp, e.now) {
		e.contradicted(ev.ID)
		return
	}
	g, known := e.was.Usergroup(ev.ID)
	roster := e.was.UsergroupMembers(ev.ID)
	if !known || !roster.Complete || len(ev.Added) < ev.AddedN || len(ev.Removed) < ev.RemovedN || g.Updated < ev.Previous {
		e.doubtUsergroup(ev.ID)
		e.want(action.Refresh{Usergroup: ev.ID})
		return
	}
	out := map[workspace.UserID]bool{}
	for _, u := range ev.Removed {
		out[u] = true
	}
	var ids []workspace.UserID
	for _, u := range e.ids(roster.Set) {
		if !out[u] {
			ids = append(ids, u)
		}
	}
	ids = append(ids, ev.Added...)
	e.setUsergroupMembers(ev.ID, ids, workspace.Knowledge{Complete: true, At: roster.At})
	g.Updated = max(g.Updated, ev.Updated)
	g.Count = e.Snapshot().UsergroupMembers(ev.ID).Set.Len()
	e.putUsergroup(g)
}

func listOf(id workspace.UsergroupID) string { return "list " + string(id) }

// contradicted is an event that comes after a later one. Where the later ones
// held the whole list it is part of that; where they only said what changed, it
// may not be.
func (e event) contradicted(id workspace.UsergroupID) {
	if last := e.m.heard[listOf(id)]; last.stamp >= e.stamp {
		return
	}
	e.doubtUsergroup(id)
	e.want(action.Refresh{Usergroup: id})
}

func (e *edit) putUsergroup(g workspace.Usergroup) {
	e.PutUsergroup(g)
	e.touch(kindUsergroup, string(g.ID))
}

func (e *edit) setUsergroupMembers(id workspace.UsergroupID, ids []workspace.UserID, k workspace.Knowledge) {
	e.SetUsergroupMembers(id, ids, k)
	e.touch(kindUsergroup, string(id))
}

func (e *edit) dropUsergroup(id workspace.UsergroupID) {
	e.DropUsergroup(id)
	e.touch(kindUsergroup, string(id))
}
