package slacksim_test

import (
	"slices"
	"strings"

	"usher/bot/slacksim/spec"
)

// everywhere are the errors any method may answer.
var everywhere = []string{
	"", "not_authed", "invalid_auth", "account_inactive", "not_allowed_token_type", "missing_scope", "unknown_method",
	"invalid_arguments", "ratelimited", "invalid_json", "json_not_object", "invalid_post_type", "invalid_form_data",
}

// undocumented are errors the documentation of a method leaves out, by the
// method or the beginning of its name.
var undocumented = map[string][]string{
	"conversations.invite":    {"user_is_ultra_restricted"},
	"conversations.unarchive": {"not_in_channel"}, // https://github.com/slack-go/slack/issues/1066
	"conversations.kick":      {"restricted_action", "not_supported"},
	"usergroups.": {
		"permission_denied", "plan_upgrade_required", "paid_teams_only", "handle_already_exists", "name_already_exists", "bad_handle",
		"forbidden_handle", "name_too_long", "description_too_long", "missing_subteam_name", "missing_argument", "invalid_channel_provided",
		"invalid_group_provided", "too_many_linked_channels", "no_such_subteam", "invalid_users", "no_users_provided", "failed_for_some_users",
		"users_not_found", "subteam_max_users_exceeded", "invalid_cursor", "invalid_team", "already_enabled", "already_disabled",
	},
	"admin.conversations.restrictAccess.": {"limit_reached", "group_must_not_be_empty", "no_channel_memberships"},
	"admin.users.invite":                  {"already_invited", "channel_not_found", "restricted_workspace"},
}

// checkErrors holds every error answered in a test to the documentation.
func (w *world) checkErrors() {
	documented := spec.Methods()
	for _, c := range w.Calls(0) {
		m, ok := documented[c.Method]
		if !ok || c.Method == "api.test" || slices.Contains(everywhere, c.Error) || slices.Contains(m.Errors, c.Error) {
			continue
		}
		known := false
		for name, codes := range undocumented {
			known = known || strings.HasPrefix(c.Method, name) && slices.Contains(codes, c.Error)
		}
		if !known {
			w.Errorf("%s answered %s, which is documented nowhere", c.Method, c.Error)
		}
	}
}
