package gateway

const orgAdmin = "Give Usher the token of an Org Admin or Owner, installed on the organisation: a bot's token may not do this."

// linkJudgements are for admin.conversations.restrictAccess.*, which tie a
// private channel to groups of the identity provider.
var linkJudgements = map[string]judgement{
	"not_an_admin":   blockedEverywhere(orgAdmin),
	"team_not_found": blockedEverywhere("Slack does not find the workspace for the administrator's token: check that it belongs to the organisation."),

	"group_already_linked_to_channel": already(),
	"link_not_found":                  already(),

	"group_not_found":                      never("The identity provider has no such group: correct the policy."),
	"invalid_channel":                      never("This channel cannot be tied to groups: it has to be a private channel of this workspace."),
	"default_channel_restricted":           never("A default channel of the workspace cannot be tied to groups: take it out of the default channels first."),
	"channel_is_not_private":               never("Only private channels can be tied to groups: make it private first."),
	"unable_to_link_idp_group_and_channel": blocked("Slack does not tie this group to this channel; a channel shared with another organisation is the usual reason. An org administrator has to look at it."),
	"group_must_not_be_empty":              blocked("The group is empty: somebody has to put people into it at the identity provider first."),
	"limit_reached":                        blocked("The channel is tied to as many groups as Slack allows: one has to be taken away."),
	"no_channel_memberships":               blocked("Nobody of the group is in the channel: somebody has to invite one of them first."),
	"cannot_add_more_groups_to_channel":    blocked("The channel is tied to as many groups as Slack allows: one has to be taken away."),
	"cannot_add_more_channels_to_group":    blocked("The group is tied to as many channels as Slack allows: one has to be taken away."),
	"invalid_channel_type":                 never("This channel cannot be tied to groups: it has to be a private channel of this workspace."),

	"unable_to_unlink_idp_group_and_channel": later(),
	"failed_to_unlink_channel":               later(),
	"failed_to_remove_group_users":           later(),
}

// arrivalJudgements are for admin.users.invite, which brings people into the
// workspace.
var arrivalJudgements = map[string]judgement{
	"already_in_team":              already(),
	"already_in_team_invited_user": already(),
	"already_invited":              already(),

	"not_an_admin":                blockedEverywhere(orgAdmin),
	"restricted_workspace":        blockedEverywhere("The workspace does not take invitations: an org administrator has to allow them."),
	"invalid_email":               never("Slack does not accept the e-mail address."),
	"user_disabled":               blocked("This person has a deactivated account: an administrator has to reactivate it instead."),
	"failed_to_validate_channels": never("One of the channels to be joined does not exist, or is not in this workspace."),
	"channel_not_found":           never("One of the channels to be joined does not exist, or is not in this workspace."),
}
