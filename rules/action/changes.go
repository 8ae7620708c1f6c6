package action

// Changes reports whether an action does something to somebody: a pause or a
// brake holds it back, and it is a step of a run. What only looks, answers
// somebody who waits, or tells administrators goes on.
func Changes(a Action) bool {
	switch a := a.(type) {
	case Reply, Home, Refresh, Recheck, Replan, Happened:
		return false
	case Tell:
		return a.Topic != Operator && a.Topic != HeldBack
	}
	return true
}
