package handlers

import "usher/rules/workspace"

// Rebase is how the rule's part of a user group's list has changed: who was put
// there by it, and who is there by it no more.
type Rebase struct {
	Group     workspace.UsergroupID
	Add, Drop []workspace.UserID
}
