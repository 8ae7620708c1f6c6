package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Fault makes sockets or envelopes go wrong. One of Socket, Envelopes and
// Clear is set:
//
//	Socket "drop"        every open socket ends at once, without a word
//	Socket "disconnect"  every open socket is told Reason, as Slack tells it
//	Socket "refuse"      new sockets are refused (503) For that long
//	Envelopes "duplicate" the next Times envelopes are sent twice, with one id
//	Envelopes "reorder"   envelopes are held until Window of them (or a fifth
//	                      of a second) are together, and sent in another order
//	Envelopes "delay"     the next Times envelopes are sent later, By that long
//	Clear                 ends every fault; what is held is sent
//
// With Connection a socket fault is about that one connection. Times 0 stands
// for all until cleared. As JSON the durations are written "1.5s".
type Fault struct {
	Socket     string
	Reason     string // warning, refresh_requested (also when empty) or link_disabled
	For        time.Duration
	Connection int

	Envelopes string
	Times     int
	Window    int
	By        time.Duration

	Clear bool
}

// UnmarshalJSON reads the body of POST /sim/faults. Names it does not know are
// not its business: the same body may describe a fault of a method.
func (f *Fault) UnmarshalJSON(text []byte) error {
	var in struct {
		Socket, Reason, For string
		Connection          int
		Envelopes           string
		Times, Window       int
		By                  string
		Clear               bool
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("read fault: %w", err)
	}
	*f = Fault{
		Socket: in.Socket, Reason: in.Reason, Connection: in.Connection,
		Envelopes: in.Envelopes, Times: in.Times, Window: in.Window, Clear: in.Clear,
	}
	for _, d := range []struct {
		name, text string
		into       *time.Duration
	}{{"for", in.For, &f.For}, {"by", in.By, &f.By}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = time.ParseDuration(d.text); err != nil {
			return fmt.Errorf("read fault: %s: %w", d.name, err)
		}
	}
	return nil
}

// holdAtMost is how long a reordered envelope waits for company.
const holdAtMost = 200 * time.Millisecond

var reasons = []string{"warning", "refresh_requested", "link_disabled"}

// Fault puts a fault in force. The error says what is wrong with it.
func (h *Hub) Fault(f Fault) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case f.Clear:
		h.faults, h.refused = nil, time.Time{}
		h.release()
		return nil
	case f.Socket != "":
		return h.socketFault(f)
	}
	switch {
	case f.Times < 0:
		return fmt.Errorf("fault of envelopes: times is %d, below 0", f.Times)
	case f.Envelopes == "duplicate":
	case f.Envelopes == "delay" && f.By > 0:
	case f.Envelopes == "delay":
		return errors.New(`fault of envelopes: a delay needs by, such as "1s"`)
	case f.Envelopes == "reorder" && f.Window > 1:
	case f.Envelopes == "reorder":
		return errors.New("fault of envelopes: reorder needs a window of 2 or more")
	default:
		return fmt.Errorf("fault of envelopes: %q is none of duplicate, reorder, delay", f.Envelopes)
	}
	h.faults = append(h.faults, &f)
	return nil
}

func (h *Hub) socketFault(f Fault) error {
	chosen := slices.Clone(h.sockets)
	if f.Connection != 0 {
		chosen = slices.DeleteFunc(chosen, func(s *socket) bool { return s.id != f.Connection })
		if len(chosen) == 0 {
			return fmt.Errorf("fault of sockets: connection %d is not open", f.Connection)
		}
	}
	switch f.Socket {
	case "drop":
		for _, s := range chosen {
			s.kill()
		}
	case "disconnect":
		if f.Reason == "" {
			f.Reason = "refresh_requested"
		}
		if !slices.Contains(reasons, f.Reason) {
			return fmt.Errorf("fault of sockets: reason %q is none of %v", f.Reason, reasons)
		}
		for _, s := range chosen {
			s.disconnect(f.Reason)
		}
	case "refuse":
		if f.For <= 0 {
			return errors.New(`fault of sockets: refuse needs for, such as "10s"`)
		}
		h.refused = time.Now().Add(f.For)
	default:
		return fmt.Errorf("fault of sockets: %q is none of drop, disconnect, refuse", f.Socket)
	}
	return nil
}

// disturb sends a new envelope, with whatever faults are in force.
func (h *Hub) disturb(d *delivery) {
	copies := 0
	if h.use("duplicate") != nil {
		copies = 1
	}
	send := func() { h.try(d, "", copies) }
	if f := h.use("delay"); f != nil {
		h.after(f.By, send)
		return
	}
	if f := h.use("reorder"); f != nil {
		h.hold(send, f.Window)
		return
	}
	send()
}

// use finds the oldest fault of a kind and takes one of its times.
func (h *Hub) use(kind string) *Fault {
	i := slices.IndexFunc(h.faults, func(f *Fault) bool { return f.Envelopes == kind })
	if i < 0 {
		return nil
	}
	f := h.faults[i]
	if f.Times == 1 {
		h.faults = slices.Delete(h.faults, i, i+1)
	} else if f.Times > 1 {
		f.Times--
	}
	return f
}

// hold keeps an envelope until the window is full or its time is over.
func (h *Hub) hold(send func(), window int) {
	h.held = append(h.held, send)
	if len(h.held) >= window {
		h.release()
		return
	}
	if len(h.held) == 1 {
		this := h.windows
		h.after(holdAtMost, func() {
			if this == h.windows {
				h.release()
			}
		})
	}
}

// release sends what is held in an order that is not the one it came in.
func (h *Hub) release() {
	held := h.held
	h.held = nil
	h.windows++
	order := h.random.Perm(len(held))
	if slices.IsSorted(order) {
		slices.Reverse(order)
	}
	for _, i := range order {
		held[i]()
	}
}
