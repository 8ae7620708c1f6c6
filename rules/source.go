package rules

import (
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// SourceKind is a sort of source.
type SourceKind string

// The kinds of sources.
const (
	FromChannel   SourceKind = "channel"
	FromUsergroup SourceKind = "usergroup"
	FromIDPGroup  SourceKind = "idp_group"
	FromUsers     SourceKind = "users"
	FromWhere     SourceKind = "where"
)

// source is one source as compiled. Before it is bound, names have no ids.
type source struct {
	kind   SourceKind
	text   string   // as the policy names it: channel finance-department
	name   string   // channel, usergroup, idp_group: as written
	id     string   // what name is bound to; empty: not resolved
	people []person // users
	when   *condition
	at     Place
}

// person is one account that the policy names.
type person struct {
	name string // an id or an address, as written
	id   workspace.UserID
	at   Place
}

// gap is why a source is not known well enough to say that somebody is not in it.
type gap string

const (
	gapUnresolved gap = "unresolved" // nothing of this name was found
	gapLost       gap = "lost"       // deleted, or out of Usher's sight
	gapArchived   gap = "archived"
	gapOut        gap = "bot_out" // Usher is not a member and hears no changes
	gapStale      gap = "incomplete"
	gapEmpty      gap = "empty"  // nobody in it: believed only when a person says so
	gapShrunk     gap = "shrunk" // lost more than the brakes allow since the last plan
	gapBroken     gap = "broken" // the condition could not be worked out
)

// isID tells ids from names: Slack's names have no upper-case letters, and its
// ids begin with one and have no lower-case ones.
func isID(s string) bool {
	return len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && !strings.ContainsFunc(s, func(c rune) bool {
		return !(c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	})
}

func isChannelID(s string) bool { return isID(s) && (s[0] == 'C' || s[0] == 'G') }

func isUserID(s string) bool { return isID(s) && (s[0] == 'U' || s[0] == 'W') }

// roster is the list behind a channel, user group or IdP group source.
func (s *source) roster(w *workspace.Snapshot) (workspace.Roster, gap) {
	if s.id == "" {
		return workspace.Roster{}, gapUnresolved
	}
	var r workspace.Roster
	switch s.kind {
	case FromChannel:
		c, ok := w.Channel(workspace.ChannelID(s.id))
		switch {
		case !ok:
			return r, gapLost
		case c.Archived:
			return r, gapArchived
		case !c.BotIn:
			return r, gapOut
		}
		r = w.Members(c.ID)
	case FromUsergroup:
		g, ok := w.Usergroup(workspace.UsergroupID(s.id))
		switch {
		case !ok:
			return r, gapLost
		case g.Disabled:
			return r, gapArchived
		}
		r = w.UsergroupMembers(g.ID)
	case FromIDPGroup:
		id := workspace.IDPGroupID(s.id)
		if g, _ := w.IDPGroup(id); g.Lost {
			return r, gapLost
		}
		r = w.IDPGroupMembers(id)
	case FromUsers, FromWhere:
	}
	if !r.Complete {
		return r, gapStale
	}
	return r, ""
}

// size is how many there are in a roster, Usher itself not counted.
func size(w *workspace.Snapshot, set workspace.Set) int {
	n := set.Len()
	if bot, ok := w.User(w.Team().Bot); ok && set.Has(bot) {
		n--
	}
	return n
}

// refresh is what has to be read again to fill a gap; false where reading does not help.
func (s *source) refresh(g gap) (action.Refresh, bool) {
	if g != gapStale {
		return action.Refresh{}, false
	}
	switch s.kind {
	case FromChannel:
		return action.Refresh{Channel: workspace.ChannelID(s.id)}, true
	case FromUsergroup:
		return action.Refresh{Usergroup: workspace.UsergroupID(s.id)}, true
	case FromIDPGroup:
		return action.Refresh{IDPGroup: workspace.IDPGroupID(s.id)}, true
	case FromWhere:
		return action.Refresh{Users: true}, true
	case FromUsers:
	}
	return action.Refresh{}, false
}

// Reads is what has to be read for a doubt to end; false where reading does not help.
func (d Doubt) Reads() (action.Refresh, bool) {
	r := d.Reason
	switch r.Code {
	case CodeRosterUnknown:
		if d.Usergroup != "" {
			return action.Refresh{Usergroup: d.Usergroup}, true
		}
		return action.Refresh{Channel: d.Channel}, d.Channel != ""
	case CodeUsersUnknown:
		return action.Refresh{Users: true}, true
	case CodeSourceUnknown, CodeExceptUnknown:
		s := source{kind: sourceKind(r.Source), id: r.Subject}
		return s.refresh(gap(r.Detail))
	}
	return action.Refresh{}, false
}

// texts are sources as the policy names them.
func texts(sources []source) []string {
	var all []string
	for i := range sources {
		all = append(all, sources[i].text)
	}
	return all
}
