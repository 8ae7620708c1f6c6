package rules

import (
	"maps"
	"slices"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// inviteBatch is how many people Slack takes in one invitation.
const inviteBatch = 100

// ChannelOutcome is what comes of looking at one channel as a whole.
type ChannelOutcome struct {
	Decisions []Decision         // about people who are not simply allowed, sorted by user
	Actions   []action.Action    // everything to be done, those of Decisions included
	Settled   []Membership       // newcomers and people in a grace who were found to belong
	Held      []Brake            // what a person has to release first
	Doubts    []Doubt            // what is not known well enough
	Refresh   []action.Refresh   // what has to be read again because of that
	Invited   []workspace.UserID // whom Actions invite, sorted
}

// Doubt is a number of people about whom nothing could be decided.
type Doubt struct {
	Channel   workspace.ChannelID
	Usergroup workspace.UsergroupID // instead of Channel
	Reason    Reason
	People    int
}

// DecideChannel looks at one channel as a whole after something happened to it:
// Usher joins it where it can, people who may not be there are dealt with as in
// a plan (brakes included), everybody is invited where the cluster says so, and
// the owners hear of a new channel once. A channel that feeds clusters and was
// archived or lost is told to those clusters' owners once.
func (p *Policy) DecideChannel(w *workspace.Snapshot, at time.Time, ch workspace.ChannelID, why ChannelChange) ChannelOutcome {
	c, known := w.Channel(ch)
	if why == ChannelLost || why == ChannelArchived {
		return ChannelOutcome{Actions: p.tellLoss(w, at, ch, why)}
	}
	if !known {
		return ChannelOutcome{}
	}
	clusters := p.governing(c)
	if len(clusters) == 0 {
		return ChannelOutcome{}
	}
	s := newSurvey(p, w, at, CauseChannel)
	out := s.channel(governed{ch, clusters})
	if c.BotIn && !c.Archived && !c.General {
		for _, cl := range clusters {
			if cl.enforced() {
				out.Actions = append(out.Actions, p.tellNew(w, cl, ch)...)
			}
		}
	}
	return out
}

// tellNew tells the owners of a cluster once that a channel is under its rule.
func (p *Policy) tellNew(w *workspace.Snapshot, c *cluster, ch workspace.ChannelID) []action.Action {
	var all []action.Action
	for _, to := range p.ownersToTell(w, c) {
		all = append(all, action.Tell{
			To: to, Topic: action.NewChannel, Channel: ch, Cluster: c.Name,
			Once: strings.Join([]string{string(action.NewChannel), c.Name, string(ch), string(to)}, ":"),
		})
	}
	return all
}

// tellLoss tells those who answer for enforced clusters that one of their
// sources is gone: each person once, however many clusters are concerned.
func (p *Policy) tellLoss(w *workspace.Snapshot, at time.Time, ch workspace.ChannelID, why ChannelChange) []action.Action {
	clusters := map[workspace.UserID][]string{}
	for _, c := range p.clusters {
		if !c.enforced() || !c.feeds(ch) {
			continue
		}
		for _, to := range p.ownersToTell(w, c) {
			clusters[to] = append(clusters[to], "“"+c.Name+"”")
		}
	}
	what := "Usher cannot see it any more: until it is invited again, or the policy names another,"
	if why == ChannelArchived {
		what = "It is archived: until it is back, or the policy names another,"
	}
	var all []action.Action
	for _, to := range slices.Sorted(maps.Keys(clusters)) {
		all = append(all, action.Tell{
			To: to, Topic: action.Operator, Channel: ch,
			Detail: "This channel decides who belongs to " + strings.Join(clusters[to], ", ") + ". " + what + " nobody is let in or removed because of it.",
			Once:   strings.Join([]string{"source", string(why), string(ch), string(to), at.UTC().Format("20060102T15")}, ":"),
		})
	}
	return all
}

// channel compares one channel with its clusters.
func (s *survey) channel(g governed) ChannelOutcome {
	var out ChannelOutcome
	c, _ := s.w.Channel(g.channel)
	roster := s.w.Members(c.ID)
	if c.Archived || c.General {
		out.settle(s, c.ID, roster.Newcomers)
		return out
	}
	enforced := slices.ContainsFunc(g.clusters, (*cluster).enforced)
	if enforced && !c.BotIn {
		r := Reason{Code: CodeCannotManage, Subject: string(c.ID), Detail: "private"}
		if !c.Private {
			r.Detail = "public"
			out.Actions = append(out.Actions, action.Join{Channel: c.ID})
		}
		out.Doubts = append(out.Doubts, Doubt{Channel: c.ID, Reason: r, People: c.Count})
		return out
	}
	// A rule that only reports changes nothing: it may speak of people as they
	// were when the channel was last read whole.
	if !roster.Complete && (enforced || roster.At.IsZero()) {
		out.Doubts = append(out.Doubts, Doubt{Channel: c.ID, Reason: Reason{Code: CodeRosterUnknown, Subject: string(c.ID)}, People: c.Count})
		out.Refresh = append(out.Refresh, action.Refresh{Channel: c.ID})
		return out
	}
	stay := s.mayStay(g.clusters)
	if granted, ok := s.grants[c.ID]; ok {
		stay = stay.Or(granted)
	}
	outsiders := roster.Set.Minus(stay)
	if _, allow := treatment(g.clusters); allow {
		outsiders = workspace.Set{}
	}
	if !outsiders.Empty() {
		s.outsiders(&out, c, g.clusters, roster, outsiders)
	}
	if !roster.Newcomers.Empty() {
		out.settle(s, c.ID, roster.Newcomers.Minus(outsiders))
	}
	if enforced {
		s.invite(&out, c, g.clusters, roster)
	}
	return out
}

func (out *ChannelOutcome) settle(s *survey, c workspace.ChannelID, people workspace.Set) {
	for u := range s.w.In(people) {
		out.Settled = append(out.Settled, Membership{Channel: c, User: u.ID, Cause: s.cause})
	}
	slices.SortFunc(out.Settled, func(a, b Membership) int { return strings.Compare(string(a.User), string(b.User)) })
}

// invite brings in everybody who is missing where a cluster invites by itself.
func (s *survey) invite(out *ChannelOutcome, c workspace.Channel, clusters []*cluster, roster workspace.Roster) {
	var asked workspace.Set
	for _, cl := range clusters {
		if !cl.enforced() || cl.Join != JoinEveryone {
			continue
		}
		missing := s.reach(cl).sure.Minus(roster.Set)
		if missing.Empty() {
			continue
		}
		missing = missing.Minus(s.p.uninvited(s.w)).Minus(asked)
		asked = asked.Or(missing)
		var ids []workspace.UserID
		for u := range s.w.In(missing) {
			ids = append(ids, u.ID)
		}
		slices.Sort(ids)
		for batch := range slices.Chunk(ids, inviteBatch) {
			out.Actions = append(out.Actions, action.Invite{Channel: c.ID, Users: slices.Clone(batch), Cluster: cl.Name})
		}
		out.Invited = append(out.Invited, ids...)
	}
	slices.Sort(out.Invited)
}
