package rules

import (
	"slices"
	"strings"

	"usher/rules/workspace"
)

// Managed is one channel that a cluster claims, as those who answer for it see it.
type Managed struct {
	Channel workspace.Channel
	Trouble []Reason // why Usher cannot act there; none: it can
}

// Channels are the channels that a cluster claims, by name.
func (p *Policy) Channels(w *workspace.Snapshot, name string) []Managed {
	var all []Managed
	for _, g := range p.governedChannels(w) {
		if !slices.ContainsFunc(g.clusters, func(c *cluster) bool { return c.Name == name && !c.aside }) {
			continue
		}
		c, _ := w.Channel(g.channel)
		all = append(all, Managed{Channel: c, Trouble: trouble(w, c, g.clusters)})
	}
	slices.SortFunc(all, func(a, b Managed) int {
		return strings.Compare(a.Channel.Name+"\x00"+string(a.Channel.ID), b.Channel.Name+"\x00"+string(b.Channel.ID))
	})
	return all
}

func trouble(w *workspace.Snapshot, c workspace.Channel, clusters []*cluster) []Reason {
	var all []Reason
	switch {
	case c.Archived:
		return []Reason{{Code: CodeArchived}}
	case c.General:
		return []Reason{{Code: CodeGeneral}}
	case !c.BotIn && c.Private:
		all = append(all, Reason{Code: CodeCannotManage, Subject: string(c.ID), Detail: "private"})
	case !c.BotIn:
		all = append(all, Reason{Code: CodeCannotManage, Subject: string(c.ID), Detail: "public"})
	case !w.Members(c.ID).Complete:
		all = append(all, Reason{Code: CodeRosterUnknown, Subject: string(c.ID)})
	}
	for _, cl := range clusters {
		if cl.aside {
			all = append(all, Reason{Code: CodeRuleAside, Cluster: cl.Name})
		}
	}
	return all
}

// Eligible is how many people are eligible for certain through a cluster, and
// what is not known about it.
func (p *Policy) Eligible(w *workspace.Snapshot, name string) (people int, doubts []Reason) {
	cl := p.find(name)
	if cl == nil {
		return 0, nil
	}
	r := (&survey{p: p, w: w, reaches: map[*cluster]*reach{}}).reach(cl)
	for u := range w.In(r.sure) {
		if isPerson(w, u) || u.Stub {
			people++
		}
	}
	return people, r.why
}

// Resolved reports whether every name in the policy stands for something; as
// long as not, Bind is worth asking again when channels, user groups or
// accounts come.
func (p *Policy) Resolved() bool {
	return !slices.ContainsFunc(p.sources(), func(s source) bool {
		switch s.kind {
		case FromUsers:
			return slices.ContainsFunc(s.people, func(named person) bool { return named.id == "" && !named.field() })
		case FromChannel, FromUsergroup:
			return s.id == ""
		case FromIDPGroup, FromWhere:
		}
		return false
	})
}

// IDPGroups are the identity provider's groups that the policy names anywhere,
// sorted.
func (p *Policy) IDPGroups() []workspace.IDPGroupID {
	var all []workspace.IDPGroupID
	for _, s := range p.sources() {
		if s.kind == FromIDPGroup {
			all = append(all, workspace.IDPGroupID(s.id))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sources are all lists of people that the policy takes anybody or any right from.
func (p *Policy) sources() []source {
	lists := [][]source{p.admins, p.protect.people}
	for _, c := range p.clusters {
		if c.Mode != ModeOff && !c.aside {
			lists = append(lists, c.members, c.except, c.owners)
		}
	}
	for i := range p.usergroups {
		g := &p.usergroups[i]
		lists = append(lists, g.members, g.except, g.owners)
	}
	for i := range p.reactions {
		lists = append(lists, p.reactions[i].sources())
	}
	if p.invites != nil {
		lists = append(lists, p.invites.approvers)
	}
	return slices.Concat(lists...)
}
