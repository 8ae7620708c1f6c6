package rules

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"usher/rules/workspace"
)

// The defaults of what a cluster does not say.
const (
	defaultGrant    = 30 * Days
	defaultGrantMax = 90 * Days
)

// What rules are called, and whom people are told to ask, is shown within
// sentences.
const (
	ruleNameLength = 80
	contactLength  = 150
)

// ruleName checks what a rule is called.
func (c *compiler) ruleName(at Place, sort, name string, seen map[string]Place) {
	where := c.under(at, ".name")
	if strings.TrimSpace(name) == "" {
		c.bad(where, "write `name:` and a short word", "a %s has no name", sort)
		return
	}
	c.oneLine(where, "name", name, ruleNameLength)
	c.once(seen, where, sort, name)
}

func (c *compiler) cluster(w ClusterConfig, seen map[string]Place) *cluster {
	c.begin(strings.TrimSpace("cluster "+w.Name), w.Broken)
	c.ruleName(w.At, "cluster", w.Name, seen)
	cl := &cluster{
		at: w.At,
		Cluster: Cluster{
			Name: w.Name, Description: w.Description, Native: w.Native,
			Join:   enum(c, w.Join, JoinSelf, JoinSelf, JoinRequest, JoinEveryone, JoinClosed),
			Others: enum(c, w.Others, OthersReport, OthersAllow, OthersReport, OthersWarn, OthersRemove),
			Mode:   enum(c, w.Mode, ModeReport, ModeOff, ModeReport, ModeEnforce),
			Grace:  c.duration(w.Grace, 0), GrantFor: c.span(w.GrantFor), GrantMax: c.span(w.GrantMax),
		},
		members: c.sources(w.Members), except: c.sources(w.Except),
		owners: c.sources(w.Owners, FromUsergroup, FromIDPGroup, FromUsers),
		claims: c.claims(w.Channels, w.ButNot),
	}
	if len(w.Members) == 0 {
		c.bad(c.under(w.At, ".members"), "name at least one source: channel, usergroup, idp_group, users or where", "%s has no members", c.rule)
	}
	if len(w.Channels) == 0 {
		c.bad(c.under(w.At, ".channels"), "write `channels:` and patterns or ids", "%s claims no channels", c.rule)
	}
	c.grants(w, cl)
	cl.Cluster.Members, cl.Cluster.Except, cl.Cluster.Owners = texts(cl.members), texts(cl.except), texts(cl.owners)
	for _, m := range w.Channels {
		cl.Channels = append(cl.Channels, m.Text)
	}
	for _, m := range w.ButNot {
		cl.ButNot = append(cl.ButNot, m.Text)
	}
	cl.aside = c.wrong > 0
	return cl
}

func (c *compiler) grants(w ClusterConfig, cl *cluster) {
	switch {
	case w.GrantFor.Text == "" && w.GrantMax.Text == "":
		cl.GrantFor, cl.GrantMax = defaultGrant, defaultGrantMax
	case w.GrantMax.Text == "":
		cl.GrantMax = max(cl.GrantFor, defaultGrantMax)
	case w.GrantFor.Text == "":
		cl.GrantFor = min(cl.GrantMax, defaultGrant)
	case cl.GrantFor > cl.GrantMax:
		c.bad(w.GrantFor.At, "write a default that is not longer than max", "grants last %s by default, longer than max, %s", w.GrantFor.Text, w.GrantMax.Text)
	}
}

func (c *compiler) duration(w Word, otherwise time.Duration) time.Duration {
	if w.Text == "" {
		return otherwise
	}
	d, err := parseDuration(w.Text)
	if err != nil {
		c.bad(w.At, err.Error(), "%q is not a length of time", w.Text)
		return otherwise
	}
	return d
}

// span reads a length of time that cannot be zero.
func (c *compiler) span(w Word) time.Duration {
	wrong := c.wrong
	d := c.duration(w, 0)
	if w.Text != "" && d == 0 && c.wrong == wrong {
		c.bad(w.At, "write a length of time such as 12h or 30d", "%q is no time at all", w.Text)
	}
	return d
}

func (c *compiler) claims(channels, butNot []Pattern) claims {
	var all claims
	all.patterns, all.ids = c.patterns(channels)
	all.butNot, all.butNotIDs = c.patterns(butNot)
	// A but_not that does not compile takes nothing away.
	kept := all.butNot[:0]
	for _, m := range all.butNot {
		if m.re != nil {
			kept = append(kept, m)
		}
	}
	all.butNot = kept
	return all
}

// patterns reads expressions and ids. Of an expression that does not compile,
// what it begins with is kept, so that the channels it was meant for stay
// claimed by a rule that is set aside.
func (c *compiler) patterns(written []Pattern) (patterns []pattern, ids []workspace.ChannelID) {
	for _, w := range written {
		if isChannelID(w.Text) {
			ids = append(ids, workspace.ChannelID(w.Text))
			continue
		}
		if w.Text == "" {
			c.bad(w.At, "write an expression such as finance-.*, or a channel's id", "a pattern is empty")
			continue
		}
		m, err := compilePattern(w.Text)
		m.at = w.At
		if err != nil {
			c.bad(w.At, patternHint(w.Text), "the pattern %q does not compile: %s", w.Text, plainRegexpError(err))
			if m.prefix == "" {
				continue
			}
		}
		patterns = append(patterns, m)
	}
	return patterns, ids
}

func patternHint(text string) string {
	if strings.Contains(text, "(?=") || strings.Contains(text, "(?!") || strings.Contains(text, "(?<=") || strings.Contains(text, "(?<!") {
		return "RE2 has no lookaround: put what should not match under but_not"
	}
	return "write an RE2 expression for the whole name, such as finance-.*"
}

func plainRegexpError(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// oneLine checks a text that Slack shows on one line.
func (c *compiler) oneLine(at Place, what, text string, most int) {
	switch n := utf8.RuneCountInString(text); {
	case strings.ContainsAny(text, "\r\n"):
		c.bad(at, "write it on one line", "the %s has more than one line", what)
	case strings.ContainsFunc(text, unicode.IsControl):
		c.bad(at, "write letters, digits and signs only", "the %s has characters that cannot be seen", what)
	case n > most:
		c.bad(at, fmt.Sprintf("write at most %d characters", most), "the %s has %d characters", what, n)
	}
}
