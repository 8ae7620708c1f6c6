package slacksim

import (
	"fmt"
	"os"
)

// File is a workspace file: the Slack to start with. Ids are optional
// everywhere; those left out are derived from names and Seed.
type File struct {
	Seed       int64           `yaml:"seed"`
	App        FileApp         `yaml:"app"`
	Workspaces []FileWorkspace `yaml:"workspaces"`
}

// FileApp is how the app is set up, as its manifest would say. Nil lists are
// left out and stand for everything; Options that are set win.
type FileApp struct {
	Scopes     []string `yaml:"scopes"`      // of the bot tokens
	UserScopes []string `yaml:"user_scopes"` // of the admin tokens
	Events     []string `yaml:"events"`      // the app is subscribed to exactly these
}

// FileWorkspace is one workspace of a File.
type FileWorkspace struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`
	Domain string `yaml:"domain"`
	Grid   bool   `yaml:"grid"` // IdP groups, org admin token, admin.* and SCIM work
	// Preferences are everyone or admins. Left out they are Slack's own:
	// everyone removes from private channels and edits user groups, only admins
	// remove from public channels.
	Preferences map[string]string `yaml:"preferences"`
	Users       []FileUser        `yaml:"users"`
	Channels    []FileChannel     `yaml:"channels"`
	Usergroups  []FileUsergroup   `yaml:"usergroups"`
	IDPGroups   []FileIDPGroup    `yaml:"idp_groups"`
	Links       []FileLink        `yaml:"links"`
}

// FileUser is a person, a bot or an external person.
type FileUser struct {
	ID          string `yaml:"id"`
	Name        string `yaml:"name"`
	RealName    string `yaml:"real_name"`
	DisplayName string `yaml:"display_name"`
	Email       string `yaml:"email"`
	Title       string `yaml:"title"`
	Admin       bool   `yaml:"admin"`
	Owner       bool   `yaml:"owner"`
	Guest       string `yaml:"guest"` // single | multi
	Bot         bool   `yaml:"bot"`
	External    string `yaml:"external"` // the other team's id
	Deactivated bool   `yaml:"deactivated"`
}

// FileChannel is a channel; people are named by name or id.
type FileChannel struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Private  bool     `yaml:"private"`
	General  bool     `yaml:"general"` // every full member is in it
	Archived bool     `yaml:"archived"`
	External string   `yaml:"external"` // shared with this other team
	Topic    string   `yaml:"topic"`
	Purpose  string   `yaml:"purpose"`
	Creator  string   `yaml:"creator"`
	Members  []string `yaml:"members"`
}

// FileUsergroup is a user group.
type FileUsergroup struct {
	ID                 string   `yaml:"id"`
	Handle             string   `yaml:"handle"`
	Name               string   `yaml:"name"`
	Description        string   `yaml:"description"`
	Members            []string `yaml:"members"`
	Channels           []string `yaml:"channels"`
	AdditionalChannels []string `yaml:"additional_channels"`
	Section            bool     `yaml:"section"`
	Disabled           bool     `yaml:"disabled"`
}

// FileIDPGroup is a group of the identity provider (Enterprise Grid).
type FileIDPGroup struct {
	ID      string   `yaml:"id"`
	Name    string   `yaml:"name"`
	Members []string `yaml:"members"`
}

// FileLink restricts a private channel to an IdP group.
type FileLink struct {
	Channel  string `yaml:"channel"`
	IDPGroup string `yaml:"idp_group"`
}

// LoadFile reads and parses a workspace file.
func LoadFile(path string) (*File, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read workspace file: %w", err)
	}
	return parseFile(path, raw)
}

// ParseFile parses a workspace file. Unknown keys and wrong types are errors
// with their line and column; so is everything that does not fit together (a
// member who does not exist, a name used twice), all of it at once.
func ParseFile(raw []byte) (*File, error) { return parseFile("workspace file", raw) }

// DefaultFile is the workspace used when none is given.
func DefaultFile() *File {
	return &File{Seed: 1, Workspaces: []FileWorkspace{{
		ID: "T01", Name: "acme",
		Users: []FileUser{
			{Name: "alice", RealName: "Alice Doe", Email: "alice@acme.test", Admin: true, Owner: true},
			{Name: "bob", RealName: "Bob Roe", Email: "bob@acme.test"},
			{Name: "carol", RealName: "Carol Poe", Email: "carol@acme.test"},
			{Name: "mallory", RealName: "Mallory Moe", Email: "mallory@acme.test"},
		},
		Channels: []FileChannel{{Name: "general", General: true}, {Name: "random", Members: []string{"alice", "bob"}}},
	}}}
}
