package workspace

// Version tells whether two snapshots hold the very same accounts, or the very
// same channels: equal versions, equal contents. The reverse is not promised.
// The zero Version is of nothing.
type Version struct{ of any }

// UsersVersion is the version of the accounts and of the workspace itself.
func (s *Snapshot) UsersVersion() Version {
	return Version{usersVersion{s.users, s.team.Bot}}
}

type usersVersion struct {
	users any
	bot   UserID
}

// ChannelsVersion is the version of the channels, without their members.
func (s *Snapshot) ChannelsVersion() Version { return Version{s.channels} }
