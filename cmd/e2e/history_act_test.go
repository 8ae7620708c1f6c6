package e2e

import (
	"fmt"
	"slices"
	"strings"

	"usher/bot/slacksim"
)

// deeds are what people do at random, each as often as its weight says.
var deeds = []struct {
	weight int
	act    func(*history, string) slacksim.Act
}{
	{10, func(h *history, team string) slacksim.Act { // somebody brings somebody
		c := h.room(team)
		return slacksim.Act{As: h.within(team, c), Do: "invite", Channel: c, Users: slacksim.Names{h.anybody()}}
	}},
	{6, func(h *history, team string) slacksim.Act {
		return slacksim.Act{As: h.anybody(), Do: "join", Channel: h.room(team)}
	}},
	{3, func(h *history, team string) slacksim.Act {
		c := h.room(team)
		return slacksim.Act{As: h.within(team, c), Do: "leave", Channel: c}
	}},
	{8, func(h *history, team string) slacksim.Act { // belonging changes
		c := h.master(team)
		return slacksim.Act{As: h.within(team, c), Do: "invite", Channel: c, Users: slacksim.Names{h.anybody()}}
	}},
	{8, func(h *history, team string) slacksim.Act {
		c := h.master(team)
		return slacksim.Act{As: h.within(team, c), Do: "leave", Channel: c}
	}},
	{5, func(h *history, _ string) slacksim.Act {
		members := slacksim.Names(some(h.r, regulars, h.r.IntN(6)))
		return slacksim.Act{As: owner, Do: "set_usergroup", Usergroup: pick(h.r, groups...), Members: &members}
	}},
	{2, func(h *history, _ string) slacksim.Act { // by hand, though a rule keeps it
		members := slacksim.Names(some(h.r, regulars, 1+h.r.IntN(4)))
		return slacksim.Act{As: owner, Do: "set_usergroup", Usergroup: governed, Members: &members}
	}},
	{1, func(h *history, _ string) slacksim.Act {
		return slacksim.Act{As: owner, Do: "disable_usergroup", Usergroup: pick(h.r, groups...)}
	}},
	{4, func(h *history, _ string) slacksim.Act {
		title := pick(h.r, titles[0], titles[1], "")
		return slacksim.Act{As: owner, Do: "set_profile", User: pick(h.r, regulars...), Title: &title}
	}},
	{2, func(h *history, _ string) slacksim.Act {
		return slacksim.Act{As: owner, Do: "set_role", User: pick(h.r, regulars...), Role: pick(h.r, "member", "admin", "multi")}
	}},
	{2, func(h *history, _ string) slacksim.Act {
		return slacksim.Act{As: owner, Do: pick(h.r, "deactivate", "reactivate"), User: pick(h.r, append(regulars, "old")...)}
	}},
	{1, func(h *history, _ string) slacksim.Act {
		h.newcomers++
		email := fmt.Sprintf("new%d@acme.test", h.newcomers)
		return slacksim.Act{As: owner, Do: "add_user", User: fmt.Sprintf("new%d", h.newcomers), Email: &email}
	}},
	{4, func(h *history, _ string) slacksim.Act {
		h.rooms++
		return slacksim.Act{As: pick(h.r, regulars...), Do: "create_channel", Name: fmt.Sprintf("%s%d", pick(h.r, namespace...), h.rooms), Private: h.r.IntN(2) == 0}
	}},
	{3, func(h *history, _ string) slacksim.Act { // for which there is a reaction
		h.rooms++
		return slacksim.Act{As: pick(h.r, regulars...), Do: "create_channel", Name: fmt.Sprintf("team-%d", h.rooms)}
	}},
	{3, func(h *history, team string) slacksim.Act {
		h.rooms++
		return slacksim.Act{As: owner, Do: "rename", Channel: h.room(team), Name: fmt.Sprintf("%s%d", pick(h.r, namespace...), h.rooms)}
	}},
	{1, func(h *history, team string) slacksim.Act { // a master under another name, and perhaps another under its own
		h.rooms++
		return slacksim.Act{As: owner, Do: "rename", Channel: h.master(team), Name: fmt.Sprintf("department-%d", h.rooms)}
	}},
	{1, func(h *history, _ string) slacksim.Act {
		return slacksim.Act{As: "mallory", Do: "create_channel", Name: pick(h.r, masters...)}
	}},
	{2, func(h *history, team string) slacksim.Act {
		return slacksim.Act{As: owner, Do: pick(h.r, "archive", "unarchive", "convert_private", "convert_public", "delete_channel"), Channel: h.room(team)}
	}},
	{1, func(h *history, team string) slacksim.Act {
		return slacksim.Act{As: owner, Do: pick(h.r, "archive", "unarchive"), Channel: h.master(team)}
	}},
	{2, func(h *history, team string) slacksim.Act { // Usher is shown out, and in
		c := pick(h.r, h.room(team), h.master(team))
		return slacksim.Act{As: h.within(team, c), Do: pick(h.r, "kick", "invite", "invite"), Channel: c, Users: slacksim.Names{"usher"}}
	}},
	{4, func(h *history, team string) slacksim.Act {
		verb, room, who := pick(h.r, "join", "leave", "who", "why"), h.room(team), h.anybody()
		if w := h.slack.State().Workspaces[team]; verb == "leave" { // then Usher may take them out
			h.leaving[seat{team, room, userNamed(w, who)}] = true
		}
		return slacksim.Act{As: who, Do: "slash", Command: "/usher", Text: verb + " #" + h.channelName(team, room), Wait: "0s"}
	}},
	{2, func(h *history, _ string) slacksim.Act {
		return slacksim.Act{As: h.anybody(), Do: "open_home", Wait: "0s"}
	}},
}

// act has somebody do something; that Slack refuses it is part of life.
func (h *history) act() {
	total := 0
	for _, d := range deeds {
		total += d.weight
	}
	n := h.r.IntN(total)
	for _, d := range deeds {
		if n -= d.weight; n < 0 {
			team := pick(h.r, h.teams...)
			a := d.act(h, team)
			a.Team = team
			answer := h.slack.Act(h.Context(), a)
			h.look()
			h.tally["deeds"]++
			if !answer.OK {
				h.tally["deeds refused"]++
				return
			}
			h.made(a, answer)
			h.note("%s: %s %s %s%s%s %v %s", team, a.As, a.Do, a.Channel, a.Usergroup, a.User, a.Users, a.Name+a.Role+a.Text)
			return
		}
	}
}

func (h *history) anybody() string {
	if h.r.IntN(8) == 0 {
		return pick(h.r, others...)
	}
	return pick(h.r, regulars...)
}

// within is somebody who is in a channel, most often, by name.
func (h *history) within(team, id string) string {
	w := h.slack.State().Workspaces[team]
	var names []string
	for _, m := range w.Channels[id].Members {
		if u := w.Users[m]; !u.Deleted && !u.IsBot {
			names = append(names, u.Name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 || h.r.IntN(8) == 0 {
		return owner
	}
	return pick(h.r, names...)
}

// room is a channel that is no master, by id.
func (h *history) room(team string) string {
	var ids []string
	for id, c := range h.slack.State().Workspaces[team].Channels {
		if !c.IsGeneral && !slices.Contains(h.masterIDs(team), id) {
			ids = append(ids, c.Name+" "+id)
		}
	}
	slices.Sort(ids)
	_, id, _ := strings.Cut(pick(h.r, ids...), " ")
	return id
}

func (h *history) masterIDs(team string) []string {
	var ids []string
	for _, name := range masters {
		ids = append(ids, h.bound[team][name])
	}
	return ids
}

func (h *history) master(team string) string { return pick(h.r, h.masterIDs(team)...) }

func (h *history) channelName(team, id string) string {
	return h.slack.State().Workspaces[team].Channels[id].Name
}

func userNamed(w slacksim.Workspace, name string) string {
	for id, u := range w.Users {
		if u.Name == name {
			return id
		}
	}
	return ""
}
