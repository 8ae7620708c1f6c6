package view

// Action, callback and block ids of everything about user groups.
const (
	ActionGroupJoin    = "group:join"    // value: user group id
	ActionGroupLeave   = "group:leave"   // value: user group id
	ActionGroups       = "group:all"     // value: Place; all user groups
	ActionGroup        = "group:one"     // value: user group id
	ActionGroupNew     = "group:new"     // opens the form of a new one
	ActionGroupEdit    = "group:edit"    // value: user group id
	ActionGroupPeople  = "group:people"  // value: user group id
	ActionGroupEnable  = "group:enable"  // value: user group id
	ActionGroupDisable = "group:disable" // value: user group id

	ViewGroupForm   = "group_form"   // private metadata: user group id, empty for a new one
	ViewGroupPeople = "group_people" // private metadata: user group id

	BlockGroupName       = "group_name"
	BlockGroupHandle     = "group_handle"
	BlockGroupText       = "group_text"
	BlockGroupChannels   = "group_channels"
	BlockGroupAdditional = "group_additional"
	BlockGroupSection    = "group_section"
	BlockGroupUsers      = "group_users"
	BlockGroupAdd        = "group_add"
	BlockGroupRemove     = "group_remove"
	ActionGroupValue     = "value" // the element of each of these blocks
)
