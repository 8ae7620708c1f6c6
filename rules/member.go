package rules

import (
	"slices"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// DecideMember says whether somebody who is inside a channel, or just came in,
// may be there, and what is to be done. It does not ask whether they are inside.
//
// A decision of an enforced cluster to Remove carries: tell the person, remove
// them, tell whoever added them, tell the cluster's owners. A first Warn within
// a grace tells the person; from then on a grace runs (Decision.Remember).
// Undetermined carries what has to be read again, where reading helps.
func (p *Policy) DecideMember(w *workspace.Snapshot, at time.Time, m Membership) Decision {
	t := newTrial(p, w, at, m)
	t.decide()
	return t.d
}

// trial is one decision in the making.
type trial struct {
	p        *Policy
	w        *workspace.Snapshot
	at       time.Time
	d        Decision
	channel  workspace.Channel
	user     workspace.User
	clusters []*cluster
}

func newTrial(p *Policy, w *workspace.Snapshot, at time.Time, m Membership) *trial {
	return &trial{p: p, w: w, at: at, d: Decision{Membership: m}}
}

func (t *trial) because(r Reason) { t.d.Reasons = append(t.d.Reasons, r) }

func (t *trial) settle(v Verdict, r Reason) bool {
	t.d.Verdict = v
	t.because(r)
	return true
}

func (t *trial) do(a action.Action) { t.d.Actions = append(t.d.Actions, a) }

func (t *trial) decide() {
	if t.unanswerable() || t.granted() {
		return
	}
	if in := t.ask(); in != standsOut {
		return
	}
	t.outsider()
}

// unanswerable settles what is no question of eligibility.
func (t *trial) unanswerable() bool {
	var known bool
	if t.channel, known = t.w.Channel(t.d.Channel); !known {
		t.do(action.Refresh{Channel: t.d.Channel})
		return t.settle(Undetermined, Reason{Code: CodeChannelUnknown, Subject: string(t.d.Channel)})
	}
	t.clusters = t.p.governing(t.channel)
	switch {
	case len(t.clusters) == 0:
		return t.settle(Unmanaged, Reason{Code: CodeNotGoverned})
	case t.channel.Archived:
		return t.settle(Unmanaged, Reason{Code: CodeArchived})
	case t.channel.General:
		return t.settle(Unmanaged, Reason{Code: CodeGeneral})
	}
	if t.user, known = t.w.User(t.d.User); !known {
		t.user = workspace.User{ID: t.d.User, Stub: true}
	}
	if t.user.Deleted {
		return t.settle(Unmanaged, Reason{Code: CodeDeactivated, Subject: string(t.d.User)})
	}
	return false
}

// granted looks for an exception.
func (t *trial) granted() bool {
	g, ok := t.w.Grant(t.d.Channel, t.d.User)
	switch {
	case !ok || t.at.Before(g.From):
		return false
	case t.at.Before(g.Until):
		t.d.Until = g.Until
		t.d.Cluster, t.d.DryRun = t.first()
		return t.settle(Allow, Reason{Code: CodeGrant, Cluster: t.d.Cluster, Subject: string(g.By), Detail: g.Until.UTC().Format(time.RFC3339)})
	}
	t.because(Reason{Code: CodeGrantEnded, Subject: string(g.By), Detail: g.Until.UTC().Format(time.RFC3339)})
	return false
}

// first is the cluster that answers for a channel when none of them in particular does.
func (t *trial) first() (name string, dryRun bool) {
	for _, c := range t.clusters {
		if c.enforced() {
			return c.Name, false
		}
	}
	return t.clusters[0].Name, true
}

// ask asks the clusters one after the other. Whoever is eligible through one of
// them may be there; where that cannot be ruled out, nothing is done.
func (t *trial) ask() standing {
	var (
		open  *cluster
		why   Reason
		reads []action.Action
	)
	for _, c := range t.clusters {
		in, reasons, read := t.p.eligible(t.w, c, t.user)
		t.d.Reasons = append(t.d.Reasons, reasons...)
		switch in {
		case standsIn:
			t.d.Verdict, t.d.Cluster, t.d.DryRun = Allow, c.Name, !c.enforced()
			return standsIn
		case standsUnknown:
			if open == nil || !open.enforced() && c.enforced() {
				open, why = c, lastOpen(reasons)
			}
			reads = append(reads, read...)
		case standsOut:
		}
	}
	if open == nil {
		return standsOut
	}
	t.d.Verdict, t.d.Cluster = Undetermined, open.Name
	_, t.d.DryRun = t.first()
	if t.d.Reasons[len(t.d.Reasons)-1] != why {
		t.because(why)
	}
	if !t.d.DryRun {
		t.d.Actions = uniqueActions(reads)
	}
	return standsUnknown
}

func lastOpen(reasons []Reason) Reason {
	for _, r := range slices.Backward(reasons) {
		switch r.Code {
		case CodeSourceUnknown, CodeExceptUnknown, CodeRuleAside:
			return r
		}
	}
	return Reason{}
}

// outsider decides about somebody whom no cluster lets in.
func (t *trial) outsider() {
	by, allow := treatment(t.clusters)
	t.d.Cluster, t.d.DryRun = by.Name, !by.enforced()
	rule := Reason{Code: othersCodes[by.Others], Cluster: by.Name}
	if allow {
		t.settle(Allow, rule)
		return
	}
	t.because(rule)
	if t.shielded() {
		return
	}
	if !t.channel.BotIn && !t.d.DryRun {
		t.cannotManage()
		return
	}
	if t.spared(by) {
		return
	}
	switch by.Others {
	case OthersWarn:
		t.d.Verdict = Warn
		if _, warned := t.w.Grace(t.d.Channel, t.d.User); !warned {
			t.do(t.tell(action.Warned, "warned"))
		}
	case OthersRemove:
		t.remove(by)
	default:
		t.d.Verdict = Review
	}
	if t.d.DryRun {
		t.d.Actions = nil
		t.because(Reason{Code: CodeDryRun, Cluster: by.Name})
	}
}

// shielded settles the cases of those who are protected, or may be.
func (t *trial) shielded() bool {
	kind, sure := t.p.protect.of(t.w.Team().Bot, t.user)
	unknown := func(r Reason, read action.Refresh) bool {
		if !t.d.DryRun {
			t.do(read)
		}
		return t.settle(Undetermined, r)
	}
	switch {
	case t.user.Stub && kind != itself:
		return unknown(Reason{Code: CodeUserUnknown, Subject: string(t.d.User)}, action.Refresh{User: t.d.User})
	case kind != "":
		return t.settle(Allow, Reason{Code: CodeProtected, Subject: string(t.d.User), Detail: kind})
	case !sure:
		return t.settle(Undetermined, Reason{Code: CodeProtected, Detail: string(gapUnresolved)})
	case !t.w.UsersKnown().Complete:
		return unknown(Reason{Code: CodeUsersUnknown}, action.Refresh{Users: true})
	}
	return false
}

// remove decides about somebody who must not be there.
func (t *trial) remove(by *cluster) {
	roster := t.w.Members(t.d.Channel)
	switch {
	case t.d.Cause == CauseJoined || roster.Newcomers.Has(t.user) && !t.user.Stub:
		if by.Grace > 0 {
			t.because(Reason{Code: CodeNewcomer, Cluster: by.Name})
		}
	case by.Grace > 0:
		if t.grace(by) {
			return
		}
	}
	if t.channel.Private && !t.others(roster) {
		t.settle(Review, Reason{Code: CodeLastMember})
		return
	}
	t.d.Verdict = Remove
	t.removal(by)
}

// grace reports whether somebody who lost eligibility still has time.
func (t *trial) grace(by *cluster) bool {
	since, running := t.w.Grace(t.d.Channel, t.d.User)
	if !running {
		t.d.Verdict, t.d.Until = Warn, t.at.Add(by.Grace)
		t.do(t.tell(action.GraceStarted, "grace")) // says until when; how long that is goes without saying
		t.because(Reason{Code: CodeGraceStarts, Cluster: by.Name, Detail: by.Grace.String()})
		return true
	}
	if until := since.Add(by.Grace); t.at.Before(until) {
		t.d.Verdict, t.d.Until = Warn, until
		t.because(Reason{Code: CodeGraceRuns, Cluster: by.Name, Detail: since.UTC().Format(time.RFC3339)})
		return true
	}
	t.because(Reason{Code: CodeGraceOver, Cluster: by.Name, Detail: since.UTC().Format(time.RFC3339)})
	return false
}

func (t *trial) cannotManage() {
	r := Reason{Code: CodeCannotManage, Subject: string(t.d.Channel), Detail: "private"}
	if !t.channel.Private {
		r.Detail = "public"
		t.do(action.Join{Channel: t.d.Channel})
	}
	t.settle(Undetermined, r)
}

// others reports whether a person besides the one in question is in the channel.
func (t *trial) others(r workspace.Roster) bool {
	for u := range t.w.In(r.Set) {
		if u.ID != t.d.User && isPerson(t.w, u) {
			return true
		}
	}
	return false
}

// isPerson reports whether an account is known to be somebody's, who is still there.
func isPerson(w *workspace.Snapshot, u workspace.User) bool {
	return !u.Stub && !u.Bot && !u.Deleted && u.ID != w.Team().Bot
}
