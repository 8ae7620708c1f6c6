package slacksim

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

// invitation is one into the workspace, until its person arrives.
type invitation struct {
	email, realName   string
	channels          []string
	restricted, ultra bool
	expires           int64
	by                *user
}

func (inv *invitation) state() Invite {
	return Invite{Email: inv.email, Channels: slices.Clone(inv.channels), IsRestricted: inv.restricted, IsUltraRestricted: inv.ultra, ExpirationTS: inv.expires}
}

// takeInvitation finds the invitation to an address and ends it.
func (w *workspace) takeInvitation(email string) *invitation {
	i := w.invited(email)
	if i < 0 {
		return nil
	}
	inv := w.invitations[i]
	w.invitations = slices.Delete(slices.Clone(w.invitations), i, i+1)
	return inv
}

func (w *workspace) invited(email string) int {
	return slices.IndexFunc(w.invitations, func(inv *invitation) bool { return email != "" && strings.EqualFold(inv.email, email) })
}

func adminUsersInvite(c *call) (answer, *failure) {
	email := c.text("email")
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		return nil, fail("invalid_email")
	}
	if u := c.w.emails[strings.ToLower(email)]; u != nil {
		if u.deleted {
			return nil, fail("user_disabled")
		}
		return nil, fail("already_in_team")
	}
	if c.w.invited(email) >= 0 {
		if !c.flag("resend") {
			return nil, fail("already_in_team_invited_user")
		}
		c.w.takeInvitation(email)
	}
	inv := &invitation{email: email, realName: c.text("real_name"), channels: c.list("channel_ids"), restricted: c.flag("is_restricted"), ultra: c.flag("is_ultra_restricted"), by: c.me}
	if len(inv.channels) == 0 {
		return nil, fail("failed_to_validate_channels")
	}
	for _, id := range inv.channels {
		if ch := c.w.channels[id]; ch == nil || ch.dm {
			return nil, fail("channel_not_found")
		}
	}
	if inv.ultra && len(inv.channels) > 1 {
		return nil, fail("failed_to_validate_channels")
	}
	if ts := c.text("guest_expiration_ts"); ts != "" {
		at, err := strconv.ParseFloat(ts, 64)
		if err != nil || int64(at) <= c.w.unix() || !inv.restricted && !inv.ultra {
			return nil, fail("failed_to_validate_expiration")
		}
		inv.expires = int64(at)
	}
	c.w.invitations = append(c.w.invitations, inv)
	return answer{}, nil
}
