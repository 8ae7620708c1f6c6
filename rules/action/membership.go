package action

import (
	"fmt"
	"strings"

	"usher/rules/workspace"
)

// Kinds of this file.
const (
	KindRemove  Kind = "remove"
	KindInvite  Kind = "invite"
	KindJoin    Kind = "join"
	KindRefresh Kind = "refresh"
)

// Remove takes one person out of a channel. Before it is carried out the rules
// are asked again; somebody who may be there by then stays. Where the person
// asked to leave (Asked), the rules are not asked: nobody is kept in.
type Remove struct {
	Channel workspace.ChannelID `json:"channel"`
	User    workspace.UserID    `json:"user"`
	Cluster string              `json:"cluster,omitempty"`
	Asked   *Asked              `json:"asked,omitempty"`
	// Usergroup is a coupled user group of which the channel is a default one and
	// that the person has left.
	Usergroup workspace.UsergroupID `json:"usergroup,omitempty"`
}

// Kind is KindRemove.
func (Remove) Kind() Kind { return KindRemove }

// Key is the channel's.
func (a Remove) Key() Key { return ChannelKey(a.Channel) }

func (a Remove) String() string { return fmt.Sprintf("remove %s from %s", a.User, a.Channel) }
func (Remove) action()          {}

// Invite puts people into a channel; Usher must be a member. At most 100 people.
// Whoever is in already, or cannot be invited, does not stop the others. Where a
// person asked for it themselves (Asked), what came of it is told through their
// response URL.
type Invite struct {
	Channel workspace.ChannelID `json:"channel"`
	Users   []workspace.UserID  `json:"users"`
	Cluster string              `json:"cluster,omitempty"`
	Asked   *Asked              `json:"asked,omitempty"`
	Undoes  string              `json:"undoes,omitempty"` // the run that took them out

	Missing string `json:"-"` // who should come too and cannot be found, in plain text; found when its turn comes
}

// Kind is KindInvite.
func (Invite) Kind() Kind { return KindInvite }

// Key is the channel's.
func (a Invite) Key() Key { return ChannelKey(a.Channel) }

func (a Invite) String() string {
	if len(a.Users) == 1 {
		return fmt.Sprintf("invite %s to %s", a.Users[0], a.Channel)
	}
	return fmt.Sprintf("invite %d people to %s", len(a.Users), a.Channel)
}
func (Invite) action() {}

// Asked is who waits for the result of an action, and where they are told.
type Asked struct {
	By          workspace.UserID `json:"by"`
	ResponseURL string           `json:"response_url,omitempty"` // 5 uses in 30 minutes; never logged
}

// Join makes Usher itself a member of a public channel.
type Join struct {
	Channel workspace.ChannelID `json:"channel"`
}

// Kind is KindJoin.
func (Join) Kind() Kind { return KindJoin }

// Key is the channel's.
func (a Join) Key() Key { return ChannelKey(a.Channel) }

func (a Join) String() string { return fmt.Sprintf("join %s", a.Channel) }
func (Join) action()          {}

// Refresh reads something again that is not known well enough to decide, and
// asks the rules again afterwards. Exactly one of its fields is set; Users
// means the whole list of accounts.
type Refresh struct {
	Channel   workspace.ChannelID   `json:"channel,omitempty"`
	Usergroup workspace.UsergroupID `json:"usergroup,omitempty"`
	IDPGroup  workspace.IDPGroupID  `json:"idp_group,omitempty"`
	User      workspace.UserID      `json:"user,omitempty"`
	Channels  bool                  `json:"channels,omitempty"` // the list of channels
	Users     bool                  `json:"users,omitempty"`
}

// Kind is KindRefresh.
func (Refresh) Kind() Kind { return KindRefresh }

// Key is one for each thing that can be read.
func (a Refresh) Key() Key { return Key("refresh:" + a.what()) }

func (a Refresh) what() string {
	return strings.Join(a.words(), " ")
}

func (a Refresh) words() []string {
	switch {
	case a.Channel != "":
		return []string{"channel", string(a.Channel)}
	case a.Usergroup != "":
		return []string{"usergroup", string(a.Usergroup)}
	case a.IDPGroup != "":
		return []string{"idp group", string(a.IDPGroup)}
	case a.User != "":
		return []string{"user", string(a.User)}
	case a.Channels:
		return []string{"channels"}
	}
	return []string{"users"}
}

func (a Refresh) String() string { return "read " + a.what() + " again" }
func (Refresh) action()          {}
func (Refresh) supersedes()      {}
