package view

import (
	"fmt"

	"github.com/slack-go/slack"
)

// Owned is what somebody answers for who is no administrator.
type Owned struct {
	Clusters []Cluster // the first of them, as many as FirstOwned says
	Of       int       // how many there are
	Groups   []GroupRow
}

// MostOwned is how many rules, and how many user groups, the Home shows of those
// that somebody answers for; the rest is behind a button.
const MostOwned = 8

// FirstOwned says which of n rules the Home shows.
func FirstOwned(n int) (from, to int) { return 0, min(n, MostOwned) }

func (o Owned) blocks() []slack.Block {
	if len(o.Clusters)+len(o.Groups) == 0 {
		return nil
	}
	blocks := []slack.Block{divider(), header("You answer for")}
	for _, c := range o.Clusters[:min(len(o.Clusters), MostOwned)] {
		blocks = append(blocks, row(c.line(), button(ActionCluster, c.Name, "Details")))
	}
	if o.Of > MostOwned {
		blocks = append(blocks, actions(button(ActionClusters, Place{}.Value(), fmt.Sprintf("All %d rules", o.Of))))
	}
	for _, g := range o.Groups[:min(len(o.Groups), MostOwned)] {
		blocks = append(blocks, row(g.line()+"\n"+g.figures(), button(ActionGroup, string(g.ID), "Details")))
	}
	if more := len(o.Groups) - MostOwned; more > 0 {
		blocks = append(blocks, actions(button(ActionGroups+":owned", Place{}.Value(), fmt.Sprintf("%d more groups", more))))
	}
	return blocks
}
