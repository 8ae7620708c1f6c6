package handlers

import (
	"usher/handlers/view"
	"usher/rules"
)

// Scopes that several routes need for their events to arrive.
var (
	ofChannels = []string{"channels:read", "groups:read"}
	ofUsers    = []string{"users:read"}
	ofGroups   = []string{"usergroups:read"}
)

// Routes are all routes there are.
func Routes() []Route {
	var all []Route
	all = append(all, channelRoutes()...)
	all = append(all, peopleRoutes()...)
	all = append(all, pressRoutes()...)
	all = append(all, reactionRoutes()...)
	all = append(all, groupRoutes()...)
	all = append(all, operatorRoutes()...)
	all = append(all,
		On("command", slash, "commands"),
		On("event:app_home_opened", homeOpened),
		On("event:app_uninstalled", appGone),
		On("event:tokens_revoked", appGone),
		On("due:recheck", recheck),
		On("due:replan", replan),
		On("settled:invite", afterInvite),
		On("settled:remove", afterRemove),
		On("settled:join", afterJoin),
		On("settled:refresh", afterRefresh),
	)
	return all
}

func channelRoutes() []Route {
	return []Route{
		On("event:channel_created", channelChanged(rules.ChannelCreated), "channels:read"),
		On("event:channel_rename", channelChanged(rules.ChannelRenamed), "channels:read"),
		On("event:group_rename", channelChanged(rules.ChannelRenamed), "groups:read"),
		On("event:channel_unarchive", channelBack, "channels:read"),
		On("event:group_unarchive", channelBack, "groups:read"),
		On("event:channel_archive", channelChanged(rules.ChannelArchived), "channels:read"),
		On("event:group_archive", channelChanged(rules.ChannelArchived), "groups:read"),
		On("event:channel_deleted", channelChanged(rules.ChannelLost), "channels:read"),
		On("event:group_deleted", channelChanged(rules.ChannelLost), "groups:read"),
		On("event:channel_left", channelChanged(rules.ChannelLost), "channels:read"),
		On("event:group_left", channelChanged(rules.ChannelLost), "groups:read"),
		On("event:channel_id_changed", channelChanged(rules.ChannelConverted)),
		On("event:channel_shared", channelChanged(rules.ChannelConverted), ofChannels...),
		On("event:channel_unshared", channelChanged(rules.ChannelConverted), ofChannels...),
	}
}

func peopleRoutes() []Route {
	return []Route{
		On("event:member_joined_channel", memberJoined, ofChannels...),
		On("event:member_left_channel", memberLeft, ofChannels...),
		On("event:team_join", userChanged, ofUsers...),
		On("event:user_change", userChanged, ofUsers...),
		On("event:user_profile_changed", userChanged, ofUsers...),
		On("event:subteam_created", usergroupChanged, ofGroups...),
		On("event:subteam_updated", usergroupChanged, ofGroups...),
		On("event:subteam_members_changed", usergroupMembers, ofGroups...),
	}
}

func pressRoutes() []Route {
	press := func(actionID string, do func(asker, press) (Outcome, error)) Route {
		return On("action:"+actionID, pressed(do))
	}
	return []Route{
		press(view.ActionJoin, pressJoin),
		press(view.ActionLeave, pressLeave),
		press(view.ActionWhy, pressWhy),
		press(view.ActionList, pressList),
		press(view.ActionListPage, pressListPage),
		press(view.ActionHomePage, pressHomePage),
		press(view.ActionHomeSearch, pressHomeSearch),
		press(view.ActionCluster, pressCluster),
		press(view.ActionClusterPage, pressClusterPage),
		press(view.ActionClusters, pressClusters),
		press(view.ActionTroubles, pressTroubles),
	}
}
