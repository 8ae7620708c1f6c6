package rules

import (
	"slices"
	"time"

	"usher/rules/workspace"
)

// Join is how eligible people come into a cluster's channels.
type Join string

// The ways to join. The zero value lets nobody in.
const (
	JoinSelf     Join = "self"     // at will
	JoinRequest  Join = "request"  // an owner approves
	JoinEveryone Join = "everyone" // invited automatically
	JoinClosed   Join = "closed"   // only added by somebody inside
)

// Others is what happens to somebody inside who is not eligible.
//
// Where several clusters claim a channel, being allowed is a union: whoever is
// eligible through one of them, or stands in a channel where one of them says
// OthersAllow, may be there. Once none of them allows it, the strictest demand
// counts, of the enforced clusters if there are any, else of the reporting
// ones; of two equally strict the one with the longer grace.
type Others string

// The treatments, from the mildest to the strictest.
const (
	OthersAllow  Others = "allow"
	OthersReport Others = "report"
	OthersWarn   Others = "warn"
	OthersRemove Others = "remove"
)

// Mode is how seriously a rule is taken.
type Mode string

// The modes. The zero value does nothing, like ModeOff.
const (
	ModeOff     Mode = "off"
	ModeReport  Mode = "report"  // decides and records, changes nothing
	ModeEnforce Mode = "enforce" // acts
)

// Cluster is a named rule as compiled: what may be told about it. Sources and
// patterns are in words, for people to read.
type Cluster struct {
	Name        string
	Description string
	Members     []string // channel finance-department, usergroup finance-leads, …
	Except      []string
	Channels    []string // patterns and ids as written
	ButNot      []string
	Join        Join
	Others      Others
	Grace       time.Duration // zero: none
	Owners      []string
	GrantFor    time.Duration // how long an exception lasts unless said
	GrantMax    time.Duration // and at most
	Native      bool
	Mode        Mode
}

// Policy is a compiled policy. It is immutable to its users and safe for
// concurrent use. Before Bind its names are not resolved, and whatever depends
// on them is Undetermined.
type Policy struct {
	workspace  workspace.TeamID
	contact    string
	admins     []source
	brakes     brakes
	protect    protection
	clusters   []*cluster
	usergroups []Usergroup
	reactions  []Reaction
	invites    *Invites
	hash       string
	sizes      Sizes
	bases      Bases
	spared     Spared
	index      *index
	memo       *memo
}

// Workspace is the one workspace the policy is about; empty: every workspace.
func (p *Policy) Workspace() workspace.TeamID { return p.workspace }

// Contact is whom people are told to ask, as written; may be empty.
func (p *Policy) Contact() string { return p.contact }

// Hash names what the policy says: equal for equal policies, wherever their
// lines stand. Binding does not change it.
func (p *Policy) Hash() string { return p.hash }

// Clusters are the clusters in the order of the policy, those that are off
// included, those set aside left out.
func (p *Policy) Clusters() []Cluster {
	var all []Cluster
	for _, c := range p.clusters {
		if !c.aside {
			all = append(all, c.Cluster)
		}
	}
	return all
}

// Cluster is the cluster of a name.
func (p *Policy) Cluster(name string) (Cluster, bool) {
	if c := p.find(name); c != nil {
		return c.Cluster, true
	}
	return Cluster{}, false
}

// Usergroups are the managed user groups in the order of the policy.
func (p *Policy) Usergroups() []Usergroup { return slices.Clone(p.usergroups) }

// Reactions are the reactions in the order of the policy.
func (p *Policy) Reactions() []Reaction { return slices.Clone(p.reactions) }

// Invites is who may bring people into the workspace; nil when the policy does not say.
func (p *Policy) Invites() *Invites { return p.invites }

func (p *Policy) find(name string) *cluster {
	for _, c := range p.clusters {
		if c.Name == name && !c.aside {
			return c
		}
	}
	return nil
}
