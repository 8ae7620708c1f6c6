package wire

import (
	"container/heap"
	"time"
)

// entry is something to do at a time, with the hub's mutex held. Entries are
// not taken back: each looks whether it still applies.
type entry struct {
	at    time.Time
	order int // entries of one instant keep the order they were made in
	do    func()
}

type agenda struct {
	entries entries
	made    int
}

type entries []entry

func (e entries) Len() int      { return len(e) }
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) }
func (e entries) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].order < e[j].order
	}
	return e[i].at.Before(e[j].at)
}

func (e *entries) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = entry{}
	*e = (*e)[:last]
	return x
}

// after puts do on the agenda. The mutex is held, now and when do runs.
func (h *Hub) after(d time.Duration, do func()) {
	h.agenda.made++
	heap.Push(&h.agenda.entries, entry{at: time.Now().Add(d), order: h.agenda.made, do: do})
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
	for len(h.agenda.entries) > 0 && !h.closed {
		wait := time.Until(h.agenda.entries[0].at)
		if wait > 0 {
			return wait, true
		}
		heap.Pop(&h.agenda.entries).(entry).do()
	}
	return 0, false
}
