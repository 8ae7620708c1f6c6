package handlers

import (
	"slices"
	"strings"
	"time"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

func joinWords(words []string) string { return strings.Join(words, " ") }

// list is what the asker may be in, narrowed to names with all the words.
func (a asker) list(p view.Place) view.List {
	return view.List{
		Place: p, Rooms: a.rooms(p.Words), Groups: a.joinable(p.Words),
		Reading: a.memory().Standing().Reading, Whom: a.whom(""), Command: a.Settings.command(),
	}
}

// rooms are the channels the asker is in or may join, those they may join first,
// then by name, with what can be done about each.
func (a asker) rooms(words string) []view.Room {
	var rooms []view.Room
	for _, x := range a.Policy.Rooms(a.Workspace, a.At, a.me) {
		if !matches(x.Channel.Name, words) {
			continue
		}
		room := view.Room{ID: x.Channel.ID, Name: x.Channel.Name, Private: x.Channel.Private, In: x.In, Stays: x.Channel.General}
		d := x.Join
		if x.In {
			d = a.Policy.DecideJoin(a.Workspace, a.At, x.Channel.ID, a.me)
			room.Until = a.until(x.Channel.ID)
			room.Feeds = len(a.Policy.FedBy(rules.FromChannel, string(x.Channel.ID))) > 0
		}
		open := d.Verdict == rules.Allow && !d.DryRun
		room.MayJoin, room.Back, room.Again = open && !x.In, open, open && d.Join == rules.JoinEveryone
		if !x.In && d.Verdict == rules.Review && d.Join == rules.JoinRequest {
			room.Asking, room.Whom = true, a.whom(d.Cluster)
		}
		rooms = append(rooms, room)
	}
	slices.SortStableFunc(rooms, view.Room.Compare)
	return rooms
}

// until is when the asker has to be out of a channel they are in; zero when they
// need not.
func (a asker) until(c workspace.ChannelID) time.Time {
	if _, grace := a.Workspace.Grace(c, a.me); !grace {
		return time.Time{}
	}
	d := a.Policy.DecideMember(a.Workspace, a.At, rules.Membership{Channel: c, User: a.me, Cause: rules.CauseAsked})
	if d.Verdict != rules.Warn {
		return time.Time{}
	}
	return d.Until
}

// matches reports whether a name holds every word, in any case.
func matches(name, words string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(strings.ToLower(name), strings.TrimPrefix(w, "#")) {
			return false
		}
	}
	return true
}

// groups are the user groups somebody is in, by handle.
func (r Request) groups(u workspace.UserID) []view.Group {
	user, ok := r.Workspace.User(u)
	if !ok {
		return nil
	}
	var groups []view.Group
	for g := range r.Workspace.Usergroups() {
		if !g.Disabled && r.Workspace.UsergroupMembers(g.ID).Set.Has(user) {
			groups = append(groups, view.Group{ID: g.ID, Handle: g.Handle, Name: g.Name})
		}
	}
	slices.SortFunc(groups, func(x, y view.Group) int { return strings.Compare(x.Handle, y.Handle) })
	return groups
}
