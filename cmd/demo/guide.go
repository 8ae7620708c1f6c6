package demo

import (
	"encoding/json"
	"slices"
	"strings"
)

// The guided minute's cast, by id in workspace.yaml.
const (
	alice   = "U0ALICE"
	bob     = "U0BOB"
	ivan    = "U0IVAN"
	mallory = "U0MALLORY"
)

// guide is the first minute: what to do, and what is done already.
type guide struct {
	Steps []guideStep
	Next  []nextThing // for afterwards
}

type guideStep struct {
	id, Text, Label, Link, Vals string
	Done, Now                   bool
}

type nextThing struct{ Text, Link string }

// Over reports whether every step is done.
func (g guide) Over() bool { return g.Number() > len(g.Steps) }

// Number is the number of the step to do next.
func (g guide) Number() int {
	for i, s := range g.Steps {
		if !s.Done {
			return i + 1
		}
	}
	return len(g.Steps) + 1
}

// guide reads from the workspace itself how far the first minute is. It is nil
// in a workspace without its cast.
func (s scene) guide(b Behind) *guide {
	forecast, ok := s.find("finance-forecast")
	for _, id := range []string{alice, bob, ivan, mallory} {
		if _, known := s.team.Users[id]; !known {
			ok = false
		}
	}
	if !ok {
		return nil
	}
	to := func(who, place string) string { return "/in/" + s.teamID + "/" + who + "/" + place }
	at := func(who, place string) bool { return s.me.ID == who && s.place == place }
	added := slices.ContainsFunc(b.Decisions, func(d Decided) bool { return d.User == mallory && d.Channel == forecast.ID })
	out := added && !forecast.has(mallory) && s.told(mallory, forecast)
	told := out && s.told(alice, forecast)
	bobIn := forecast.has(bob)
	incident, opened := s.find("inc-42-db")
	furnished := opened && incident.Topic != "" && len(incident.Bookmarks) > 0
	g := &guide{Steps: []guideStep{
		{id: "mallory", Text: "Become mallory, who is not in finance.", Label: "Be mallory", Link: to(mallory, "dm"), Done: s.me.ID == mallory || added},
		{
			id: "add", Text: "Let alice add mallory to #finance-forecast, where she may not be.", Label: "Alice adds mallory", Done: added || forecast.has(mallory),
			Vals: vals(map[string]string{"do": "invite", "as": alice, "channel": forecast.ID, "users": mallory}),
		},
		{id: "out", Text: "Watch: mallory is out again and reads why, in private.", Done: out},
		{id: "alice", Text: "Become alice, who reads why it did not last.", Label: "Be alice", Link: to(alice, "dm"), Done: told && at(alice, "dm")},
		{id: "bob", Text: "Become bob of finance, whose Home says where he may go.", Label: "Be bob", Link: to(bob, "home"), Done: bobIn || told && at(bob, "home")},
		{id: "join", Text: "Press Join beside #finance-forecast. Nobody has to approve.", Done: bobIn},
		{
			id: "open", Text: "Let ivan open a channel for an incident: it furnishes itself.", Label: "Ivan opens #inc-42-db", Done: furnished,
			Vals: vals(map[string]string{"do": "create_channel", "as": ivan, "name": "inc-42-db"}),
		},
		{id: "look", Text: "Look at it as ivan: topic, people, pin, bookmark.", Label: "Be ivan", Link: to(ivan, incident.ID), Done: furnished && at(ivan, incident.ID)},
	}, Next: []nextThing{
		{"as ivan, create a channel called random-name and press Rename in Messages", to(ivan, "dm")},
		{"as alice, read the rules, pause everything, resume", to(alice, "home")},
		{"as frank, type /usher why #sales-forecast", to("U0FRANK", "dm")},
	}}
	return g
}

// told reports whether Usher told somebody something about a channel in private.
func (s scene) told(who string, about channel) bool {
	return slices.ContainsFunc(s.team.Messages, func(m message) bool {
		if !m.private() || !slices.Contains(m.To, who) || m.User != s.bot {
			return false
		}
		blocks, err := json.Marshal(m.Blocks)
		said := m.Text + string(blocks)
		return err == nil && (strings.Contains(said, about.Name) || strings.Contains(said, about.ID))
	})
}

func (s scene) find(name string) (channel, bool) {
	for _, c := range s.team.Channels {
		if c.Name == name && !c.Archived {
			return c, true
		}
	}
	return channel{}, false
}

// tick marks what is done. What was done once stays done, whoever one becomes.
func (g *guide) tick(before map[string]bool) {
	for i := range g.Steps {
		step := &g.Steps[i]
		if step.Done {
			before[step.id] = true
		}
		step.Done = before[step.id]
	}
	if n := g.Number(); n <= len(g.Steps) {
		g.Steps[n-1].Now = true
	}
}
