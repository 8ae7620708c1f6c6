package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usher/bot/slacksim"
)

// stints counts, for each seat, how often somebody may have had to be told that
// they are taken out: each time they came in, and each time they lost what let
// them be there.
func (h *history) stints() map[seat]int {
	comings, losses := map[seat]int{}, map[seat]int{}
	had := map[seat]bool{} // who was in at the moment before
	bad := map[seat]bool{} // who was in, and had to go
	for _, m := range h.times {
		now, gone := map[seat]bool{}, map[seat]bool{}
		for _, team := range h.teams {
			o := h.oracle(m.charter, team, m.state)
			for _, c := range o.Channels {
				under := o.enforced(c)
				for _, id := range c.Members {
					at := seat{team, c.ID, id}
					now[at] = true
					if !had[at] {
						comings[at]++
					}
					if gone[at] = under && o.of(c, id) == goes; gone[at] && !bad[at] && had[at] {
						losses[at]++
					}
				}
			}
		}
		had, bad = now, gone
	}
	heard := map[seat]int{}
	for _, e := range h.slack.Events(0) {
		var body struct {
			Event struct{ Channel, User string }
		}
		if e.Type == "member_joined_channel" && json.Unmarshal(e.Payload, &body) == nil {
			heard[seat{e.Team, body.Event.Channel, body.Event.User}]++
		}
	}
	all := losses
	for at, n := range comings {
		all[at] += max(n, heard[at])
	}
	return all
}

// person is somebody in a workspace.
type person struct{ team, user string }

// about finds whom a notice of a removal is about, for those who are told of
// somebody else's.
var about = regexp.MustCompile(`^(?:I am taking|I took|You added) <@([A-Z0-9]+)>`)

// notices checks what people were told of removals against those that happened.
func (h *history) notices(kicked map[seat]int) {
	may, was := map[person]int{}, map[person]int{}
	for at, n := range h.stints() {
		may[person{at.team, at.user}] += n
	}
	for at, n := range kicked {
		was[person{at.team, at.user}] += n
	}
	for _, c := range h.slack.Calls(0) { // Slack said that they were out, and then that they were in
		if c.Method == "conversations.kick" && c.Error == "not_in_channel" {
			may[person{c.Team, fmt.Sprint(c.Args["user"])}]++
		}
	}
	s := h.slack.State()
	for _, team := range h.teams {
		w := s.Workspaces[team]
		told, others := h.told(team, w)
		for id, u := range w.Users {
			p := person{team, id}
			if told[id] > may[p] {
				h.wrong("%s: %s (%s) was told %d times of being taken out, %d times would have been right", team, u.Name, id, told[id], may[p])
			}
			// Nobody can write to somebody of another workspace.
			if h.certain && !u.IsBot && u.TeamID == team && told[id] < was[p] {
				h.wrong("%s: %s (%s) was taken out %d times and told of it %d times", team, u.Name, id, was[p], told[id])
			}
		}
		for pair, n := range others {
			if most := may[person{team, pair[1]}]; n > most {
				h.wrong("%s: %s was told %d times of the removal of %s, %d times would have been right", team, pair[0], n, pair[1], most)
			}
		}
	}
}

// told counts the notices of removals by whom they went to, and those about
// others also by whom they are about.
func (h *history) told(team string, w slacksim.Workspace) (told map[string]int, others map[[2]string]int) {
	told, others = map[string]int{}, map[[2]string]int{}
	bot := userNamed(w, "usher")
	for _, m := range w.Messages {
		if m.User != bot || len(m.To) == 0 && strings.HasPrefix(m.Text, welcome) {
			continue
		}
		i := slices.IndexFunc(m.To, func(id string) bool { return id != bot })
		if i < 0 || len(m.To) > 2 {
			h.wrong("%s: not said privately, but to %v: %s", team, m.To, m.Text)
			continue
		}
		if strings.HasPrefix(m.Text, "You cannot stay in ") {
			h.tally["notices of removals"]++
			told[m.To[i]]++
		} else if found := about.FindStringSubmatch(m.Text); found != nil {
			h.tally["notices of others' removals"]++
			others[[2]string{m.To[i], found[1]}]++
		}
	}
	return told, others
}
