package workspace

import "time"

// Team is the workspace itself.
type Team struct {
	ID         TeamID `json:"id"`
	Name       string `json:"name,omitempty"`
	Domain     string `json:"domain,omitempty"`
	Enterprise string `json:"enterprise,omitempty"` // E…, empty outside Enterprise Grid
	Bot        UserID `json:"bot"`                  // Usher's own user in this workspace
}

// Guest says whether somebody is limited to some channels.
type Guest int

// The zero value is a full member.
const (
	FullMember         Guest = iota
	MultiChannelGuest        // Slack's is_restricted
	SingleChannelGuest       // Slack's is_ultra_restricted
)

// User is one account as last seen. A User whose Stub is set was only met as an
// id in some list; nothing else about them is known and rules treat every
// question about them as undetermined.
type User struct {
	ID       UserID            `json:"id"`
	Team     TeamID            `json:"team,omitempty"` // home team
	Name     string            `json:"name,omitempty"`
	RealName string            `json:"real_name,omitempty"`
	Display  string            `json:"display,omitempty"`
	Email    string            `json:"email,omitempty"` // lower case; never logged
	Title    string            `json:"title,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // custom profile fields by id
	Guest    Guest             `json:"guest,omitempty"`
	Bot      bool              `json:"is_bot,omitempty"` // a bot, an app or Slackbot
	Admin    bool              `json:"is_admin,omitempty"`
	Owner    bool              `json:"is_owner,omitempty"` // owner or primary owner
	External bool              `json:"external,omitempty"` // from another organisation (Slack Connect)
	Deleted  bool              `json:"deleted,omitempty"`  // deactivated
	Stub     bool              `json:"stub,omitempty"`

	index uint32 // in sets; from 1, so that an account nobody put anywhere is in none
}

// Called is the name people read: display name, else real name, else handle, else id.
func (u User) Called() string {
	for _, s := range []string{u.Display, u.RealName, u.Name} {
		if s != "" {
			return s
		}
	}
	return string(u.ID)
}

// Channel is one public or private channel as last seen.
type Channel struct {
	ID       ChannelID `json:"id"`
	Name     string    `json:"name"`
	Creator  UserID    `json:"creator,omitempty"`
	Created  int64     `json:"created,omitempty"` // Unix seconds
	Private  bool      `json:"is_private,omitempty"`
	Archived bool      `json:"is_archived,omitempty"`
	General  bool      `json:"is_general,omitempty"` // everybody is in it and nobody can be removed
	Shared   bool      `json:"is_ext_shared,omitempty"`
	BotIn    bool      `json:"bot_in,omitempty"` // Usher is a member: events arrive, people can be removed
	Topic    string    `json:"topic,omitempty"`
	Purpose  string    `json:"purpose,omitempty"`
	Count    int       `json:"num_members,omitempty"` // as Slack's list last said; 0 when it did not

	// What reading found and no event has said.
	WasCalled string `json:"was_called,omitempty"` // the name before; empty: an event said what it is called
	Turned    bool   `json:"turned,omitempty"`     // it was archived, or unarchived
}

// Usergroup is one user group ("subteam") as last seen; its people are a Roster of their own.
type Usergroup struct {
	ID                 UsergroupID `json:"id"`
	Handle             string      `json:"handle"`
	Name               string      `json:"name,omitempty"`
	Description        string      `json:"description,omitempty"`
	Channels           []ChannelID `json:"channels,omitempty"`
	AdditionalChannels []ChannelID `json:"additional_channels,omitempty"`
	Section            bool        `json:"enable_section,omitempty"`
	// Set where Slack's answer left out the additional channels or the section:
	// then what they are is not known.
	AdditionalUnknown bool `json:"additional_unknown,omitempty"`
	SectionUnknown    bool `json:"section_unknown,omitempty"`

	Disabled  bool   `json:"disabled,omitempty"`
	External  bool   `json:"is_external,omitempty"`
	UpdatedBy UserID `json:"updated_by,omitempty"`
	Updated   int64  `json:"date_update,omitempty"`
	Count     int    `json:"user_count,omitempty"`
}

// IDPGroup is a group of the identity provider; its people are a Roster of their own.
type IDPGroup struct {
	ID   IDPGroupID `json:"id"`
	Name string     `json:"name,omitempty"`
	Lost bool       `json:"lost,omitempty"` // Slack has none of this id, or does not show it to Usher
}

// Grant is a time-limited exception approved by a person.
type Grant struct {
	Channel ChannelID `json:"channel"`
	User    UserID    `json:"user"`
	By      UserID    `json:"by"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Why     string    `json:"why,omitempty"`
}

// Knowledge says how well a list is known. The zero value knows nothing.
type Knowledge struct {
	Complete bool      `json:"complete"` // every page was read, and every change since was heard
	At       time.Time `json:"at"`       // when it was last read whole
}
