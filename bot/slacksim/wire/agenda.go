package wire

import (
	"slices"
	"time"
)

// entry is something to do at a time, with the hub's mutex held. Entries are
// not taken back: each looks whether it still applies.
type entry struct {
	at time.Time
	do func()
}

// after puts do on the agenda, behind what is due at the same time. The mutex
// is held, now and when do runs.
func (h *Hub) after(d time.Duration, do func()) {
	e := entry{at: time.Now().Add(d), do: do}
	i, _ := slices.BinarySearchFunc(h.agenda, e, func(other, e entry) int {
		if other.at.After(e.at) {
			return 1
		}
		return -1
	})
	h.agenda = slices.Insert(h.agenda, i, e)
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

// runAgenda is the one goroutine that does what is due, until Close.
func (h *Hub) runAgenda() {
	for {
		var due <-chan time.Time
		var timer *time.Timer
		if wait, some := h.doDue(); some {
			timer = time.NewTimer(wait)
			due = timer.C
		}
		select {
		case <-h.stop:
		case <-h.kick:
		case <-due:
		}
		if timer != nil {
			timer.Stop()
		}
		select {
		case <-h.stop:
			return
		default:
		}
	}
}

// doDue does everything due and says how long until the next entry, if any.
func (h *Hub) doDue() (wait time.Duration, some bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.agenda) > 0 && !h.closed {
		next := h.agenda[0]
		if wait := time.Until(next.at); wait > 0 {
			return wait, true
		}
		h.agenda[0] = entry{}
		h.agenda = h.agenda[1:]
		next.do()
	}
	return 0, false
}
