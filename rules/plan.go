package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Plan is what has to be done so that what is desired is what is observed.
// Equal inputs give equal plans. Carrying one out, and remembering what it
// settled, leaves nothing for the next one, except in channels that Usher had to
// join first, or that somebody stayed in only for being the last one there.
type Plan struct {
	Decisions []Decision       // about people who are not simply allowed, by channel and user
	Actions   []action.Action  // everything to be done, by channel, those of Decisions included
	Settled   []Membership     // newcomers and people in a grace who were found to belong
	Held      []Brake          // what waits for a person
	Doubts    []Doubt          // what could not be decided
	Refresh   []action.Refresh // what has to be read again because of that, each once
	Rebased   []Rebase         // to be remembered of user groups
	Sizes     Sizes            // to be remembered for the next plan
	Hash      string           // names the steps: equal for equal steps, whenever they were planned
	Forecast  Forecast
}

// Empty reports whether the plan changes nothing and waits for nobody.
func (p *Plan) Empty() bool { return len(p.Actions) == 0 && len(p.Held) == 0 }

// Plan compares all governed channels with the policy.
func (p *Policy) Plan(w *workspace.Snapshot, at time.Time) Plan {
	var plan Plan
	s := newSurvey(p, w, at, CausePlan)
	for _, g := range p.governedChannels(w) {
		out := s.channel(g)
		plan.Decisions = append(plan.Decisions, out.Decisions...)
		plan.Actions = append(plan.Actions, out.Actions...)
		plan.Settled = append(plan.Settled, out.Settled...)
		plan.Held = append(plan.Held, out.Held...)
		plan.Doubts = append(plan.Doubts, out.Doubts...)
		plan.Refresh = append(plan.Refresh, out.Refresh...)
	}
	s.planGroups(&plan)
	plan.Actions = append(plan.Actions, s.masters()...)
	plan.Settled = append(plan.Settled, s.strangers()...)
	plan.Settled = append(plan.Settled, s.graces()...)
	plan.Refresh = sortedOnce(append(plan.Refresh, s.guests()...))
	plan.Sizes = s.sources(&plan)
	plan.Hash = plan.hash()
	plan.Forecast = forecast(plan.Actions)
	return plan
}

// joins reports whether a channel is one that Usher joins because of what is done
// elsewhere: a public one that no enforced cluster has it in anyway.
func (s *survey) joins(id workspace.ChannelID) bool {
	c, ok := s.w.Channel(id)
	return ok && !c.BotIn && !c.Private && !c.Archived && !slices.ContainsFunc(s.p.governing(c), (*cluster).enforced)
}

// masters are the public channels that enforced clusters take people from and
// that Usher has to join first, to hear who comes and goes; and those that
// reactions need it in.
func (s *survey) masters() []action.Action {
	var ids []workspace.ChannelID
	for _, cl := range s.p.clusters {
		if !cl.enforced() {
			continue
		}
		for _, sources := range [2][]source{cl.members, cl.except} {
			for i := range sources {
				if id := workspace.ChannelID(sources[i].id); sources[i].kind == FromChannel && s.joins(id) {
					ids = append(ids, id)
				}
			}
		}
	}
	ids = append(ids, s.groupMasters()...)
	ids = append(ids, s.places()...)
	slices.Sort(ids)
	var all []action.Action
	for _, id := range slices.Compact(ids) {
		all = append(all, action.Join{Channel: id})
	}
	return all
}

// strangers are newcomers in channels that no cluster claims: should one claim
// them later, they were there before.
func (s *survey) strangers() []Membership {
	var all []Membership
	for id, roster := range s.w.Rosters() {
		if roster.Newcomers.Empty() {
			continue
		}
		if c, ok := s.w.Channel(id); !ok || len(s.p.governing(c)) > 0 {
			continue
		}
		for u := range s.w.In(roster.Newcomers) {
			all = append(all, Membership{Channel: id, User: u.ID, Cause: s.cause})
		}
	}
	slices.SortFunc(all, bySeat)
	return all
}

func bySeat(a, b Membership) int {
	return cmp.Or(strings.Compare(string(a.Channel), string(b.Channel)), strings.Compare(string(a.User), string(b.User)))
}

// graces are those who are in a grace and were found to belong, or are in
// channels that are governed no more.
func (s *survey) graces() []Membership {
	var all []Membership
	for seat := range s.w.Graces() {
		m := Membership{Channel: seat.Channel, User: seat.User, Cause: s.cause}
		if v := s.p.DecideMember(s.w, s.at, m).Verdict; v == Allow || v == Unmanaged {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, bySeat)
	return all
}

func sortedOnce(all []action.Refresh) []action.Refresh {
	slices.SortFunc(all, func(a, b action.Refresh) int { return strings.Compare(string(a.Key()), string(b.Key())) })
	return slices.Compact(all)
}

// sources are the sizes to remember, and holds the sources that are not believed.
func (s *survey) sources(plan *Plan) Sizes {
	sizes := Sizes{}
	held := map[string]int{} // source -> index in plan.Held
	for _, c := range s.p.takers() {
		for i := range c.members {
			src := &c.members[i]
			has, kind, ok := s.size(src)
			had, remembered := s.p.sizes[src.text]
			switch {
			case ok && kind == "":
				sizes[src.text] = has
			case remembered:
				sizes[src.text] = had
			}
			if kind == "" || !c.enforced() {
				continue
			}
			at, seen := held[src.text]
			if !seen {
				at = len(plan.Held)
				held[src.text] = at
				plan.Held = append(plan.Held, Brake{Kind: kind, Source: src.text, Has: has, Had: had})
			}
			if b := &plan.Held[at]; !slices.Contains(b.Clusters, c.Name) {
				b.Clusters = append(b.Clusters, c.Name)
			}
		}
	}
	return sizes
}

// size is how many people are in a source that is known, and the brake that it trips.
func (s *survey) size(src *source) (n int, kind BrakeKind, ok bool) {
	set, _, g := s.set(src, false)
	if g != "" || src.kind == FromUsers {
		return 0, "", false
	}
	n = size(s.w, set)
	switch s.p.doubt(src, n) {
	case gapEmpty:
		kind = BrakeEmpty
	case gapShrunk:
		kind = BrakeShrink
	}
	return n, kind, true
}

func (p *Plan) hash() string {
	h := sha256.New()
	hashActions(h, p.Actions)
	for _, d := range p.Decisions {
		if d.Usergroup != "" && !d.DryRun {
			_, _ = fmt.Fprintln(h, d.Verdict, d.User, d.Usergroup)
		}
	}
	for _, b := range p.Held {
		_, _ = fmt.Fprintln(h, "held", b.Key())
		for _, d := range b.Decisions {
			_, _ = fmt.Fprintln(h, d.User)
			hashActions(h, d.Actions)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// hashActions leaves out when a notice's grace ends, which moves with the time
// of planning.
func hashActions(h hash.Hash, all []action.Action) {
	for _, a := range all {
		_, _ = fmt.Fprintln(h, a.Kind(), a.Key(), a)
		if inv, ok := a.(action.Invite); ok {
			_, _ = fmt.Fprintln(h, inv.Users)
		}
	}
}
