package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules/workspace"
)

// Admin is what administrators see besides.
type Admin struct {
	Clusters []Cluster // the first of them, as many as First says
	Of       int       // how many there are
	Troubles []Trouble
	Held     []Held // what waits for them
	Runs     []Run  // the last ones that removed somebody
	Paused   bool
}

// First says which of n rules the Home shows.
func First(n int) (from, to int) { return 0, min(n, mostClusters) }

// Cluster is one rule as administrators see it.
type Cluster struct {
	Name        string
	Description string
	Mode        string // off, report, enforce
	Join        string // self, request, everyone, closed
	Others      string // allow, report, warn, remove
	Channels    int
	Inside      int // memberships in its channels
}

// Trouble is a channel that a rule is about and that Usher cannot manage.
type Trouble struct {
	Channel workspace.ChannelID
	Name    string
	Private bool
	Why     string // plain text: who must change what
}

// Most lines of a sort on the Home; the rest is behind a button.
const (
	mostClusters = 15
	mostTroubles = 10
)

func (a Admin) blocks() []slack.Block {
	blocks := append(a.waiting(), divider(), header("Rules"))
	if len(a.Clusters) == 0 {
		blocks = append(blocks, section(noRules))
	}
	for _, c := range a.Clusters[:min(len(a.Clusters), mostClusters)] {
		line := row(c.line(), button(ActionCluster, c.Name, "Details"))
		blocks = append(blocks, line)
	}
	if a.Of > mostClusters {
		blocks = append(blocks, actions(button(ActionClusters, Place{}.Value(), fmt.Sprintf("All %d rules", a.Of))))
	}
	if len(a.Troubles) > 0 {
		blocks = append(blocks, divider(), header("Channels I cannot manage"))
		for _, t := range a.Troubles[:min(len(a.Troubles), mostTroubles)] {
			blocks = append(blocks, section(t.line()))
		}
		if len(a.Troubles) > mostTroubles {
			blocks = append(blocks, actions(button(ActionTroubles, Place{}.Value(), fmt.Sprintf("All %d channels", len(a.Troubles)))))
		}
	}
	return append(append(blocks, a.lately()...), divider(), a.steering())
}

const noRules = "There are no rules for channels yet: whoever runs me writes them into the policy."

func (c Cluster) line() string {
	text := fmt.Sprintf("*%s*  ·  %s", Escape(clip(c.Name, 80)), modeWords(c.Mode))
	if c.Description != "" {
		text += "\n" + Escape(clip(c.Description, 200))
	}
	text += fmt.Sprintf("\n%s, %s", count(c.Channels, "channel", "channels"), count(c.Inside, "member", "members"))
	return text
}

func modeWords(mode string) string {
	switch mode {
	case "enforce":
		return "enforced"
	case "report":
		return "report only: nothing is changed"
	}
	return "off"
}

func (t Trouble) line() string {
	return channelName(t.Channel, t.Name, t.Private) + "\n" + Escape(clip(t.Why, 500))
}

// ClusterDetail is one rule, whole.
type ClusterDetail struct {
	Cluster
	Place    Place // Words is the cluster's name
	Whom     Whom
	Eligible int           // how many people are, for certain
	Doubts   []string      // what is not known about that, plain text
	Rooms    []ClusterRoom // of the page shown
	Before   int           // channels on earlier pages
	After    int           // and on later ones
	Lately   []Event
	Troubles []Trouble
}

// ClusterRoom is one channel of a cluster.
type ClusterRoom struct {
	ID      workspace.ChannelID
	Name    string
	Private bool
	Members int // -1: not known
	Outside int // members who are not eligible
	Managed bool
}

// Event is one decision of the past.
type Event struct {
	At      time.Time
	User    workspace.UserID
	Channel string // its name
	What    string // plain text: removed, would be removed, told, …
}

// detailPage is how many channels a page of a cluster's modal lists.
const detailPage = 20

// Shown says which of n things, in their order, a page of a modal shows.
func (p Place) Shown(n int) (from, to int) {
	_, _, from, to = p.turn(n, detailPage)
	return from, to
}

// View is the modal.
func (d ClusterDetail) View() slack.ModalViewRequest {
	blocks := []slack.Block{section(d.line()), section(d.terms())}
	blocks = append(blocks, divider())
	all := d.Before + len(d.Rooms) + d.After
	page, pages, _, _ := d.Place.turn(all, detailPage)
	if all == 0 {
		blocks = append(blocks, section("No channel that I know of matches this rule."))
	}
	for _, r := range d.Rooms[:min(len(d.Rooms), detailPage)] {
		blocks = append(blocks, section(r.line()))
	}
	blocks = append(blocks, paging(ActionClusterPage, d.Name, page, pages)...)
	if len(d.Troubles) > 0 {
		blocks = append(blocks, divider(), section("*Channels I cannot manage*"))
		for _, t := range d.Troubles[:min(len(d.Troubles), mostTroubles)] {
			blocks = append(blocks, section(t.line()))
		}
	}
	blocks = append(blocks, divider(), section("*Last decisions*"))
	if len(d.Lately) == 0 {
		blocks = append(blocks, context("None yet."))
	}
	for _, e := range d.Lately[:min(len(d.Lately), 10)] {
		blocks = append(blocks, context(e.line()))
	}
	return modal("Rule", blocks)
}

func (d ClusterDetail) terms() string {
	join := map[string]string{
		"self":     "whoever is eligible may let themselves in",
		"request":  "an owner lets people in",
		"everyone": "whoever is eligible is invited by me",
		"closed":   "nobody lets themselves in",
	}[d.Join]
	others := map[string]string{
		"allow":  "are left alone",
		"report": "are only reported",
		"warn":   "are told",
		"remove": "are told and removed",
	}[d.Others]
	lines := []string{
		"*Eligible:* " + count(d.Eligible, "person", "people"),
		"*Joining:* " + join,
		"*Others inside* " + others,
		"*Questions:* " + strings.TrimPrefix(d.Whom.String(), "in "),
	}
	return strings.Join(append(lines, bullets(d.Doubts)...), "\n")
}

func (r ClusterRoom) line() string {
	text := channelName(r.ID, r.Name, r.Private)
	switch {
	case !r.Managed:
		text += "  ·  I am not in it"
	case r.Members < 0:
		text += "  ·  being read"
	default:
		text += "  ·  " + count(r.Members, "member", "members")
	}
	if r.Outside > 0 {
		text += fmt.Sprintf(", %d not eligible", r.Outside)
	}
	return text
}

func (e Event) line() string {
	return fmt.Sprintf("%s  %s  *#%s*  %s", Date(e.At), UserMention(e.User), Escape(clip(e.Channel, 80)), Escape(clip(e.What, 200)))
}

// AllClusters is a page of all n rules in a modal.
func AllClusters(some []Cluster, n int, p Place) slack.ModalViewRequest {
	page, pages, _, _ := p.turn(n, detailPage)
	var blocks []slack.Block
	for _, c := range some[:min(len(some), detailPage)] {
		blocks = append(blocks, row(c.line(), button(ActionCluster, c.Name, "Details")))
	}
	if len(blocks) == 0 {
		blocks = append(blocks, section(noRules))
	}
	return modal("Rules", append(blocks, paging(ActionClusters, "", page, pages)...))
}

// AllTroubles is every channel that cannot be managed, in a modal.
func AllTroubles(troubles []Trouble, p Place) slack.ModalViewRequest {
	page, pages, from, to := p.turn(len(troubles), detailPage)
	var blocks []slack.Block
	for _, t := range troubles[from:to] {
		blocks = append(blocks, section(t.line()))
	}
	if len(blocks) == 0 {
		blocks = append(blocks, section("There is nothing here any more: I can manage every channel that my rules are about."))
	}
	return modal("Not managed", append(blocks, paging(ActionTroubles, "", page, pages)...))
}
