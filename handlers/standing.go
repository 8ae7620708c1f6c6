package handlers

import (
	"usher/handlers/view"
	"usher/rules"
)

// status is how things stand, with figures for administrators.
func (a asker) status() view.Message {
	now := a.memory().Standing()
	s := view.Status{
		Paused: now.Paused, Pause: a.paused(now),
		Reading: now.Reading, Whom: a.whom(""),
	}
	if a.admin() {
		s.Numbers = a.numbers(now)
	}
	return s.Message()
}

// paused is what somebody may know of a pause: why it is only administrators.
func (a asker) paused(now Standing) view.Pause {
	p := view.Pause{By: now.PausedBy, At: now.PausedAt}
	if a.admin() || a.me == CLI {
		p.Why = now.PausedWhy
	}
	return p
}

func (r Request) numbers(now Standing) *view.Numbers {
	n := &view.Numbers{
		Version: r.Settings.Version, Waiting: now.Waiting, Blocked: len(r.memory().Blocked()),
		Planned: now.Planned, Sockets: now.Sockets,
	}
	for u := range r.Workspace.Users() {
		if !u.Stub && !u.Deleted {
			n.People++
		}
	}
	for c := range r.Workspace.Channels() {
		if c.Archived {
			continue
		}
		n.Channels++
	}
	for c := range r.Policy.Governed(r.Workspace) {
		if !c.Archived {
			n.Governed++
		}
	}
	for _, c := range r.Policy.Clusters() {
		switch c.Mode {
		case rules.ModeEnforce:
			n.Enforced++
		case rules.ModeReport:
			n.Reports++
		case rules.ModeOff:
		}
	}
	return n
}
