package demo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shown is how many messages a channel shows; older ones are left out.
const shown = 60

// scene draws one person's Slack: what they see, and nothing else.
type scene struct {
	teamID     string
	team       team
	me         account
	place      string
	command    string
	bot        string // Usher's user id
	complaints map[string]string
}

func (s scene) base() string { return "/in/" + s.teamID + "/" + s.me.ID }

func (s scene) link(place string) string { return s.base() + "/" + place }

func (s scene) page() page {
	p := page{
		Self: s.link(s.place), Act: s.base() + "/act", Me: s.person(s.me), Place: s.place,
		HomeLink: s.link("home"), DMLink: s.link("dm"), Command: s.command,
	}
	p.People = s.people()
	p.Mine, p.Others = s.rooms()
	p.DMs = len(s.direct())
	switch c, ok := s.team.Channels[s.place]; {
	case s.place == "home":
		p.Heading = "Home"
		if v, ok := s.team.Homes[s.me.ID]; ok && len(v.Blocks) > 0 {
			p.Home = &stage{Spot: s.spot("home", v.ID), Blocks: v.Blocks}
		}
	case s.place == "dm":
		p.Heading = "Messages"
		p.Messages = s.rows(s.direct())
	case ok && s.team.sees(s.me.ID, c):
		p.Heading = c.Name
		p.Channel = s.channel(c)
		p.CanPost = p.Channel.Inside && !c.Archived
		p.SlashIn = c.ID
		p.Messages = s.rows(s.inChannel(c))
	default:
		p.Heading = "Not here"
	}
	if p.SlashIn == "" && len(p.Mine) > 0 {
		p.SlashIn = strings.TrimPrefix(p.Mine[0].Link, s.base()+"/")
	}
	if stack := s.team.Modals[s.me.ID]; len(stack) > 0 {
		p.Modal = s.modal(stack[len(stack)-1])
	}
	return p
}

func (s scene) person(a account) person {
	return person{ID: a.ID, Name: a.called(), Note: a.sort(s.teamID), Here: a.ID == s.me.ID, Link: "/in/" + s.teamID + "/" + a.ID + "/" + cmp.Or(s.place, "home")}
}

// people are those one can be: everybody who could sit in front of Slack.
func (s scene) people() []person {
	var all []person
	for _, a := range s.team.Users {
		if !a.Bot && !a.Deleted {
			all = append(all, s.person(a))
		}
	}
	slices.SortFunc(all, func(a, b person) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (s scene) rooms() (mine, others []room) {
	for _, c := range s.team.Channels {
		r := room{Name: c.Name, Private: c.Private, Archived: c.Archived, Here: c.ID == s.place, Link: s.link(c.ID)}
		switch {
		case strings.HasPrefix(c.ID, "D"):
		case c.has(s.me.ID) && !c.Archived:
			mine = append(mine, r)
		case s.team.sees(s.me.ID, c):
			others = append(others, r)
		}
	}
	byName := func(a, b room) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(mine, byName)
	slices.SortFunc(others, byName)
	return mine, others
}

func (s scene) channel(c channel) *channelPage {
	p := &channelPage{
		ID: c.ID, Name: c.Name, Topic: c.Topic, Private: c.Private, Archived: c.Archived, Inside: c.has(s.me.ID),
		Pins: len(c.Pins), Bookmarks: c.Bookmarks,
		JoinVals:  vals(map[string]string{"do": "join", "channel": c.ID}),
		LeaveVals: vals(map[string]string{"do": "leave", "channel": c.ID}),
	}
	for _, a := range s.team.Users {
		who := s.person(a)
		switch {
		case c.has(a.ID):
			if p.Inside && a.ID != s.me.ID {
				who.Vals = vals(map[string]string{"do": "kick", "channel": c.ID, "users": a.ID})
			}
			p.Members = append(p.Members, who)
		case !a.Deleted:
			p.Addable = append(p.Addable, who)
		}
	}
	byName := func(a, b person) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(p.Members, byName)
	slices.SortFunc(p.Addable, byName)
	return p
}

// direct are the messages between the person and Usher, and what Usher showed
// only them, in any channel.
func (s scene) direct() []message {
	var out []message
	for _, m := range s.team.Messages {
		if m.private() && slices.Contains(m.To, s.me.ID) && !m.Deleted && (m.User == s.bot || m.User == s.me.ID) {
			out = append(out, m)
		}
	}
	return out
}

func (s scene) inChannel(c channel) []message {
	var out []message
	for _, m := range s.team.Messages {
		if m.Channel != c.ID || m.Deleted || m.private() && !slices.Contains(m.To, s.me.ID) {
			continue
		}
		out = append(out, m)
	}
	return out
}

func (s scene) rows(messages []message) []messageRow {
	messages = messages[max(0, len(messages)-shown):]
	rows := make([]messageRow, 0, len(messages))
	for _, m := range messages {
		from := s.team.Users[m.User]
		key := m.Channel + "-" + strings.ReplaceAll(m.TS, ".", "-")
		st := stage{Spot: s.spot("m"+key, ""), Blocks: m.Blocks}
		st.Spot.Channel, st.Spot.TS = m.Channel, m.TS
		rows = append(rows, messageRow{
			Key: key, From: cmp.Or(from.called(), "Usher"), Bot: from.Bot, At: clock(m.TS), Text: m.Text, Ephemeral: m.Ephemeral, Stage: st,
		})
	}
	return rows
}

func (s scene) modal(v view) *modalStage {
	m := &modalStage{stage: stage{Spot: s.spot("v", v.ID), Blocks: v.Blocks}, Close: "Close"}
	m.CloseVals = vals(map[string]string{"do": "close", "view_id": v.ID})
	for to, t := range map[*string]*text{&m.Title: v.Title, &m.Submit: v.Submit, &m.Close: v.Close} {
		if t != nil {
			*to = t.Text
		}
	}
	return m
}

func (s scene) spot(prefix, viewID string) spot {
	return spot{
		Act: s.base() + "/act", Base: s.base(), View: viewID, Prefix: prefix,
		complaints: s.complaints, offers: s.offers, names: named{s.team, s.me.ID},
	}
}

// offers are the people or channels that a select without options of its own holds.
func (s scene) offers(kind string) []option {
	var all []option
	if kind == "users" {
		for _, a := range s.team.Users {
			if !a.Deleted {
				all = append(all, option{Text: text{Type: "plain_text", Text: a.called()}, Value: a.ID})
			}
		}
	} else {
		for _, c := range s.team.Channels {
			public := kind == "channels" && c.Private
			if s.team.sees(s.me.ID, c) && !c.Archived && !public && !strings.HasPrefix(c.ID, "D") {
				all = append(all, option{Text: text{Type: "plain_text", Text: "#" + c.Name}, Value: c.ID})
			}
		}
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(a.Text.Text, b.Text.Text) })
	return all
}

// clock is the time of day in a message's timestamp.
func clock(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(n, 0).Format("15:04:05")
}
