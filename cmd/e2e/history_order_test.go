package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim"
	"usher/bot/store"
	"usher/rules/workspace"
)

// order has the owner steer Usher: stop and let go on, and press whatever
// button Usher offers for what is held and for what was done.
func (h *history) order() {
	team := pick(h.r, h.teams...)
	switch h.r.IntN(6) {
	case 0:
		h.command(team, "pause to have a look")
		return
	case 1, 2:
		h.command(team, "resume")
		return
	}
	buttons := h.offered(team)
	if len(buttons) == 0 {
		h.slack.Act(h.Context(), slacksim.Act{Team: team, As: owner, Do: "open_home", Wait: "0s"})
		return
	}
	b := pick(h.r, buttons...)
	answer := h.slack.Act(h.Context(), slacksim.Act{Team: team, As: owner, Do: "click", ActionID: b.id, Value: b.value, BlockID: b.block, Channel: b.channel, TS: b.ts, ViewID: b.view, Wait: "0s"})
	if answer.OK {
		h.count("pressed "+b.id, team+" "+b.value)
	}
}

func (h *history) command(team, text string) {
	verb, _, _ := strings.Cut(text, " ")
	if h.slack.Act(h.Context(), slacksim.Act{Team: team, As: owner, Do: "slash", Command: "/usher", Text: text, Wait: "0s"}).OK {
		h.count("asked to "+verb, team)
	}
}

// offer is a button that Usher shows to the owner.
type offer struct{ id, value, block, channel, ts, view string }

// steers are the buttons that are pressed. A source that administrators vouch
// for is left out: what it then means is not the judge's to know.
var steers = []string{"held_release", "held_discard", "run_undo", "pause", "resume"}

func (h *history) offered(team string) []offer {
	w := h.slack.State().Workspaces[team]
	boss := userNamed(w, owner)
	var all []offer
	add := func(raw json.RawMessage, at offer) {
		var shown []struct {
			ID        string    `json:"block_id"`
			Elements  []pressed `json:"elements"`
			Accessory pressed   `json:"accessory"`
		}
		if json.Unmarshal(raw, &shown) != nil {
			return
		}
		for _, b := range shown {
			for _, e := range append(b.Elements, b.Accessory) {
				if slices.Contains(steers, e.ActionID) {
					at.id, at.value, at.block = e.ActionID, e.Value, b.ID
					all = append(all, at)
				}
			}
		}
	}
	for _, m := range w.Messages {
		if slices.Contains(m.To, boss) && !strings.Contains(m.Text, "The source") {
			add(m.Blocks, offer{channel: m.Channel, ts: m.TS})
		}
	}
	var home struct {
		ID     string          `json:"id"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(w.Homes[boss], &home) == nil {
		add(home.Blocks, offer{view: home.ID})
	}
	return all
}

type pressed struct {
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
}

// resume lets changes go on wherever they are stopped.
func (h *history) resume() {
	teams, err := h.kept("SELECT team, '' FROM pauses ORDER BY team")
	if err != nil {
		h.wrong("look for pauses: %v", err)
	}
	for _, row := range teams {
		h.command(row[0], "resume")
	}
}

// spared are those whom administrators leave where they are, or have yet to
// decide about, as the bot keeps it.
func (h *history) spared() (map[seat]bool, error) {
	rows, err := h.kept("SELECT team, name FROM notes WHERE kind = 'spared'")
	all := map[seat]bool{}
	for _, row := range rows {
		channel, user, _ := strings.Cut(row[1], " ")
		all[seat{row[0], channel, user}] = true
	}
	return all, err
}

// kept looks for two things in what the bot keeps.
func (h *history) kept(query string) (all [][2]string, err error) {
	db, err := sql.Open("sqlite", "file:"+h.disk.path()+"?_pragma=busy_timeout(20000)")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(h.Context(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row [2]string
		if err := rows.Scan(&row[0], &row[1]); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// underway is for how long a call that was begun before changes were stopped may
// still take effect.
func (h *history) underway() time.Duration {
	if h.slow {
		return 20 * time.Second
	}
	return time.Second
}

// changing are the calls that a pause stops.
var changing = []string{
	"conversations.kick", "conversations.invite", "conversations.join", "conversations.setTopic", "usergroups.users.update",
	"usergroups.create", "usergroups.enable", "usergroups.disable", "usergroups.update",
}

// pauses checks that nothing was changed while changes were stopped.
func (h *history) pauses(db *store.Store, team string) {
	rows, err := db.Audit(context.Background(), workspace.TeamID(team), store.Filter{})
	if err != nil {
		h.wrong("read the audit of %s: %v", team, err)
		return
	}
	var since time.Time
	check := func(until time.Time) {
		if since.IsZero() {
			return
		}
		h.tally["pauses"]++
		for _, c := range h.slack.Calls(0) {
			if c.Team == team && slices.Contains(changing, c.Method) && c.At.After(since.Add(h.underway())) && c.At.Before(until) {
				h.wrong("%s: %s at %s although changes had been stopped since %s: %v", team, c.Method, c.At.Sub(h.began), since.Sub(h.began), c.Args)
			}
		}
		since = time.Time{}
	}
	for _, r := range rows {
		switch r.Kind {
		case store.RecordPause:
			since = r.At
		case store.RecordResume:
			check(r.At)
		}
	}
	check(time.Now())
}

// welcomedIn checks that somebody who was invited by Usher could be in the
// channel lately, by anything that it may have known.
func (h *history) welcomedIn(at seat, when time.Time) bool {
	return h.ever(at, when, func(o *oracle, c slacksim.Channel) bool { return o.of(c, at.user) != goes })
}
