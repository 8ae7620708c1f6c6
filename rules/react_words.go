package rules

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// StepWords is what a reaction's action would do if it were carried out now,
// also where the reaction only reports: one line of plain text for the
// operator, who may see every name.
func (p *Policy) StepWords(w *workspace.Snapshot, at time.Time, a action.Action) string {
	if fades, ok := a.(action.Archive); ok {
		return p.archiveWords(fades)
	}
	a1, ok := a.(action.Step)
	r := p.reaction(a1.Reaction)
	if !ok || r == nil || a1.Number < 1 || a1.Number > len(r.Steps) {
		return a.String()
	}
	s := &r.Steps[a1.Number-1]
	c, _ := w.Channel(a1.Channel)
	filled := p.fill(w, r, s, a1)
	text := spoken(w, filled.Text)
	creator := spoken(w, "<@"+string(c.Creator)+">")
	switch {
	case a1.Pins:
		return "pin that message"
	case s.Verb == VerbJoin:
		return "join"
	case s.Verb == VerbTopic, s.Verb == VerbPurpose:
		return "set the " + string(s.Verb) + ": " + text
	case s.Verb == VerbInvite:
		people, missing := p.invited(w, at, s, c, a1.Actor)
		return "invite " + invitedWords(w, s, people, missing)
	case s.Verb == VerbBookmark:
		return "bookmark " + filled.Text + ": " + filled.Link
	case s.Verb == VerbAnnounce:
		return "announce in #" + s.To + ": " + text
	case s.Verb.private() && !p.proposes(r, s, c):
		return "tell " + creator + " privately: " + text
	case s.Verb.private():
		words := "propose another name to " + creator + " privately: " + text
		if some := p.Suggest(w, r.Name, c); len(some) > 0 {
			words += " (suggested: " + strings.Join(some, ", ") + ")"
		}
		return words
	}
	return "post: " + text
}

func (p *Policy) archiveWords(a action.Archive) string {
	r := p.reaction(a.Reaction)
	if r == nil || a.Number < 1 || a.Number > len(r.Steps) {
		return a.String()
	}
	s := &r.Steps[a.Number-1]
	words := "archive after " + hours(s.After)
	if s.UnlessActive {
		words += " of silence"
	}
	if s.Warn > 0 {
		words += ", with a warning " + hours(s.Warn) + " before"
	}
	return words
}

// mostNamed is how many people a line names.
const mostNamed = 5

func invitedWords(w *workspace.Snapshot, s *Step, people []workspace.UserID, missing string) string {
	from := strings.NewReplacer(creatorField, "the creator", actorField, "whoever did it").Replace(strings.Join(s.Invite, ", "))
	var names []string
	for i, id := range people {
		if i == mostNamed {
			names = append(names, fmt.Sprintf("%d more", len(people)-i))
			break
		}
		u, _ := w.User(id)
		names = append(names, u.Called())
	}
	if missing != "" && s.resolved() {
		missing = ". " + missing
	} else {
		missing = ""
	}
	switch {
	case len(people) > 0:
		return from + ": " + strings.Join(names, ", ") + missing
	case missing != "":
		return from + missing
	case s.resolved():
		return from + ": nobody who is not in already"
	}
	return from
}

// resolved reports whether everything that an invite names stands for something.
func (s *Step) resolved() bool {
	for _, from := range s.invite {
		if from.kind != FromUsers && from.id == "" {
			return false
		}
		for _, who := range from.people {
			if who.id == "" && !who.field() {
				return false
			}
		}
	}
	return true
}

var mention = regexp.MustCompile(`<([#@])([A-Z0-9]+)>`)

// spoken is mrkdwn as people read it.
func spoken(w *workspace.Snapshot, text string) string {
	return html.UnescapeString(mention.ReplaceAllStringFunc(text, func(m string) string {
		id := m[2 : len(m)-1]
		if m[1] == '#' {
			if c, ok := w.Channel(workspace.ChannelID(id)); ok {
				return "#" + escape(c.Name)
			}
			return "#" + id
		}
		if u, ok := w.User(workspace.UserID(id)); ok {
			return "@" + escape(u.Called())
		}
		return "@" + id
	}))
}
