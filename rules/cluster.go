package rules

import (
	"slices"
	"strconv"
	"time"

	"usher/rules/workspace"
)

// cluster is a Cluster with what its words stand for.
type cluster struct {
	Cluster
	members, except, owners []source
	claims                  claims
	// aside: the rule is broken. It lets nobody in, but whoever is in what it
	// claims may be there by what it was meant to say, so nobody is removed.
	aside bool
	at    Place
}

// enforced reports whether the cluster acts.
func (c *cluster) enforced() bool { return c.Mode == ModeEnforce && !c.aside }

// feeds reports whether a channel is one of the cluster's sources: a master is
// never governed by the cluster it feeds, nor by one that it takes people out of.
func (c *cluster) feeds(id workspace.ChannelID) bool {
	for _, sources := range [2][]source{c.members, c.except} {
		for i := range sources {
			if sources[i].kind == FromChannel && sources[i].id == string(id) {
				return true
			}
		}
	}
	return false
}

// strictness orders treatments; unknown ones are mild.
func (o Others) strictness() int {
	switch o {
	case OthersRemove:
		return 3
	case OthersWarn:
		return 2
	case OthersReport:
		return 1
	case OthersAllow:
	}
	return 0
}

// treatment is the cluster whose `others` counts for somebody whom none of the
// clusters lets in; allow is true when one of them lets others be there.
func treatment(clusters []*cluster) (by *cluster, allow bool) {
	for _, c := range clusters {
		switch {
		case c.aside:
			continue
		case c.Others == OthersAllow:
			return c, true
		case by == nil, stricter(c, by):
			by = c
		}
	}
	return by, false
}

func stricter(c, than *cluster) bool {
	if c.enforced() != than.enforced() {
		return c.enforced()
	}
	if a, b := c.Others.strictness(), than.Others.strictness(); a != b {
		return a > b
	}
	return c.Grace > than.Grace
}

// Governing are the clusters that claim a channel, those that are enforced
// first, else in the order of the policy. Clusters that are off are left out, and so is a cluster for its own masters.
func (p *Policy) Governing(c workspace.Channel) []Cluster {
	var all []Cluster
	for _, cl := range p.governing(c) {
		if !cl.aside {
			all = append(all, cl.Cluster)
		}
	}
	return all
}

func (p *Policy) governing(c workspace.Channel) []*cluster {
	claimed := p.index.claiming(c)
	if len(claimed) == 0 {
		return nil
	}
	all := make([]*cluster, 0, len(claimed))
	for _, i := range claimed {
		if cl := p.clusters[i]; !cl.feeds(c.ID) {
			all = append(all, cl)
		}
	}
	slices.SortStableFunc(all, func(a, b *cluster) int {
		switch {
		case a.enforced() == b.enforced():
			return 0
		case a.enforced():
			return -1
		}
		return 1
	})
	return all
}

// FedBy are the names of the clusters that take people from a channel, user
// group or IdP group, or take them out by it, in the order of the policy. The
// id of FromUsers and FromWhere is empty: the clusters that name people, and
// those that look at profiles.
func (p *Policy) FedBy(kind SourceKind, id string) []string {
	var names []string
	for _, c := range p.clusters {
		if c.aside || c.Mode == ModeOff {
			continue
		}
		if uses(c.members, kind, id) || uses(c.except, kind, id) {
			names = append(names, c.Name)
		}
	}
	return names
}

func uses(sources []source, kind SourceKind, id string) bool {
	for i := range sources {
		if sources[i].kind == kind && sources[i].id == id {
			return true
		}
	}
	return false
}

// hours is d for people: 24h, 3d.
func hours(d time.Duration) string {
	if d >= 2*Days && d%Days == 0 {
		return strconv.Itoa(int(d/Days)) + " days"
	}
	if d%time.Hour == 0 {
		if d == time.Hour {
			return "one hour"
		}
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	}
	return d.String()
}
