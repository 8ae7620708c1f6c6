package handlers

import (
	"slices"

	"usher/rules/workspace"
)

// mostHomes is how many Homes one event publishes. Whoever is past it sees the
// news when they open their Home again, or press anything on it.
const mostHomes = 500

// publish redraws the Homes of those of users who have opened theirs, where they
// are in it. A Home that would look the same is not sent.
//
// Whose Home is redrawn: of a membership, a group's list or an account, that of
// the people it is about; of a channel, everybody's, since it may have come into
// or gone out of anybody's sight; of the policy, everybody's. Figures and last
// decisions for administrators are as of when their Home was drawn.
func (r Request) publish(out *Outcome, users ...workspace.UserID) {
	published := 0
	for _, u := range users {
		if last, opened := r.memory().Opened(u); opened && published < mostHomes {
			out.do(last)
			published++
		}
	}
}

// openers is everybody who has opened their Home, sorted.
func (r Request) openers() []workspace.UserID {
	all := slices.Clone(r.memory().Openers())
	slices.Sort(all)
	return all
}
