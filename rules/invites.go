package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Via is the way in which people are invited into the workspace.
type Via string

// The ways.
const (
	ViaAdmin  Via = "admin"
	ViaSCIM   Via = "scim"
	ViaLegacy Via = "legacy"
)

// Invites is who may bring people into the workspace, as compiled.
type Invites struct {
	Request     bool     // anybody may ask; otherwise only admins may invite
	Approvers   []string // sources in words; none: admins
	Domains     []string // lower case; others may only be invited as guests
	GuestExpiry time.Duration
	Via         Via

	approvers []source
}

var domains = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)

func (c *compiler) invites(w InvitesConfig) *Invites {
	c.begin("invites", w.Broken)
	inv := &Invites{
		Request:     enum(c, w.Join, "admins", "request", "admins") == "request",
		GuestExpiry: c.span(w.GuestExpiry),
		Via:         enum(c, w.Via, ViaAdmin, ViaAdmin, ViaSCIM, ViaLegacy),
		approvers:   c.sources(w.Approvers, FromUsergroup, FromIDPGroup, FromUsers),
	}
	inv.Approvers = texts(inv.approvers)
	for _, written := range w.Domains {
		d := strings.ToLower(strings.TrimPrefix(written.Text, "@"))
		if !domains.MatchString(d) {
			c.bad(written.At, "write a domain such as acme.test", "%q is not a domain", d)
			continue
		}
		if !slices.Contains(inv.Domains, d) {
			inv.Domains = append(inv.Domains, d)
		}
	}
	if c.wrong > 0 {
		return nil
	}
	return inv
}
