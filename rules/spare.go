package rules

import (
	"usher/rules/workspace"
)

// Spared are people who stay where they are although a rule does not let them:
// CodeSpared where administrators decided so, CodeFlapping where they have yet
// to decide.
type Spared map[workspace.Seat]Code

// Spare is the same policy leaving some people where they are. It makes nobody
// eligible: whoever of them is out stays out.
func (p *Policy) Spare(s Spared) *Policy {
	q := *p
	q.spared = s
	return &q
}

// FourEyes reports whether releasing what is held takes two administrators.
func (p *Policy) FourEyes() bool { return p.brakes.fourEyes }

// Flapping is how often one person may be removed from one channel within a day
// until administrators have to decide; 0: any number of times.
func (p *Policy) Flapping() int { return p.brakes.flapping }

// spared settles the case of somebody who is left where they are.
func (t *trial) spared(by *cluster) bool {
	code, ok := t.p.spared[workspace.Seat{Channel: t.d.Channel, User: t.d.User}]
	if !ok || t.d.DryRun || by.Others != OthersRemove {
		return false
	}
	return t.settle(Review, Reason{Code: code, Cluster: by.Name})
}

// MayBeBack reports whether somebody who was removed may be brought back by what
// is decided about them now: they are eligible, or nothing that is enforced says
// that they are not.
func MayBeBack(d Decision) bool {
	return d.Verdict == Allow || d.Verdict == Unmanaged || d.DryRun && d.Verdict != Undetermined
}
