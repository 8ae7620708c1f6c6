package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// seat is somebody in a channel.
type seat struct{ team, channel, user string }

// moment is what was true from a time on.
type moment struct {
	at      time.Time
	charter *charter
	state   slacksim.State
}

// lookEvery is how close together two looks at the truth are at most.
const lookEvery = 100 * time.Millisecond

// watch looks at the truth whenever Slack changes, until it is closed.
func (h *history) watch() {
	var version uint64
	for {
		select {
		case <-h.slack.Changed(version):
		case <-h.x.closed:
			return
		}
		version = h.slack.Version()
		h.look()
		select {
		case <-time.After(lookEvery):
		case <-h.x.closed:
			return
		}
	}
}

func (h *history) oracle(c *charter, team string, s slacksim.State) *oracle {
	o := &oracle{charter: c, team: team, Workspace: s.Workspaces[team], bound: h.bound[team]}
	o.bot = o.named("usher")
	return o
}

// look remembers how everything is now.
func (h *history) look() {
	s := h.slack.State()
	for team, w := range s.Workspaces { // what is not asked about later
		w.Messages, w.Homes, w.Modals = nil, nil, nil
		s.Workspaces[team] = w
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times = append(h.times, moment{time.Now(), h.charter, s})
}

// settled is how long everything may take to be as it should be once nothing
// goes wrong any more: the next comparison at the latest.
const settled = 150 * time.Minute

// settle ends all faults and waits until nothing is left to be done.
func (h *history) settle() {
	if err := h.slack.Fault(slacksim.Fault{Clear: true}); err != nil {
		h.wrong("end the faults: %v", err)
	}
	h.line.mu.Lock()
	h.line.last = 0
	h.line.mu.Unlock()
	h.note("everything is mended")
	began := time.Now()
	left := []string{""}
	for len(left) > 0 && time.Since(began) < settled {
		h.rest(time.Minute)
		h.resume()
		left = h.left()
	}
	for _, what := range left {
		h.wrong("not within %s: %s", settled, what)
	}
	for _, limit := range []time.Duration{2 * time.Minute, 10 * time.Minute, 30 * time.Minute, 65 * time.Minute, settled} {
		if time.Since(began) <= limit {
			h.tally["settled within "+limit.String()]++
			break
		}
	}
	h.rest(10 * time.Minute)
}

// left is what is not as it should be.
func (h *history) left() []string {
	var all []string
	s := h.slack.State()
	spared, err := h.spared()
	if err != nil {
		return []string{err.Error()}
	}
	for _, team := range h.teams {
		o := h.oracle(h.charter, team, s)
		plan, err := h.bot.Plan(h.Context(), workspace.TeamID(team))
		if err != nil {
			return []string{err.Error()}
		}
		for _, a := range plan.Actions {
			all = append(all, team+": the plan still wants to "+a.String())
		}
		for _, r := range plan.Refresh {
			all = append(all, team+": the plan still wants to "+r.String())
		}
		held := map[string]bool{}
		for _, b := range plan.Held {
			held[string(b.Channel)], held[string(b.Usergroup)] = true, true
			for _, rule := range b.Clusters { // a source that shrank holds whatever hangs on it
				held[rule] = held[rule] || b.Source != ""
			}
			if h.charter.loose && b.Kind != "empty_source" {
				all = append(all, fmt.Sprintf("%s: held by %s although the brakes are loose", team, b.Kind))
			}
		}
		for _, c := range o.Channels {
			waits := slices.ContainsFunc(o.governing(c), func(r *rule) bool { return held[r.name] })
			if !slices.Contains(c.Members, o.bot) && c.IsPrivate || held[c.ID] || waits {
				continue
			}
			for _, id := range c.Members {
				if o.of(c, id) == goes && !o.last(c, id) && !spared[seat{team, c.ID, id}] {
					all = append(all, fmt.Sprintf("%s: %s is still in %s %s", team, o.Users[id].Name, c.Name, c.ID))
				}
			}
			for _, id := range o.invited(c) {
				if !slices.Contains(c.Members, id) {
					all = append(all, fmt.Sprintf("%s: %s is still not in %s %s", team, o.Users[id].Name, c.Name, c.ID))
				}
			}
		}
		all = append(all, o.listed(held, h.tally)...)
		_, actions, err := h.bot.Lately(h.Context(), workspace.TeamID(team), 100)
		if err != nil {
			return []string{err.Error()}
		}
		for _, a := range actions {
			if a.Settled.IsZero() && a.Kind != action.KindRecheck {
				all = append(all, fmt.Sprintf("%s: waits since %s: %s", team, a.Due.Sub(h.began), a.Action))
			}
		}
	}
	return all
}

// unheard is for how long the bot may not know of something: what Slack sends
// again, or a reading finds after that.
const unheard = 20 * time.Minute

// judge looks back at everything that was done.
func (h *history) judge() {
	s := h.slack.State()
	kicked := map[seat]int{}
	for _, c := range h.slack.Calls(0) {
		h.foreign(s, c)
		h.guests(s, c)
		if c.Method != "conversations.kick" || !c.OK {
			continue
		}
		at := seat{c.Team, fmt.Sprint(c.Args["channel"]), fmt.Sprint(c.Args["user"])}
		h.tally["removals"]++
		if !h.leaving[at] {
			kicked[at]++
		}
		if at.user == h.oracle(h.charter, c.Team, s).bot {
			h.wrong("%s: Usher removed itself from %s", c.Team, at.channel)
		}
		if !h.leaving[at] && h.rushed(at, c.At) {
			h.wrong("%s: %s was removed from %s at %s although their time there was not over", at.team, at.user, at.channel, c.At.Sub(h.began))
		}
		if h.emptied(at, c.At) {
			h.wrong("%s: %s was the last one in %s and was removed at %s", at.team, at.user, at.channel, c.At.Sub(h.began))
		}
		if !h.leaving[at] && !h.went(at, c.At) {
			h.wrong("%s: %s (%s) was removed from %s (%s) at %s and had been allowed there for %s", at.team, s.Workspaces[at.team].Users[at.user].Name, at.user,
				at.channel, s.Workspaces[at.team].Channels[at.channel].Name, c.At.Sub(h.began), unheard)
		}
	}
	h.notices(kicked)
	h.welcomed(s)
}

// went reports whether somebody had to go not long before, by anything that the
// bot may have known then.
func (h *history) went(at seat, when time.Time) bool {
	return h.ever(at, when, func(o *oracle, c slacksim.Channel) bool { return o.of(c, at.user) == goes })
}

// ever reports whether something was so not long before: what people were and
// what the policy said do not reach the bot at the same time.
func (h *history) ever(at seat, when time.Time, so func(*oracle, slacksim.Channel) bool) bool {
	from := when.Add(-unheard)
	var recent []moment
	for i, m := range h.times {
		over := i+1 < len(h.times) && h.times[i+1].at.Before(from)
		if !over && !m.at.After(when) {
			recent = append(recent, m)
		}
	}
	charters := map[*charter]bool{}
	var newest slacksim.Channel // it may be younger than what the bot knew of everything else
	for _, m := range recent {
		charters[m.charter] = true
		if c, ok := m.state.Workspaces[at.team].Channels[at.channel]; ok {
			newest = c
		}
	}
	for c := range charters {
		for _, m := range recent {
			o := h.oracle(c, at.team, m.state)
			in, ok := o.Channels[at.channel]
			if !ok {
				in = newest
			}
			if so(o, in) {
				return true
			}
		}
	}
	return false
}

// emptied reports whether a removal took the last person out of a private
// channel, who had been the last one for as long as it takes to know that.
func (h *history) emptied(at seat, when time.Time) (last bool) {
	for _, m := range slices.Backward(h.times) {
		if m.at.After(when) {
			continue
		}
		o := h.oracle(m.charter, at.team, m.state)
		if c, ok := o.Channels[at.channel]; ok && slices.Contains(c.Members, at.user) {
			if last = o.last(c, at.user); !last {
				return false
			}
		}
		if m.at.Before(when.Add(-unheard)) {
			break
		}
	}
	return last
}

// guests checks that whoever Usher brought in could be there.
func (h *history) guests(s slacksim.State, c slacksim.Call) {
	if c.Method != "conversations.invite" || !c.OK {
		return
	}
	for _, user := range strings.Split(fmt.Sprint(c.Args["users"]), ",") {
		h.tally["invitations"]++
		if at := (seat{c.Team, fmt.Sprint(c.Args["channel"]), user}); !h.welcomedIn(at, c.At) {
			h.wrong("%s: %s (%s) was invited to %s (%s) at %s and could not have been there for %s", at.team, s.Workspaces[at.team].Users[user].Name, user,
				at.channel, s.Workspaces[at.team].Channels[at.channel].Name, c.At.Sub(h.began), unheard)
		}
	}
}

// foreign checks that a call names nothing of another workspace.
func (h *history) foreign(s slacksim.State, c slacksim.Call) {
	for team, w := range s.Workspaces {
		if team == c.Team || c.Team == "" {
			continue
		}
		for _, arg := range []string{"channel", "user", "users", "user_id", "usergroup"} {
			for _, id := range strings.Split(fmt.Sprint(c.Args[arg]), ",") {
				_, channel := w.Channels[id]
				_, user := w.Users[id]
				_, group := w.Usergroups[id]
				if channel || user || group {
					h.wrong("%s: %s was called about %s, which is %s's", c.Team, c.Method, id, team)
				}
			}
		}
	}
}

// verify checks the audit once the bot has ended.
func (h *history) verify() {
	db, err := store.Open(context.Background(), h.disk.url(), time.Now)
	if err != nil {
		h.wrong("open the database: %v", err)
		return
	}
	defer db.Close()
	for _, team := range h.teams {
		rows, err := db.Verify(context.Background(), workspace.TeamID(team))
		if err != nil {
			h.wrong("the audit of %s does not verify: %v", team, err)
		}
		h.tally["audit rows verified"] += int(rows)
		h.pauses(db, team)
	}
}
