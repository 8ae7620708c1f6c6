package demo

import (
	"cmp"

	"usher/bot/slacksim"
)

// refusal says in words what Slack's client would, for the codes that the page
// can provoke; others are shown as they are.
func refusal(a slacksim.ActAnswer) string {
	return cmp.Or(refusals[a.Error], a.Detail, "Slack refused: "+a.Error)
}

var refusals = map[string]string{
	"account_inactive":                      "This account is deactivated.",
	"already_archived":                      "The channel is archived already.",
	"already_in_channel":                    "They are in the channel already.",
	"cant_invite":                           "They cannot be added here.",
	"cant_archive_general":                  "#general cannot be archived.",
	"cant_invite_self":                      "You cannot add yourself.",
	"cant_kick_from_general":                "Nobody can be removed from #general.",
	"cant_kick_self":                        "To go yourself, press Leave.",
	"cant_leave_general":                    "Nobody can leave #general.",
	"channel_not_found":                     "There is no such channel, or you cannot see it.",
	"dispatch_failed":                       "The app did not answer. Is Usher connected?",
	"element_not_found":                     "That is not there any more. Look again.",
	"invalid_name":                          "A channel's name has no capitals, spaces or dots.",
	"invalid_name_maxlength":                "A channel's name has 80 characters at most.",
	"invalid_name_punctuation":              "A channel's name needs a letter or a number.",
	"invalid_name_required":                 "A channel needs a name.",
	"invalid_name_specials":                 "A channel's name has letters, numbers, hyphens and underscores only, and no capitals.",
	"is_archived":                           "The channel is archived.",
	"method_not_supported_for_channel_type": "That cannot be done in this kind of channel.",
	"name_taken":                            "A channel of that name exists already.",
	"no_permission":                         "You may not do that.",
	"no_text":                               "Write something first.",
	"no_user":                               "Choose somebody first.",
	"not_authorized":                        "You may not do that: the channel's creator or an administrator may.",
	"not_an_admin":                          "Only an administrator may do that.",
	"not_in_channel":                        "You have to be in the channel for that.",
	"operation_timeout":                     "The app did not answer in time. Try again.",
	"restricted_action":                     "This workspace does not let you do that.",
	"too_long":                              "That is too long: 250 characters at most.",
	"ura_max_channels":                      "A single-channel guest has one channel only.",
	"user_is_restricted":                    "Guests cannot do that.",
	"user_is_ultra_restricted":              "Guests cannot do that.",
	"user_not_found":                        "There is no such person.",
	"view_not_found":                        "That window is closed already.",
}
