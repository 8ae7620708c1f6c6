package demo

import "slices"

// The guided minute's cast, by id in workspace.yaml.
const (
	alice   = "U0ALICE"
	bob     = "U0BOB"
	ivan    = "U0IVAN"
	mallory = "U0MALLORY"
)

// guide is the first minute: what to do next, and what is done already, read
// from the workspace itself. It is empty in a workspace without its cast.
func (s scene) guide(b Behind) []guideStep {
	forecast, ok := s.find("finance-forecast")
	for _, id := range []string{alice, bob, ivan, mallory} {
		if _, known := s.team.Users[id]; !known {
			ok = false
		}
	}
	if !ok {
		return nil
	}
	told := func(who string) bool {
		return slices.ContainsFunc(s.team.Messages, func(m message) bool {
			return m.private() && slices.Contains(m.To, who) && m.User == s.bot
		})
	}
	added := slices.ContainsFunc(b.Decisions, func(d Decided) bool { return d.User == mallory && d.Channel == forecast.ID })
	out := added && !forecast.has(mallory)
	bobIn := forecast.has(bob)
	incident, opened := s.find("inc-42-db")
	steps := []guideStep{
		{Text: "Become mallory, who is not in finance.", Label: "Be mallory", Link: "/in/" + s.teamID + "/" + mallory + "/dm",
			Done: s.me.ID == mallory || added},
		{Text: "Let alice add mallory to #finance-forecast, where she may not be.", Label: "Alice adds mallory", Done: added || forecast.has(mallory),
			Vals: vals(map[string]string{"do": "invite", "as": alice, "channel": forecast.ID, "users": mallory})},
		{Text: "Watch: mallory is out again, and both were told why in private.", Done: out && told(mallory)},
		{Text: "Become bob of finance, whose Home says where he may go.", Label: "Be bob", Link: "/in/" + s.teamID + "/" + bob + "/home",
			Done: bobIn || out && s.me.ID == bob && s.place == "home"},
		{Text: "Press Join beside #finance-forecast. Nobody has to approve.", Done: bobIn},
		{Text: "Let ivan open a channel for an incident: it furnishes itself.", Label: "Ivan opens #inc-42-db", Done: opened && incident.Topic != "",
			Vals: vals(map[string]string{"do": "create_channel", "as": ivan, "name": "inc-42-db"})},
	}
	for i := range steps {
		if !steps[i].Done {
			steps[i].Now = true
			break
		}
	}
	return steps
}

func (s scene) find(name string) (channel, bool) {
	for _, c := range s.team.Channels {
		if c.Name == name && !c.Archived {
			return c, true
		}
	}
	return channel{}, false
}
