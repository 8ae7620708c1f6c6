package gateway

import (
	"errors"
	"strings"
	"time"
)

// codeBotOut is not_in_channel once it is known that Usher is the one outside.
const codeBotOut = "bot_not_in_channel"

// codeContradicted is Usher shown in a channel that it was refused in as if it
// were not.
const codeContradicted = "contradicted"

// judgement is what an error code means for an action.
type judgement struct {
	class    Class
	sentence string
	// everywhere: it is not about the thing acted on but about the workspace.
	everywhere bool
	after      time.Duration
}

func already() judgement                { return judgement{class: Already} }
func later() judgement                  { return judgement{class: Later} }
func laterIn(d time.Duration) judgement { return judgement{class: Later, after: d} }
func never(sentence string) judgement   { return judgement{class: Never, sentence: sentence} }
func blocked(sentence string) judgement {
	return judgement{class: Blocked, sentence: sentence}
}
func blockedEverywhere(sentence string) judgement {
	return judgement{class: Blocked, sentence: sentence, everywhere: true}
}

// judge sorts an error. A method's own table goes before the general one; an
// error that nobody has heard of is Never: nothing is repeated blindly, and the
// next plan finds whatever is still to be done.
func judge(e *Error) Result {
	j, known := judgements[e.Method][e.Code]
	if !known {
		j, known = judgements[family(e.Method)][e.Code]
	}
	if !known {
		j, known = general[e.Code]
	}
	switch {
	case known:
	case strings.HasPrefix(e.Code, codeHTTP):
		j = later()
	default:
		j = never("Slack refused " + e.Method + " with the error " + e.Code + ", which Usher does not know. Nothing was changed.")
	}
	r := Result{Class: j.class, Code: e.Code, Sentence: j.sentence, After: j.after}
	if e.After > 0 {
		r.After = e.After
	}
	if j.everywhere {
		r.Stuck = Everywhere
	}
	r.Snoozed = e.Code == codeRateLimited || e.Code == codeAllowance || e.Code == codeOvertaken
	if e.Code == "missing_scope" && e.Needed != "" {
		r.Sentence = "The app may not do this: add one of the scopes " + strings.ReplaceAll(e.Needed, ",", ", ") + " to it and install it to the workspace again."
	}
	return r
}

// family is the table several methods share: "usergroups." for all of them.
func family(method string) string {
	noun, _, _ := strings.Cut(method, ".")
	return noun + "."
}

const (
	reinstall   = "Install the app to the workspace again, then give Usher the new token."
	someBug     = "Slack did not accept how Usher asked; this is a fault of Usher's, please report it. Nothing was changed."
	lostChannel = "Usher is not in the channel, or it does not exist any more: if it does, somebody in it has to invite Usher."
	archivedOne = "The channel is archived; nothing can be changed in it until somebody unarchives it."
	wrongKind   = "This is not a public or private channel; Slack does not allow it there."
)

// general are the errors any method may answer, and the gateway's own.
var general = map[string]judgement{
	codeUnreachable: later(),
	codeTimeout:     later(),
	codeUnreadable:  later(),
	codeAllowance:   later(),
	codeOvertaken:   later(),
	codeRateLimited: later(),
	codeNoToken:     blockedEverywhere("Usher is not connected to this workspace: install the app to it and give Usher its token."),

	"accesslimited":          laterIn(time.Minute),
	"internal_error":         later(),
	"fatal_error":            later(),
	"service_unavailable":    later(),
	"request_timeout":        later(),
	"team_added_to_org":      laterIn(5 * time.Minute),
	"too_many_requests":      laterIn(defaultPause),
	"message_limit_exceeded": laterIn(time.Minute),

	"invalid_auth":              blockedEverywhere("Slack does not know Usher's token. " + reinstall),
	"not_authed":                blockedEverywhere("Usher has no token for this workspace. " + reinstall),
	"account_inactive":          blockedEverywhere("Usher's account in this workspace was switched off, or the app was removed. " + reinstall),
	"token_revoked":             blockedEverywhere("Usher's token was revoked. " + reinstall),
	"token_expired":             blockedEverywhere("Usher's token has expired. " + reinstall),
	"not_allowed_token_type":    blockedEverywhere("Slack wants another kind of token for this: see which one Usher's settings ask for, and give it."),
	"missing_scope":             blockedEverywhere("The app lacks a scope for this: compare its scopes with the manifest, add what is missing and install it again."),
	"no_permission":             blockedEverywhere("The app may not do this in this workspace: an administrator has to allow it, or install the app again with its scopes."),
	"app_access_restricted":     blockedEverywhere("The workspace restricts what apps may do: an administrator has to allow Usher."),
	"access_denied":             blockedEverywhere("The workspace does not let Usher do this: an administrator has to allow it."),
	"ekm_access_denied":         blockedEverywhere("Administrators have suspended the posting of messages in this workspace."),
	"org_login_required":        laterIn(10 * time.Minute),
	"enterprise_is_restricted":  blockedEverywhere("The organisation does not let apps do this: an org administrator has to allow it."),
	"team_access_not_granted":   blockedEverywhere("The app was not granted access to this workspace: an org administrator has to add it."),
	"team_not_found":            blockedEverywhere("Slack does not find the workspace for Usher's token: an org administrator has to add the app to it."),
	"two_factor_setup_required": blockedEverywhere("The workspace wants two-factor authentication to be set up before this works."),
	"feature_not_enabled":       blockedEverywhere("This workspace does not have the feature; Slack or an org administrator has to switch it on."),

	"missing_argument":    never(someBug),
	"invalid_arguments":   never(someBug),
	"invalid_arg_name":    never(someBug),
	"invalid_array_arg":   never(someBug),
	"invalid_charset":     never(someBug),
	"invalid_form_data":   never(someBug),
	"invalid_post_type":   never(someBug),
	"missing_post_type":   never(someBug),
	"invalid_json":        never(someBug),
	"json_not_object":     never(someBug),
	"invalid_cursor":      never("The list could not be gone on with from where its reading had stopped; it is read again from the beginning."),
	"invalid_limit":       never(someBug),
	"invalid_types":       never(someBug),
	"unknown_method":      never(someBug),
	"method_deprecated":   never("Slack has given this method up; Usher has to be updated."),
	"deprecated_endpoint": never("Slack has given this method up; Usher has to be updated."),
	"limit_required":      never(someBug),

	codeBotOut:                              blocked(lostChannel),
	"channel_not_found":                     blocked(lostChannel),
	"is_archived":                           never(archivedOne),
	"user_not_found":                        never("Slack does not know this person, or does not let Usher see them."),
	"users_not_found":                       never("Slack does not know one of these people, or does not let Usher see them."),
	"user_not_visible":                      never("Slack does not let Usher see this person."),
	"user_disabled":                         never("This person's account is deactivated."),
	"method_not_supported_for_channel_type": never(wrongKind),
	"channel_is_limited_access":             blocked("Access to the channel is limited: somebody who administers it has to let Usher in."),
	"external_channel_migrating":            laterIn(5 * time.Minute),
	"not_in_channel":                        blocked(lostChannel),
	"restricted_action":                     blocked("A preference of the workspace does not allow this to apps: an administrator has to allow it in the workspace's permission settings."),
	"not_supported":                         never("Slack does not support this here."),
	"not_authorized":                        blocked("Usher may not change this channel: an administrator, or whoever created it, has to do it or to allow it."),
	"cannot_dm_bot":                         never("Bots cannot be sent direct messages."),
	codeExpiredURL:                          never("The time for answering where it was asked is over."),
	"user_not_in_channel":                   later(),
	"fetch_members_failed":                  later(),
}

// judgements are what codes mean in one method, or in a family of them.
var judgements = map[string]map[string]judgement{
	"usergroups.": usergroupJudgements,
	"admin.conversations.restrictAccess.addGroup":    linkJudgements,
	"admin.conversations.restrictAccess.removeGroup": linkJudgements,
	"admin.conversations.restrictAccess.listGroups":  linkJudgements,
	"admin.users.invite":                             arrivalJudgements,
	"apps.connections.open":                          connectJudgements,
	SCIMGroups:                                       scimJudgements,
	"conversations.kick": {
		"cant_kick_self":         never("Usher cannot remove itself."),
		"cant_kick_from_general": never("Nobody can be removed from the workspace's general channel."),
		"restricted_action":      blocked("The workspace does not let Usher remove people from this kind of channel: an owner has to allow everyone to, under the workspace's permissions for channel management."),
		"not_supported":          never("Slack does not let people be removed from this channel."),
	},
	"conversations.invite": {
		"already_in_channel":            already(),
		"cant_invite":                   never("Slack does not let this person be invited here; an account that is deactivated, or a channel restricted to groups they are not in, are the usual reasons."),
		"cant_invite_self":              already(),
		"no_permission":                 blocked("Usher may not invite people to this channel: somebody who administers it has to allow it."),
		"org_user_not_in_team":          never("This person is not in this workspace; an administrator has to add them to it first."),
		"user_is_restricted":            never("Guests cannot be brought in this way; an administrator has to add them to the channel."),
		"user_is_ultra_restricted":      never("A single-channel guest cannot be in a further channel; an administrator has to change their account first."),
		"ura_max_channels":              never("A single-channel guest cannot be in a further channel; an administrator has to change their account first."),
		"invitee_cant_see_channel":      never("This person cannot see the channel; an administrator has to give them access first."),
		"app_cannot_join_channel":       never("This app cannot be brought into this channel."),
		"no_external_invite_permission": blocked("Usher may not invite people of other organisations: an administrator has to do it."),
		"no_user":                       never(someBug),
	},
	"conversations.join": {
		"already_in_channel":                    already(),
		"channel_not_found":                     blocked("Usher cannot see the channel: if it is private, somebody in it has to invite Usher."),
		"method_not_supported_for_channel_type": blocked("Usher cannot join a private channel by itself: somebody in it has to invite Usher."),
		"too_many_members":                      blocked("The channel is full."),
	},
	"conversations.archive": {
		"already_archived":      already(),
		"cant_archive_general":  never("The workspace's general channel cannot be archived."),
		"cant_archive_required": never("A channel everybody has to be in cannot be archived."),
	},
	"conversations.unarchive": {
		"not_archived": already(),
		// Slack asks for membership, which a bot cannot have in an archived channel.
		"not_in_channel": never("Slack does not let apps unarchive this channel; a person has to do it."),
	},
	"conversations.rename": {
		"name_taken":               never("Another channel has this name already, perhaps an archived one."),
		"invalid_name":             never("Slack does not accept this as a channel's name."),
		"invalid_name_maxlength":   never("The name is too long: 80 characters is Slack's limit."),
		"invalid_name_punctuation": never("A channel's name needs a letter or a digit."),
		"invalid_name_required":    never("A channel needs a name."),
		"invalid_name_specials":    never("A channel's name may hold only small letters, digits, hyphens and underscores."),
		"not_authorized":           blocked("Only the channel's creator or an administrator may rename it."),
	},
	"conversations.setTopic":   {"too_long": never("The topic is too long: 250 characters is Slack's limit."), "user_is_restricted": blocked("Usher may not set the topic here: somebody who administers the channel has to allow it.")},
	"conversations.setPurpose": {"too_long": never("The description is too long: 250 characters is Slack's limit."), "user_is_restricted": blocked("Usher may not set the description here: somebody who administers the channel has to allow it.")},
	"pins.add": {
		"already_pinned":    already(),
		"too_many_pins":     blocked("The channel has as many pins as Slack allows: somebody has to take some away."),
		"message_not_found": never("The message to be pinned is gone."),
		"bad_timestamp":     never(someBug),
		"no_item_specified": never(someBug),
		"not_pinnable":      never("This kind of message cannot be pinned."),
		"file_not_found":    never("The file to be pinned is gone."),
		"file_not_shared":   never("The file to be pinned is not shared in the channel."),
	},
	"bookmarks.add": {
		"too_many_bookmarks": blocked("The channel has as many bookmarks as Slack allows: somebody has to take some away."),
		"too_many_tabs":      blocked("The channel has as many tabs as Slack allows: somebody has to take some away."),
		"invalid_link":       never("Slack does not accept the bookmark's link."),
		"invalid_emoji":      never("Slack does not know the bookmark's emoji."),
		"access_denied":      blocked("Usher may not add bookmarks in this channel: somebody who administers it has to allow it."),
		"permission_denied":  blocked("Usher may not add bookmarks in this channel: somebody who administers it has to allow it."),
	},
	"chat.": {
		"channel_not_found":                        never("Slack has no direct message with this person for Usher."),
		"messages_tab_disabled":                    blockedEverywhere("Usher cannot write to people: switch on the Messages tab under App Home in the app's settings."),
		"restricted_action":                        blocked("The workspace does not let Usher post here: an administrator has to allow it."),
		"no_text":                                  never(someBug),
		"invalid_blocks":                           never(someBug),
		"invalid_blocks_format":                    never(someBug),
		"msg_blocks_too_long":                      never(someBug),
		"msg_too_long":                             never(someBug),
		"restricted_action_read_only_channel":      blocked("The channel is read-only: somebody who administers it has to let Usher post."),
		"restricted_action_thread_only_channel":    blocked("The channel takes replies only: somebody who administers it has to let Usher post."),
		"restricted_action_non_threadable_channel": blocked("The channel does not take replies: somebody who administers it has to let Usher post."),
		"restricted_action_thread_locked":          never("The thread is locked."),
	},
	"views.": {
		"expired_trigger_id":    never("It took more than three seconds until the window could be opened: press again."),
		"exchanged_trigger_id":  never("This press has opened a window before: press again."),
		"invalid_trigger_id":    never("Slack does not know this press any more: press again."),
		"push_limit_reached":    never("Three windows are open on top of each other, which is all Slack allows: close one."),
		"hash_conflict":         laterIn(time.Second), // somebody published in between; the next one is made anew
		"not_found":             never("The window was closed."),
		"view_too_large":        never(someBug),
		"duplicate_external_id": never(someBug),
		"invalid_blocks":        never(someBug),
		"missing_profile_id":    never(someBug),
		"not_implemented":       never(someBug),
		"not_enabled":           blockedEverywhere("Usher has no Home: switch on the Home tab under App Home in the app's settings."),
	},
}

// Gone reports whether a read failed because the thing is not there any more,
// or not for Usher to see.
func Gone(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == "channel_not_found" || e.Code == "user_not_found" || e.Code == "user_not_visible" ||
		e.Code == "no_such_subteam" || e.Code == "subteam_not_found")
}

// Unavailable reports whether a read failed because the workspace does not have
// what was asked for: its plan has no user groups.
func Unavailable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == "plan_upgrade_required" || e.Code == "paid_teams_only" || e.Code == "feature_not_enabled")
}

// BadCursor reports whether a stored cursor is not taken any more: the list
// has to be read from its beginning.
func BadCursor(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == "invalid_cursor"
}
