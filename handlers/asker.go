package handlers

import (
	"slices"
	"strings"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// asker is a Request seen from the person who caused it: what they may know.
type asker struct {
	Request
	me      workspace.UserID
	trigger string // what a modal can be opened with; of slash commands only
}

func (r Request) from(me workspace.UserID) asker { return asker{Request: r, me: me} }

// admin reports whether they may administer Usher. It is asked at every click.
func (a asker) admin() bool { return a.Policy.IsAdmin(a.Workspace, a.me) }

// guest reports whether they are a guest, or from another organisation: Slack
// does not let those join a public channel by themselves.
func (a asker) guest() bool {
	u, ok := a.Workspace.User(a.me)
	return ok && (u.Guest != workspace.FullMember || u.External)
}

// in reports whether somebody is in a channel, as far as is known.
func (r Request) in(c workspace.ChannelID, u workspace.UserID) bool {
	user, ok := r.Workspace.User(u)
	return ok && r.Workspace.Members(c).Set.Has(user)
}

// sees reports whether a channel's name may be shown to them: a public one to
// everybody, a private one to those who are in it or for whom its rule is, and
// to those who administer that rule.
func (a asker) sees(c workspace.Channel) bool {
	if !c.Private || a.in(c.ID, a.me) {
		return true
	}
	governing := a.Policy.Governing(c)
	if len(governing) == 0 {
		return false
	}
	if a.admin() || slices.ContainsFunc(governing, func(cl rules.Cluster) bool { return a.Policy.IsOwner(a.Workspace, cl.Name, a.me) }) {
		return true
	}
	return mayBe(a.Policy.DecideJoin(a.Workspace, a.At, c.ID, a.me))
}

// room is a channel as they see it; what they may do there is not looked at.
func (a asker) room(c workspace.Channel) view.Room {
	return view.Room{ID: c.ID, Name: c.Name, Private: c.Private, In: a.in(c.ID, a.me), Stays: c.General}
}

// whom is who the asker can ask about a cluster: its owners, and where the
// policy says that people should ask. Where neither is named, administrators.
func (a asker) whom(cluster string) view.Whom { return a.whomFor(cluster, a.me) }

// whomFor leaves the reader out: nobody is told to ask themselves.
func (r Request) whomFor(cluster string, reader workspace.UserID) view.Whom {
	var whom view.Whom
	contact := strings.TrimSpace(r.Policy.Contact())
	name, channel := strings.CutPrefix(contact, "#")
	whom.PlaceName = contact
	if c, ok := r.Workspace.ChannelByName(name); ok && channel && !c.Private && !c.Archived {
		whom.Place, whom.PlaceName = c.ID, name
	}
	c, _ := r.Policy.Cluster(cluster)
	for _, o := range r.Policy.Owners(r.Workspace, cluster) {
		switch {
		case o == reader:
			whom.You = true
		case len(c.Owners) > 0 || contact == "":
			whom.Owners = append(whom.Owners, o)
		}
	}
	return whom
}

// about is a cluster's description; empty when there is none.
func (r Request) about(cluster string) string {
	c, _ := r.Policy.Cluster(cluster)
	return c.Description
}

// mayBe reports whether a DecideJoin says that the person belongs there, however
// they come in.
func mayBe(d rules.Decision) bool {
	return d.Verdict == rules.Allow || d.Verdict == rules.Review && !tolerated(d) || cannotManage(d)
}

// tolerated reports whether somebody does not belong there, and could stay if
// they were there.
func tolerated(d rules.Decision) bool { return settledBy(d) == rules.CodeOthersAllow }

// cannotManage reports whether all that is in the way is that Usher cannot act there.
func cannotManage(d rules.Decision) bool { return settledBy(d) == rules.CodeCannotManage }

// settledBy is the last reason's code; empty when there is none.
func settledBy(d rules.Decision) rules.Code {
	if len(d.Reasons) == 0 {
		return ""
	}
	return d.Reasons[len(d.Reasons)-1].Code
}
