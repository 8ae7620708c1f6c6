package gateway

const plan = "User groups are not part of this workspace's plan: only a paid one has them."

// usergroupJudgements are shared by all of usergroups.*.
var usergroupJudgements = map[string]judgement{
	"already_enabled":  already(),
	"already_disabled": already(),

	"permission_denied":     blockedEverywhere("The workspace lets only administrators edit user groups: an owner has to allow everyone to, or give Usher the right."),
	"plan_upgrade_required": blockedEverywhere(plan),
	"paid_teams_only":       blockedEverywhere(plan),

	"handle_already_exists":    blocked("The handle is taken, by a channel, a person (a deactivated one counts) or another user group: choose another one, or free it."),
	"name_already_exists":      blocked("Another user group has this name: choose another one, or rename that one."),
	"bad_handle":               never("Slack does not accept the handle: small letters, digits, dots, hyphens and underscores, 21 characters at most."),
	"forbidden_handle":         never("Slack keeps this handle for itself: choose another one."),
	"name_too_long":            never("The user group's name is too long: shorten it."),
	"description_too_long":     never("The user group's description is too long: 140 characters on one line is Slack's limit."),
	"missing_subteam_name":     never("A user group needs a name."),
	"invalid_channel_provided": never("One of the user group's channels does not exist, or Usher cannot see it: correct the list, or invite Usher."),
	"invalid_group_provided":   never("One of the user group's private channels does not exist, or Usher is not in it: correct the list, or invite Usher."),
	"too_many_linked_channels": never("The user group has more than 100 default channels: take some away."),
	"channel_not_found":        never("One of the user group's channels does not exist, or Usher cannot see it: correct the list, or invite Usher."),

	"no_such_subteam":            never("There is no such user group in this workspace any more."),
	"subteam_not_found":          never("There is no such user group in this workspace any more."),
	"invalid_users":              never("One of these people cannot be in a user group: guests, bots, deactivated accounts and people of other organisations cannot."),
	"failed_for_some_users":      never("Some of these people cannot be in a user group: guests, bots, deactivated accounts and people of other organisations cannot."),
	"no_users_provided":          never("A user group cannot be empty: disable it instead, or keep somebody in it."),
	"users_not_found":            never("Slack does not know one of these people."),
	"subteam_max_users_exceeded": never("The user group would have more people than Slack allows."),
	"user_is_restricted":         never("Guests cannot be in a user group."),

	CodeChanging: later(),

	"invalid_team": blockedEverywhere("Slack does not accept the workspace: check that the app is installed to it."),
	"target_team_must_be_specified_in_org_context": blockedEverywhere("The token is an organisation's, and the workspace was not named: say in the settings that it is one."),
	"target_team_not_on_org":                       blockedEverywhere("The workspace does not belong to the organisation of the token: give Usher the right token."),
}
