package demo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/handlers/command"
)

// shown is how many messages a channel shows; older ones are left out.
const shown = 60

// scene draws one person's Slack: what they see, and nothing else.
type scene struct {
	all        world
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
		Act: s.base() + "/act", Me: s.person(s.me), Place: s.place, MayCreate: !s.me.guest(),
		HomeLink: s.link("home"), DMLink: s.link("dm"), Command: s.command, Hints: s.hints(),
	}
	p.Mine, p.Others = s.rooms()
	switch c, ok := s.team.Channels[s.place]; {
	case s.place == "home":
		p.Heading = "Home"
		if v, ok := s.team.Homes[s.me.ID]; ok && len(v.Blocks) > 0 {
			p.Home = &stage{Spot: s.spot("home", v.ID), Blocks: v.chosen()}
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
	if stack := s.team.Modals[s.me.ID]; len(stack) > 0 {
		p.Modal = s.modal(stack[len(stack)-1])
	}
	return p
}

func (s scene) person(a account) person {
	return person{ID: a.ID, Name: a.called(), Title: a.Title, Note: a.sort(s.teamID), Here: a.ID == s.me.ID, Link: "/in/" + s.teamID + "/" + a.ID + "/" + cmp.Or(s.place, "home")}
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
		r := room{ID: c.ID, Name: c.Name, Private: c.Private, Archived: c.Archived, Here: c.ID == s.place, Link: s.link(c.ID)}
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
		JoinVals:    vals(map[string]string{"do": "join", "channel": c.ID}),
		LeaveVals:   vals(map[string]string{"do": "leave", "channel": c.ID}),
		ArchiveVals: vals(map[string]string{"do": either(c.Archived, "unarchive", "archive"), "channel": c.ID}),
		ConvertVals: vals(map[string]string{"do": either(c.Private, "convert_public", "convert_private"), "channel": c.ID}),
	}
	for _, a := range s.team.Users {
		who := s.person(a)
		switch {
		case c.has(a.ID):
			if p.Inside && !c.Archived && a.ID != s.me.ID {
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
			Key: key, From: cmp.Or(from.called(), "Usher"), To: s.me.called(), Bot: from.Bot, At: clock(m.TS), Text: m.Text, Ephemeral: m.Ephemeral, Stage: st,
		})
	}
	return rows
}

func (s scene) modal(v view) *modalStage {
	m := &modalStage{stage: stage{Spot: s.spot("v", v.ID), Blocks: v.chosen()}, Close: "Close"}
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
		complaints: s.complaints, offers: s.offers, names: named{s.team, s.me.ID, s.base()},
	}
}

// offers are the people or channels that a select without options of its own
// holds; include is what a conversations select limits itself to, nothing for all.
func (s scene) offers(kind string, include []string) []optionGroup {
	wants := func(what string) bool {
		return kind == "conversations" && (len(include) == 0 || slices.Contains(include, what)) || kind == "channels" && what == "public"
	}
	var channels, people []option
	for _, c := range s.team.Channels {
		if s.team.sees(s.me.ID, c) && !c.Archived && !strings.HasPrefix(c.ID, "D") && wants(either(c.Private, "private", "public")) {
			channels = append(channels, option{Text: text{Type: "plain_text", Text: "#" + c.Name}, Value: c.ID})
		}
	}
	for _, a := range s.team.Users {
		if !a.Deleted && (kind == "users" || wants("im")) {
			people = append(people, option{Text: text{Type: "plain_text", Text: a.called()}, Value: a.ID})
		}
	}
	var groups []optionGroup
	for _, g := range []optionGroup{{text{Text: "Channels"}, channels}, {text{Text: "People"}, people}} {
		slices.SortFunc(g.Options, func(a, b option) int { return strings.Compare(a.Text.Text, b.Text.Text) })
		if len(g.Options) > 0 {
			groups = append(groups, g)
		}
	}
	if len(groups) == 1 {
		groups[0].Label = text{}
	}
	return groups
}

// hints are the commands the person may use, as far as this page can tell.
func (s scene) hints() []hint {
	var all []hint
	for _, verb := range command.For(s.me.Admin || s.me.Owner) {
		fill := s.command + " " + string(verb.Verb)
		if len(verb.Arguments) > 0 {
			fill += " "
		}
		all = append(all, hint{Fill: fill, Usage: s.command + " " + verb.Usage(), Does: verb.Does})
	}
	if c, ok := s.team.Channels[s.place]; ok && c.has(s.me.ID) {
		all = append(all, hint{"/invite ", "/invite @person", "adds somebody to this channel"}, hint{"/leave", "/leave", "takes you out of this channel"})
	}
	return all
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
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
