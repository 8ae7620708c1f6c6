package handlers

import (
	"slices"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// mostCounted is how many members a channel may have for its outsiders to be
// counted while somebody waits for a modal.
const mostCounted = 2000

// detail is one rule, whole, for its owners and administrators.
func (r Request) detail(c rules.Cluster, page int, reader workspace.UserID) view.ClusterDetail {
	channels := r.channels(c.Name)
	d := view.ClusterDetail{
		Cluster: r.cluster(c, channels), Place: view.At(page, c.Name),
		Whom: r.whomFor(c.Name, ""), Troubles: r.troubles(c.Name),
	}
	eligible, doubts := r.Policy.Eligible(r.Workspace, c.Name)
	d.Eligible = eligible
	for _, doubt := range doubts {
		d.Doubts = append(d.Doubts, doubt.Words(r.Workspace, reader))
	}
	from, to := d.Place.Shown(len(channels))
	d.Before, d.After = from, len(channels)-to
	for _, ch := range channels[from:to] {
		d.Rooms = append(d.Rooms, r.clusterRoom(ch))
	}
	d.Lately = r.lately(c.Name)
	return d
}

// Most decisions of a rule that are shown, and that are looked at for them.
const (
	mostLately = 10
	lookLately = 100
)

// lately are a rule's last decisions, newest first. Whoever may stay for a while
// is decided about at every comparison: only the first time, when they were told,
// is news.
func (r Request) lately(cluster string) []view.Event {
	var all []view.Event
	last := map[workspace.Seat]string{}
	for _, rec := range slices.Backward(r.memory().Lately(cluster, lookLately)) {
		seat, what := workspace.Seat{Channel: rec.Decision.Channel, User: rec.Decision.User}, cameOf(rec)
		if rec.Decision.Verdict != rules.Remove && last[seat] == what {
			continue
		}
		last[seat] = what
		name := string(seat.Channel)
		if ch, ok := r.Workspace.Channel(seat.Channel); ok {
			name = ch.Name
		}
		all = append(all, view.Event{At: rec.At, User: seat.User, Channel: name, What: what})
	}
	slices.Reverse(all)
	return all[:min(len(all), mostLately)]
}

func (r Request) clusterRoom(ch workspace.Channel) view.ClusterRoom {
	room := view.ClusterRoom{ID: ch.ID, Name: ch.Name, Private: ch.Private, Members: -1, Managed: ch.BotIn}
	roster := r.Workspace.Members(ch.ID)
	if !roster.Complete {
		return room
	}
	room.Members = r.people(ch.ID)
	if room.Members > mostCounted {
		return room
	}
	for u := range r.Workspace.In(roster.Set) {
		d := r.Policy.DecideMember(r.Workspace, r.At, rules.Membership{Channel: ch.ID, User: u.ID, Cause: rules.CauseAsked})
		switch d.Verdict {
		case rules.Review, rules.Warn, rules.Remove:
			room.Outside++
		case rules.Unmanaged, rules.Allow, rules.Undetermined:
		}
	}
	return room
}

// cameOf is a past decision and what came of it, in a few words.
func cameOf(rec Recorded) string {
	d := rec.Decision
	words := map[rules.Verdict]string{
		rules.Unmanaged: "no rule", rules.Allow: "may be there", rules.Review: "reported",
		rules.Warn: "told", rules.Remove: "removed", rules.Undetermined: "not known well enough",
	}[d.Verdict]
	switch {
	case d.DryRun && d.Verdict == rules.Remove:
		return "would be removed"
	case d.DryRun && d.Verdict == rules.Warn:
		return "would be told"
	case d.Verdict == rules.Warn && !d.Until.IsZero():
		return "told, with time to leave"
	case d.Verdict != rules.Remove:
		return words
	}
	switch rec.Result.Class {
	case Done, Already:
		return words
	case Dropped:
		return "stayed: by the time, they might be there"
	case Never, Blocked:
		return "could not be removed: " + rec.Result.Sentence
	}
	return "removal decided"
}
