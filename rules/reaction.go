package rules

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"usher/rules/workspace"
)

// ChannelChange is what happened to a channel.
type ChannelChange string

// The changes. A private channel that Usher is added to counts as created.
const (
	ChannelCreated    ChannelChange = "created"
	ChannelRenamed    ChannelChange = "renamed"
	ChannelArchived   ChannelChange = "archived"
	ChannelUnarchived ChannelChange = "unarchived"
	ChannelConverted  ChannelChange = "converted" // between public and private
	ChannelRun        ChannelChange = "run"       // nothing: somebody has reactions done to a channel there is
	ChannelEntered    ChannelChange = "entered"   // Usher came in
	ChannelLost       ChannelChange = "lost"      // Usher was taken out, or it was deleted
)

// Reaction is what is done when a channel changes, as compiled.
type Reaction struct {
	Name     string
	On       []ChannelChange
	Channels []string // patterns and ids as written
	ButNot   []string
	Steps    []Step
	Mode     Mode

	claims claims
	at     Place
}

// Verb is what a step does.
type Verb string

// The verbs.
const (
	VerbJoin        Verb = "join"
	VerbTopic       Verb = "topic"
	VerbPurpose     Verb = "purpose"
	VerbInvite      Verb = "invite"
	VerbPost        Verb = "post"
	VerbPin         Verb = "pin" // posts and pins
	VerbBookmark    Verb = "bookmark"
	VerbAnnounce    Verb = "announce"
	VerbTellCreator Verb = "tell_creator"
	VerbRename      Verb = "propose_rename" // tells the creator, with a button
	VerbArchive     Verb = "archive"
)

// verbs says what each takes: the names of its texts, which are templates, "" being the only one.
var verbs = map[Verb][]string{
	VerbJoin: {}, VerbTopic: {""}, VerbPurpose: {""}, VerbInvite: {}, VerbPost: {""}, VerbPin: {""},
	VerbBookmark: {"title", "link"}, VerbAnnounce: {"to", "text"}, VerbTellCreator: {""},
	VerbRename:  {""},
	VerbArchive: {"after", "warn", "unless_active"},
}

// Step is one thing that a reaction does. What a verb does not take is zero.
type Step struct {
	Verb         Verb
	Text         Template // topic, purpose, post, pin, announce, tell_creator, propose_rename; bookmark: its title
	Link         Template // bookmark
	To           string   // announce: a channel's name or id
	Invite       []string // sources in words
	After, Warn  time.Duration
	UnlessActive bool

	invite []source
	to     source
}

// Match reports whether a reaction that is not off is about a channel as it is
// called now, and what the named groups of the pattern that matched hold.
func (r *Reaction) Match(c workspace.Channel, change ChannelChange) (groups map[string]string, ok bool) {
	if !r.about(c, change) {
		return nil, false
	}
	return r.groups(c.Name), true
}

func (c *compiler) reaction(w ReactionConfig, seen map[string]Place) (Reaction, bool) {
	c.begin(strings.TrimSpace("reaction "+w.Name), w.Broken)
	c.ruleName(w.At, "reaction", w.Name, seen)
	r := Reaction{
		Name: w.Name, Mode: enum(c, w.Mode, ModeReport, ModeOff, ModeReport, ModeEnforce),
		claims: c.claims(w.Channels, w.ButNot), at: w.At,
	}
	for _, on := range w.On {
		change := enum(c, on, "", ChannelCreated, ChannelRenamed, ChannelArchived, ChannelUnarchived, ChannelConverted)
		if change != "" && !slices.Contains(r.On, change) {
			r.On = append(r.On, change)
		}
	}
	if len(w.On) == 0 {
		c.bad(c.under(w.At, ".on"), "write `on:` and created, renamed, archived, unarchived or converted", "%s says not when", c.rule)
	}
	if len(w.Channels) == 0 {
		c.bad(c.under(w.At, ".channels"), "write `channels:` and patterns or ids", "%s is about no channels", c.rule)
	}
	if len(w.Do) == 0 {
		c.bad(c.under(w.At, ".do"), "write `do:` and its steps", "%s does nothing", c.rule)
	}
	var groups []string
	for _, m := range r.claims.patterns {
		r.Channels = append(r.Channels, m.text)
		if m.re != nil {
			groups = append(groups, m.re.SubexpNames()...)
		}
	}
	for _, id := range r.claims.ids {
		r.Channels = append(r.Channels, string(id))
	}
	for _, m := range w.ButNot {
		r.ButNot = append(r.ButNot, m.Text)
	}
	groups = slices.DeleteFunc(groups, func(g string) bool { return g == "" })
	for _, s := range w.Do {
		r.Steps = append(r.Steps, c.step(s, groups))
	}
	return r, c.wrong == 0
}

func (c *compiler) step(w StepConfig, groups []string) Step {
	s := Step{Verb: Verb(w.Verb)}
	takes, known := verbs[s.Verb]
	if !known {
		c.bad(w.At, "use join, topic, purpose, invite, post, pin, bookmark, announce, tell_creator, propose_rename or archive", "%q is not something a reaction can do", w.Verb)
		return s
	}
	for name, arg := range w.Args {
		if !slices.Contains(takes, name) {
			c.bad(arg.At, "leave it out", "%s takes no %s", w.Verb, cmpName(name))
		}
	}
	template := func(name string, most int) Template {
		arg := w.Args[name]
		if strings.TrimSpace(arg.Text) == "" {
			c.bad(c.under(w.At, strings.TrimSuffix("."+w.Verb+"."+name, ".")), "write it", "%s has no %s", w.Verb, cmpName(name))
			return Template{}
		}
		if n := utf8.RuneCountInString(arg.Text); n > most {
			c.bad(arg.At, fmt.Sprintf("write at most %d characters", most), "it has %d characters", n)
		}
		return c.template(arg, groups)
	}
	switch s.Verb {
	case VerbJoin:
	case VerbTopic, VerbPurpose:
		s.Text = template("", 250)
	case VerbPost, VerbPin, VerbTellCreator, VerbRename:
		s.Text = template("", 3000)
	case VerbBookmark:
		s.Text, s.Link = template("title", 255), template("link", 3000)
		if u, err := url.Parse(w.Args["link"].Text); s.Link.parts == nil {
			break // that is said already
		} else if err != nil && !strings.Contains(w.Args["link"].Text, "{{") || err == nil && u.Scheme != "https" && u.Scheme != "http" {
			c.bad(w.Args["link"].At, "write an address that begins with https://", "the link is not a web address")
		}
	case VerbAnnounce:
		s.Text = template("text", 3000)
		if strings.TrimSpace(w.Args["to"].Text) == "" {
			c.bad(c.under(w.At, ".announce.to"), "write a channel's name or id", "announce has no to")
		} else if to := c.channelNames([]Word{w.Args["to"]}); len(to) == 1 {
			s.To = to[0]
			s.to = source{kind: FromChannel, text: "channel " + s.To, name: s.To, at: w.At}
		}
	case VerbInvite:
		if len(w.Sources) == 0 {
			c.bad(c.under(w.At, ".invite"), "name people or groups", "it invites nobody")
		}
		s.invite = c.inviteSources(w.Sources)
		s.Invite = texts(s.invite)
	case VerbArchive:
		c.archive(w, &s)
	}
	return s
}

func cmpName(name string) string {
	if name == "" {
		return "text"
	}
	return name
}

func (c *compiler) archive(w StepConfig, s *Step) {
	if w.Args["after"].Text == "" {
		c.bad(c.under(w.At, ".archive.after"), "write `after:` and a length of time", "archive says not when")
	}
	s.After, s.Warn = c.span(w.Args["after"]), c.duration(w.Args["warn"], 0)
	if s.Warn > s.After && w.Args["after"].Text != "" {
		c.bad(w.Args["warn"].At, "warn less time ahead", "the warning would come before the silence begins")
	}
	switch w.Args["unless_active"].Text {
	case "", "false":
	case "true":
		s.UnlessActive = true
	default:
		c.bad(w.Args["unless_active"].At, "use true or false", "%q is not known here", w.Args["unless_active"].Text)
	}
}

// What stands for a person whom only the change itself names.
const (
	creatorField = "{{.Creator}}"
	actorField   = "{{.Actor}}"
)

// inviteSources are sources of people who can be listed; the creator and the
// actor of the change may be named too.
func (c *compiler) inviteSources(written []Source) []source {
	var all []source
	for _, w := range written {
		if len(w.Users) == 1 {
			if field := strings.ReplaceAll(w.Users[0], " ", ""); field == creatorField || field == actorField {
				all = append(all, source{kind: FromUsers, text: field, people: []person{{name: field}}, at: w.At})
				continue
			}
		}
		if w.Where != "" {
			c.bad(c.under(w.At, ".where"), "use usergroup, idp_group, user, users or channel", "whom to invite cannot be a condition")
			continue
		}
		all = append(all, c.sources([]Source{w})...)
	}
	return all
}
