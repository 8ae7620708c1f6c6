package view

// Action, callback and block ids of everything about user groups.
const (
	ActionGroupJoin  = "group:join"  // value: user group id
	ActionGroupLeave = "group:leave" // value: user group id
)
