package rules

import (
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// DecideJoin says whether somebody who is outside a channel may come in now:
//
//	Allow         they may be let in (by DryRun: they could be, were the rule in force)
//	Review        they may be there, but not let themselves in: Join is request or closed
//	Remove        they may not be there
//	Undetermined  not known well enough: refuse politely
//	Unmanaged     no cluster is about the channel, or nobody comes and goes there
//
// Actions holds what has to be done first so that Usher can let them in: at
// most, join the channel itself. The invitation is the caller's, who knows
// where to answer.
func (p *Policy) DecideJoin(w *workspace.Snapshot, at time.Time, ch workspace.ChannelID, user workspace.UserID) Decision {
	t := newTrial(p, w, at, Membership{Channel: ch, User: user, Cause: CauseAsked})
	t.join()
	t.d.Until = untilOf(t.d)
	return t.d
}

// Belongs reports whether somebody is for certain one of those whom a cluster is
// for, whatever its channels are.
func (p *Policy) Belongs(w *workspace.Snapshot, cluster string, user workspace.UserID) bool {
	c := p.find(cluster)
	u, known := w.User(user)
	if c == nil || !known || u.Stub || u.Deleted {
		return false
	}
	in, _, _ := p.eligible(w, c, u)
	return in == standsIn
}

func untilOf(d Decision) time.Time {
	if d.Verdict == Allow {
		return d.Until
	}
	return time.Time{}
}

func (t *trial) join() {
	if t.unanswerable() {
		return
	}
	if t.user.Stub {
		t.do(action.Refresh{User: t.d.User})
		t.settle(Undetermined, Reason{Code: CodeUserUnknown, Subject: string(t.d.User)})
		return
	}
	if t.granted() {
		t.d.Join = JoinSelf
		t.enter()
		return
	}
	best, unknown := t.bestWay()
	if best == nil {
		t.refuse(unknown)
		return
	}
	t.d.Cluster, t.d.DryRun, t.d.Join = best.Name, !best.enforced(), best.Join
	t.because(Reason{Code: joinCodes[best.Join], Cluster: best.Name})
	t.d.Verdict = Review
	if best.Join == JoinSelf || best.Join == JoinEveryone {
		t.d.Verdict = Allow
		t.enter()
	}
}

// ease orders ways to join, the easiest last; enforced clusters come before
// those that only report.
func ease(c *cluster) int {
	n := 0
	switch c.Join {
	case JoinSelf, JoinEveryone:
		n = 2
	case JoinRequest:
		n = 1
	case JoinClosed:
	}
	if c.enforced() {
		n += 3
	}
	return n
}

// bestWay is the cluster through which the person comes in most easily, and the
// first whose answer is not known.
func (t *trial) bestWay() (best, unknown *cluster) {
	var reads []action.Action
	for _, c := range t.clusters {
		in, reasons, read := t.p.eligible(t.w, c, t.user)
		t.d.Reasons = append(t.d.Reasons, reasons...)
		switch in {
		case standsIn:
			if best == nil || ease(c) > ease(best) {
				best = c
			}
		case standsUnknown:
			if unknown == nil {
				unknown = c
			}
			reads = append(reads, read...)
		case standsOut:
		}
	}
	if best == nil {
		t.d.Actions = uniqueActions(reads)
	}
	return best, unknown
}

func (t *trial) refuse(unknown *cluster) {
	if unknown != nil {
		t.d.Verdict, t.d.Cluster = Undetermined, unknown.Name
		if _, t.d.DryRun = t.first(); t.d.DryRun {
			t.d.Actions = nil
		}
		return
	}
	by, allow := treatment(t.clusters)
	if allow {
		t.d.Verdict, t.d.Cluster, t.d.DryRun, t.d.Join = Review, by.Name, !by.enforced(), JoinClosed
		t.because(Reason{Code: CodeOthersAllow, Cluster: by.Name})
		return
	}
	t.d.Verdict, t.d.Cluster, t.d.DryRun, t.d.Join = Remove, by.Name, !by.enforced(), by.Join
}

// enter says what has to be done before Usher can let anybody in.
func (t *trial) enter() {
	switch {
	case t.channel.BotIn || t.d.DryRun:
	case t.channel.Private:
		t.settle(Undetermined, Reason{Code: CodeCannotManage, Subject: string(t.d.Channel), Detail: "private"})
	default:
		t.do(action.Join{Channel: t.d.Channel})
	}
}
