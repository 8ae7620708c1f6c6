package action

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules/workspace"
)

// Kinds of this file.
const (
	KindKeepUsergroup   Kind = "keep_usergroup"
	KindEditMembers     Kind = "edit_members"
	KindChangeUsergroup Kind = "change_usergroup"
)

// KeepUsergroup brings a user group to what its rule wants of it. What that is
// is found when its turn comes, so however much has happened until then, it is
// one writing.
type KeepUsergroup struct {
	Handle string                `json:"handle"` // names the rule
	Group  workspace.UsergroupID `json:"group,omitempty"`
	// Release is how many people a person has allowed to be taken out; more than
	// the brakes let through are only taken out up to this many.
	Release int `json:"release,omitempty"`

	Want Wanted `json:"-"` // found when its turn comes; never stored
}

// Wanted is what a user group has to become. Nil fields and empty lists stay as
// they are.
type Wanted struct {
	Group                     workspace.UsergroupID // empty: it has to be made
	Name, Handle, Description *string
	Channels                  *[]workspace.ChannelID
	AdditionalChannels        *[]workspace.ChannelID
	Section                   *bool
	Enable                    bool // it is disabled and has to come back

	// Members says that the list is known well enough to be written.
	Members bool
	// Exact: the list becomes Users. Else Add come to it and Drop go from it,
	// whoever else is in it by then.
	Exact     bool
	Users     []workspace.UserID
	Add, Drop []workspace.UserID
	// Gone are those of Drop who were out before: they stand in the list of a group
	// that was disabled since.
	Gone []workspace.UserID
	// Base is how the list of those whom the rule put there changes by it.
	BaseAdd, BaseDrop []workspace.UserID
	// Most is how many may be taken out at once; -1: any number.
	Most int

	Empty       string             // what becomes of it when nobody would be left: keep, disable, placeholder
	Placeholder []workspace.UserID // at most one
}

// Unchanged reports whether all but the list stays as it is.
func (w Wanted) Unchanged() bool {
	return w.Group != "" && w.Name == nil && w.Handle == nil && w.Description == nil && w.Channels == nil &&
		w.AdditionalChannels == nil && w.Section == nil && !w.Enable
}

// Kind is KindKeepUsergroup.
func (KeepUsergroup) Kind() Kind { return KindKeepUsergroup }

// Key is the user group's; one that is still to be made has a key by its handle.
func (a KeepUsergroup) Key() Key { return groupKey(a.Group, a.Handle) }

func groupKey(id workspace.UsergroupID, handle string) Key {
	if id == "" {
		return Key("usergroup:@" + handle)
	}
	return UsergroupKey(id)
}

func (a KeepUsergroup) String() string {
	if a.Group == "" {
		return "make the user group @" + a.Handle + " as its rule wants it"
	}
	return fmt.Sprintf("bring %s to what the rule @%s wants", a.Group, a.Handle)
}
func (KeepUsergroup) action()     {}
func (KeepUsergroup) supersedes() {}

// After is a, which may take out as many as a person has allowed of either.
func (a KeepUsergroup) After(older Action) (Action, bool) {
	b, ok := older.(KeepUsergroup)
	a.Release = max(a.Release, b.Release)
	return a, ok
}

// EditMembers is what one or several people want changed in a user group's list.
// Slack only takes whole lists: when its turn comes, the list is read again and
// this is merged into it. Waiting ones of a group become one.
type EditMembers struct {
	Group  workspace.UsergroupID `json:"group"`
	Add    []workspace.UserID    `json:"add,omitempty"`
	Remove []workspace.UserID    `json:"remove,omitempty"`
	Set    []workspace.UserID    `json:"set,omitempty"` // the whole list; Add and Remove come after it
	Asked  []Asked               `json:"askers,omitempty"`

	// Enable brings back a disabled group first; Stale are those who stand in its
	// list still and are in it no more.
	Enable bool               `json:"enable,omitempty"`
	Stale  []workspace.UserID `json:"stale,omitempty"`
	// Empty is what becomes of the group when nobody would be left: disable or
	// placeholder. Without it the last one stays.
	Empty       string             `json:"empty,omitempty"`
	Placeholder []workspace.UserID `json:"placeholder,omitempty"`
}

// Kind is KindEditMembers.
func (EditMembers) Kind() Kind { return KindEditMembers }

// Key is the user group's.
func (a EditMembers) Key() Key { return UsergroupKey(a.Group) }

func (a EditMembers) String() string {
	switch {
	case a.Set != nil:
		return fmt.Sprintf("set who is in %s: %d people", a.Group, len(a.Set))
	case len(a.Add) > 0 && len(a.Remove) > 0:
		return fmt.Sprintf("add %d people to %s, and take %d out", len(a.Add), a.Group, len(a.Remove))
	case len(a.Add) == 1:
		return fmt.Sprintf("add %s to %s", a.Add[0], a.Group)
	case len(a.Remove) == 1:
		return fmt.Sprintf("take %s out of %s", a.Remove[0], a.Group)
	case len(a.Remove) > 0:
		return fmt.Sprintf("take %d people out of %s", len(a.Remove), a.Group)
	}
	return fmt.Sprintf("add %d people to %s", len(a.Add), a.Group)
}
func (EditMembers) action() {}

// Merger is an Action that takes an older waiting one of its kind and key into
// itself: carrying out the result is carrying out both, the older first.
type Merger interface {
	Action
	After(older Action) (Action, bool)
}

// After is both as one.
func (a EditMembers) After(older Action) (Action, bool) {
	b, ok := older.(EditMembers)
	if !ok || b.Group != a.Group {
		return a, false
	}
	a.Asked = append(slices.Clone(b.Asked), a.Asked...)
	a.Enable = a.Enable || b.Enable
	a.Stale = without(without(append(without(b.Stale, a.Stale), a.Stale...), a.Add), b.Add)
	if a.Empty == "" {
		a.Empty, a.Placeholder = b.Empty, b.Placeholder
	}
	if a.Set != nil {
		return a, true
	}
	a.Add, a.Remove = append(without(b.Add, a.Remove), without(a.Add, b.Add)...), append(without(b.Remove, a.Add), without(a.Remove, b.Remove)...)
	a.Set = b.Set
	return a, true
}

func without(all, some []workspace.UserID) []workspace.UserID {
	out := make(map[workspace.UserID]bool, len(some))
	for _, u := range some {
		out[u] = true
	}
	var left []workspace.UserID
	for _, u := range all {
		if !out[u] {
			left = append(left, u)
		}
	}
	return left
}

// ChangeUsergroup makes a user group, or changes what it is called, what belongs
// to it, or whether it is enabled. Nil fields stay as they are.
type ChangeUsergroup struct {
	Group              workspace.UsergroupID  `json:"group,omitempty"` // empty: it is to be made
	Name               *string                `json:"name,omitempty"`
	Handle             *string                `json:"handle,omitempty"`
	Description        *string                `json:"description,omitempty"`
	Channels           *[]workspace.ChannelID `json:"channels,omitempty"`
	AdditionalChannels *[]workspace.ChannelID `json:"additional_channels,omitempty"`
	Section            *bool                  `json:"enable_section,omitempty"`
	Enabled            *bool                  `json:"enabled,omitempty"`
	Users              []workspace.UserID     `json:"users,omitempty"` // who is in it at first; only where it is to be made
	Asked              *Asked                 `json:"asked,omitempty"`
}

// Changes is how many parts of the group it changes.
func (a ChangeUsergroup) Changes() (n int) {
	for _, is := range []bool{
		a.Name != nil, a.Handle != nil, a.Description != nil, a.Channels != nil, a.AdditionalChannels != nil, a.Section != nil, a.Enabled != nil, len(a.Users) > 0,
	} {
		if is {
			n++
		}
	}
	return n
}

// Kind is KindChangeUsergroup.
func (ChangeUsergroup) Kind() Kind { return KindChangeUsergroup }

// Key is the user group's; one that is still to be made has a key by its handle.
func (a ChangeUsergroup) Key() Key {
	handle := ""
	if a.Handle != nil {
		handle = *a.Handle
	}
	return groupKey(a.Group, handle)
}

func (a ChangeUsergroup) String() string {
	switch {
	case a.Group == "" && a.Handle != nil:
		return "make the user group @" + *a.Handle
	case a.Group == "":
		return "make a user group"
	case a.Enabled != nil && *a.Enabled:
		return fmt.Sprintf("enable %s", a.Group)
	case a.Enabled != nil:
		return fmt.Sprintf("disable %s", a.Group)
	}
	var parts []string
	for _, part := range []struct {
		is   bool
		name string
	}{
		{a.Name != nil, "name"},
		{a.Handle != nil, "handle"},
		{a.Description != nil, "description"},
		{a.Channels != nil, "default channels"},
		{a.AdditionalChannels != nil, "additional channels"},
		{a.Section != nil, "sidebar section"},
	} {
		if part.is {
			parts = append(parts, part.name)
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("change nothing about %s", a.Group)
	}
	return fmt.Sprintf("change the %s of %s", strings.Join(parts, ", "), a.Group)
}
func (ChangeUsergroup) action() {}
