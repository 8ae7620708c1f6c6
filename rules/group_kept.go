package rules

// GroupChange is which parts of a user group somebody wants to change by hand.
type GroupChange struct {
	Name, Handle, Description, Channels, AdditionalChannels, Section bool
	Disable                                                          bool
}

// Undoes is which parts of a change by hand the group's rule would put back.
func (g Usergroup) Undoes(c GroupChange) GroupChange {
	if g.Mode != ModeEnforce {
		return GroupChange{}
	}
	reverts := g.reverts()
	return GroupChange{
		Name:               c.Name && reverts && g.Name != g.Handle,
		Handle:             c.Handle && reverts,
		Description:        c.Description && reverts && g.Description != "",
		Channels:           c.Channels && len(g.Channels) > 0,
		AdditionalChannels: c.AdditionalChannels && len(g.AdditionalChannels) > 0,
		Section:            c.Section && reverts && len(g.Channels) > 0,
		Disable:            c.Disable && reverts,
	}
}
