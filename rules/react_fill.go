package rules

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"usher/rules/action"
	"usher/rules/workspace"
)

// What Slack takes.
const (
	mostTopic   = 250
	mostTitle   = 255
	mostMessage = 3000
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes what people typed harmless wherever Slack reads mrkdwn: no
// mention, link or line of its own can be made of it.
func escape(s string) string {
	return escaper.Replace(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " "))
}

// blunt takes the edge off what people typed in a plain text: were Slack to read
// mrkdwn there after all, no mention could be made of it.
var blunt = strings.NewReplacer("<", "‹", ">", "›", "\n", " ", "\r", " ")

// shorten cuts a text to so many characters, none of them half an entity or mention.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := string([]rune(s)[:most-1])
	for _, pair := range []string{"&;", "<>"} {
		if open := strings.LastIndexByte(cut, pair[0]); open > strings.LastIndexByte(cut, pair[1]) && len(cut)-open < 60 {
			cut = cut[:open]
		}
	}
	return cut + "…"
}

// form is where a value is put.
type form int

const (
	inMessage form = iota // mrkdwn: people and channels as mentions
	inTopic               // mrkdwn without mentions: a topic is shown in many places
	inTitle               // plain text
	inLink                // part of an address
)

// values are what templates see of a channel and whoever changed it.
func (p *Policy) values(w *workspace.Snapshot, r *Reaction, c workspace.Channel, actor workspace.UserID, f form) map[string]string {
	put := map[form]func(string) string{inMessage: escape, inTopic: escape, inTitle: blunt.Replace, inLink: url.PathEscape}[f]
	person := func(id workspace.UserID) string {
		u, known := w.User(id)
		switch {
		case id == "":
			return "somebody"
		case f == inMessage:
			return "<@" + string(id) + ">"
		case known && f == inLink:
			return put(cmp.Or(u.Name, string(id)))
		case known:
			return put(u.Called())
		}
		return put(string(id))
	}
	all := map[string]string{"Creator": person(c.Creator), "Actor": person(actor), "Channel": put(c.Name)}
	switch f {
	case inMessage:
		all["Channel"] = "<#" + string(c.ID) + ">"
	case inTopic, inTitle:
		all["Channel"] = "#" + put(c.Name)
	case inLink:
	}
	if governing := p.Governing(c); len(governing) > 0 {
		all["Cluster"] = put(governing[0].Name)
	}
	for group, found := range r.groups(c.Name) {
		all["Match."+group] = put(found)
	}
	return all
}

// groups are what the named groups of the first pattern that matches hold.
func (r *Reaction) groups(name string) map[string]string {
	groups := map[string]string{}
	for i := range r.claims.patterns {
		m := &r.claims.patterns[i]
		if m.re == nil || !m.match(name) {
			continue
		}
		found := m.re.FindStringSubmatch(name)
		for j, group := range m.re.SubexpNames() {
			if group != "" {
				groups[group] = found[j]
			}
		}
		break
	}
	return groups
}

// fill puts into a step what it says, by what the channel is called now.
func (p *Policy) fill(w *workspace.Snapshot, r *Reaction, s *Step, a action.Step) action.Step {
	if a.Pins {
		return a
	}
	c, _ := w.Channel(a.Channel)
	say := func(t Template, f form, most int) string {
		return shorten(strings.TrimSpace(t.Fill(p.values(w, r, c, a.Actor, f))), most)
	}
	switch s.Verb {
	case VerbTopic, VerbPurpose:
		a.Text = say(s.Text, inTopic, mostTopic)
	case VerbPost, VerbPin, VerbTellCreator, VerbRename:
		a.Text = say(s.Text, inMessage, mostMessage)
	case VerbAnnounce:
		a.Text, a.Into = say(s.Text, inMessage, mostMessage), workspace.ChannelID(s.to.id)
	case VerbBookmark:
		a.Text = say(s.Text, inTitle, mostTitle)
		a.Link = s.Link.Fill(p.values(w, r, c, a.Actor, inLink))
	case VerbJoin, VerbInvite, VerbArchive:
	}
	return a
}

// ready turns a step into what is asked of Slack: one of the actions that there
// are anyway, or the step itself with what it says.
func (p *Policy) ready(w *workspace.Snapshot, at time.Time, a action.Step) action.Action {
	r, s := p.step(a.Reaction, a.Number, Verb(a.Verb))
	c, known := w.Channel(a.Channel)
	if s == nil || !known {
		return a
	}
	switch s.Verb {
	case VerbJoin:
		return action.Join{Channel: a.Channel}
	case VerbInvite:
		users, missing := p.invited(w, at, s, c, a.Actor)
		return action.Invite{Channel: a.Channel, Users: users, Missing: missing}
	case VerbTellCreator, VerbRename:
		tell := action.Tell{To: c.Creator, Topic: action.FromReaction, Channel: c.ID, Cluster: r.Name, Detail: p.fill(w, r, s, a).Text}
		if p.proposes(r, s, c) {
			tell.Topic = action.ProposeRename
		}
		return tell
	case VerbTopic, VerbPurpose, VerbPost, VerbPin, VerbBookmark, VerbAnnounce, VerbArchive:
	}
	return p.fill(w, r, s, a)
}

// invited are the people whom an invite brings in, sorted: not those who are in
// already, nor those whom a cluster keeps out. missing says in plain text whom it
// names besides and cannot find.
func (p *Policy) invited(w *workspace.Snapshot, at time.Time, s *Step, c workspace.Channel, actor workspace.UserID) (ids []workspace.UserID, missing string) {
	var gaps []string
	for i := range s.invite {
		from := &s.invite[i]
		switch from.kind {
		case FromUsers:
			for _, who := range from.people {
				switch {
				case who.name == creatorField:
					ids = append(ids, c.Creator)
				case who.name == actorField:
					ids = append(ids, actor)
				case who.id == "":
					gaps = append(gaps, "Somebody whom the policy names cannot be found.")
				default:
					ids = append(ids, who.id)
				}
			}
		case FromChannel, FromUsergroup, FromIDPGroup:
			r, why := from.roster(w)
			if why != "" && (why != gapStale || r.At.IsZero()) { // who is known of a list that is only doubted may come
				gaps = append(gaps, "It cannot be said who is in "+from.text+": "+gapWords[why]+".")
			}
			for u := range w.In(r.Set) {
				ids = append(ids, u.ID)
			}
		case FromWhere:
		}
	}
	slices.Sort(ids)
	in := w.Members(c.ID)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id workspace.UserID) bool {
		u, known := w.User(id)
		if id == "" || known && (!invitable(w.Team().Bot, u) && !u.Stub || in.Complete && in.Set.Has(u)) {
			return true
		}
		return keptOut(p.DecideMember(w, at, Membership{Channel: c.ID, User: id, Cause: CauseChannel}))
	})
	return ids, strings.Join(gaps, " ")
}

// keptOut reports whether a decision says that somebody is not to be in a
// channel, or may be in it only because nobody like them is ever removed.
func keptOut(d Decision) bool {
	switch {
	case d.DryRun:
		return false
	case d.Verdict == Allow:
		return len(d.Reasons) > 0 && d.Reasons[len(d.Reasons)-1].Code == CodeProtected
	}
	return d.Verdict != Unmanaged && d.Verdict != Review
}
