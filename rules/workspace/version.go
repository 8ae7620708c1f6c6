package workspace

// Version tells whether two snapshots hold the very same channels: equal
// versions, equal contents. The reverse is not promised. The zero Version is of
// nothing.
type Version struct{ of any }

// ChannelsVersion is the version of the channels, without their members.
func (s *Snapshot) ChannelsVersion() Version { return Version{s.channels} }
