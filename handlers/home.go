package handlers

import (
	"github.com/slack-go/slack"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Home draws somebody's App Home as it is now. Only Policy, Workspace, At,
// Recent and Settings of the request are looked at.
func Home(r Request, a action.Home) slack.HomeTabViewRequest {
	me := r.from(a.User)
	place := view.At(a.Page, a.Words)
	h := view.Home{
		Place:   place,
		Rooms:   me.rooms(place.Words),
		Groups:  r.groups(a.User),
		Join:    me.joinable(place.Words),
		Hints:   me.hints(),
		Reading: r.memory().Standing().Reading,
		Whom:    me.whom(""),
		Command: r.Settings.command(),
		Version: r.Settings.Version,
	}
	if me.admin() {
		h.Admin = &view.Admin{Troubles: r.troubles(""), Held: r.waiting(a.User), Runs: r.runs(), Paused: r.memory().Standing().Paused}
		h.Admin.Clusters, h.Admin.Of = r.clusters(r.Policy.Clusters(), view.First)
		return h.View()
	}
	h.Owned.Groups = me.ownGroups()
	h.Owned.Clusters, h.Owned.Of = r.clusters(me.ownClusters(), view.FirstOwned)
	return h.View()
}

// ownClusters are the rules that the asker may look into: all for administrators,
// else those that name them as an owner.
func (a asker) ownClusters() []rules.Cluster {
	all := a.Policy.Clusters()
	if a.admin() {
		return all
	}
	var own []rules.Cluster
	for _, c := range all {
		if a.Policy.IsOwner(a.Workspace, c.Name, a.me) {
			own = append(own, c)
		}
	}
	return own
}

// ownGroups are the user groups whose rule names the asker as an owner.
func (a asker) ownGroups() []view.GroupRow {
	var own []view.GroupRow
	for _, room := range a.Policy.GroupsOwned(a.Workspace, a.me) {
		own = append(own, a.groupRow(room.Group))
	}
	return own
}

// hints are what somebody should know before they wonder.
func (a asker) hints() []string {
	var hints []string
	now := a.memory().Standing()
	if now.Paused {
		hints = append(hints, a.paused(now).Hint(a.called(now.PausedBy)))
	}
	if a.admin() && a.onlyReports() {
		hints = append(hints, "No rule is enforced yet: I only report what I would do.")
	}
	return hints
}

// called is somebody's name, as plain text.
func (r Request) called(id workspace.UserID) string {
	if u, ok := r.Workspace.User(id); ok {
		return u.Called()
	}
	return "somebody on the machine I run on"
}

func (r Request) onlyReports() bool {
	reports := false
	for _, c := range r.Policy.Clusters() {
		switch c.Mode {
		case rules.ModeEnforce:
			return false
		case rules.ModeReport:
			reports = true
		case rules.ModeOff:
		}
	}
	return reports
}
