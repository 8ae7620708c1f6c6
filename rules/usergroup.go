package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"usher/rules/workspace"
)

// ByHand is what becomes of changes that people make to a managed user group.
type ByHand string

// The treatments of changes by hand.
const (
	ByHandKeep   ByHand = "keep"
	ByHandRevert ByHand = "revert"
)

// WhenEmpty is what becomes of a managed user group that nobody belongs to:
// Slack has no empty user groups.
type WhenEmpty string

// The treatments of empty groups.
const (
	EmptyKeep        WhenEmpty = "keep"
	EmptyDisable     WhenEmpty = "disable"
	EmptyPlaceholder WhenEmpty = "placeholder"
)

// Usergroup is a managed user group as compiled.
type Usergroup struct {
	Handle             string
	Name               string
	Description        string
	Channels           []string // default channels, names or ids as written
	AdditionalChannels []string
	Section            bool
	Members            []string // sources in words
	Except             []string
	Owners             []string
	ByHand             ByHand
	WhenEmpty          WhenEmpty
	Placeholder        string // an account, id or address, for EmptyPlaceholder
	Coupled            bool
	Join               Join // self, request or closed
	Mode               Mode

	members, except, owners []source
	id                      string                         // what Handle is bound to; empty: looked up each time
	bound                   map[string]workspace.ChannelID // what names of channels are bound to; nil: looked up each time
	at                      Place
}

// What Slack refuses in a user group.
const (
	descriptionLength = 140
	nameLength        = 80
	defaultChannels   = 100
)

// handles are lower-case letters, digits, dots, dashes and underscores; letters
// of any script.
var handles = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Nd}][\p{Ll}\p{Lo}\p{Nd}._-]*$`)

var reservedHandles = []string{"here", "channel", "everyone", "group"}

func (c *compiler) usergroup(w UsergroupConfig, seen map[string]Place) (Usergroup, bool) {
	handle := strings.TrimPrefix(w.Handle, "@")
	c.begin("usergroup "+handle, w.Broken)
	switch at := c.under(w.At, ".handle"); {
	case handle == "":
		c.bad(at, "write `handle:` and the group's short name", "a user group has no handle")
	case !handles.MatchString(handle):
		c.bad(at, "use lower-case letters, digits, dots, dashes and underscores", "Slack refuses the handle %q", handle)
	case len(handle) > handleLength:
		c.bad(at, fmt.Sprintf("write at most %d characters", handleLength), "the handle has %d characters", len(handle))
	case slices.Contains(reservedHandles, handle):
		c.bad(at, "choose another handle", "@%s means something else in Slack", handle)
	default:
		c.once(seen, at, "user group", handle)
	}
	c.oneLine(c.under(w.At, ".description"), "description", w.Description, descriptionLength)
	c.oneLine(c.under(w.At, ".name"), "name", w.Name, nameLength)
	g := Usergroup{
		at:     w.At,
		Handle: handle, Name: w.Name, Description: w.Description,
		Channels: c.channelNames(w.Channels), AdditionalChannels: c.channelNames(w.AdditionalChannels),
		Section: w.Section, Placeholder: w.Placeholder, Coupled: w.Coupled,
		ByHand:    enum(c, w.ByHand, ByHandKeep, ByHandKeep, ByHandRevert),
		WhenEmpty: enum(c, w.WhenEmpty, EmptyKeep, EmptyDisable, EmptyKeep, EmptyPlaceholder),
		Join:      enum(c, w.Join, JoinClosed, JoinSelf, JoinRequest, JoinClosed),
		Mode:      enum(c, w.Mode, ModeReport, ModeOff, ModeReport, ModeEnforce),
		members:   c.sources(w.Members), except: c.sources(w.Except),
		owners: c.sources(w.Owners, FromUsergroup, FromIDPGroup, FromUsers),
	}
	if g.Name == "" {
		g.Name = handle
	}
	g.Members, g.Except, g.Owners = texts(g.members), texts(g.except), texts(g.owners)
	for _, m := range g.members {
		if m.kind == FromUsergroup && m.name == handle {
			c.bad(m.at, "take its people from somewhere else", "@%s takes its people from itself", handle)
		}
	}
	if p := w.Placeholder; p != "" && !isUserID(p) && !addresses.MatchString(p) {
		c.bad(c.under(w.At, ".placeholder"), "write a deactivated account's id (U…) or e-mail address", "%q names nobody for certain", p)
	}
	if g.WhenEmpty == EmptyPlaceholder && w.Placeholder == "" {
		c.bad(c.under(w.At, ".placeholder"), "write `placeholder:` and a deactivated account's id or address", "no placeholder is named for when it is empty")
	}
	if g.Section && len(g.Channels) == 0 {
		c.bad(c.under(w.At, ".section"), "name default channels, or leave section out", "a section only counts with at least one default channel")
	}
	return g, c.wrong == 0
}

// channelNames reads names or ids of channels, without '#'.
func (c *compiler) channelNames(written []Word) []string {
	var all []string
	for _, w := range written {
		name := strings.TrimPrefix(w.Text, "#")
		switch {
		case (&source{kind: FromChannel, name: name}).unnamed() != "":
			c.bad(w.At, "write a channel's name or id", "%q is not a channel's name", w.Text)
		case slices.Contains(all, name):
			c.bad(w.At, "name each channel once", "%s is named twice", name)
		default:
			all = append(all, name)
		}
	}
	if len(all) > defaultChannels {
		c.bad(written[0].At, "name at most 100", "Slack takes at most %d channels, here are %d", defaultChannels, len(all))
	}
	return all
}
