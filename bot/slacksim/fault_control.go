package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"usher/bot/slacksim/wire"
)

// Fault makes something go wrong on purpose, as POST /sim/faults takes it.
type Fault struct {
	Method     string // a Web API method, or "*" for every one
	Error      string // answer this error
	Status     int    // answer this HTTP status
	RetryAfter int    // answer 429 with so many seconds
	Delay      time.Duration
	Truncate   bool // carry the call out, answer half the body
	Times      int  // 0 is until cleared

	Wire  wire.Fault // sockets and envelopes
	Clear bool       // ends every fault
}

// Fault puts a fault in force. The error says what is right.
func (s *Server) Fault(f Fault) error {
	switch {
	case f.Clear:
		s.mu.Lock()
		s.faults = nil
		s.mu.Unlock()
		return s.hub.Fault(wire.Fault{Clear: true})
	case f.Wire.Socket != "" || f.Wire.Envelopes != "":
		return s.hub.Fault(f.Wire)
	case f.Method == "":
		return errors.New(`a fault names a "method" ("*" for all), a "socket" (drop, disconnect, refuse), "envelopes" (duplicate, reorder, delay) or "clear": true`)
	case f.Method != "*" && served[f.Method] == nil:
		return fmt.Errorf("fault: there is no method %q", f.Method)
	case f.Times < 0:
		return fmt.Errorf("fault of %s: times is %d, below 0", f.Method, f.Times)
	case f.Error == "" && f.Status == 0 && f.RetryAfter == 0 && f.Delay == 0 && !f.Truncate:
		return fmt.Errorf(`fault of %s: say what goes wrong: "error", "status", "retry_after", "delay" or "truncate"`, f.Method)
	}
	m := &methodFault{Method: f.Method, Error: f.Error, Status: f.Status, RetryAfter: f.RetryAfter, Delay: f.Delay, Truncate: f.Truncate, times: f.Times}
	if m.times == 0 {
		m.times = -1
	}
	s.mu.Lock()
	s.faults = append(s.faults, m)
	s.mu.Unlock()
	return nil
}

// UnmarshalJSON reads the body of POST /sim/faults.
func (f *Fault) UnmarshalJSON(raw []byte) error {
	var in struct {
		Method, Error string
		Status, Times int
		RetryAfter    int `json:"retry_after"`
		Delay         string
		Truncate      bool
		Clear         bool
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*f = Fault{Method: in.Method, Error: in.Error, Status: in.Status, RetryAfter: in.RetryAfter, Truncate: in.Truncate, Times: in.Times, Clear: in.Clear}
	if in.Delay != "" {
		d, err := time.ParseDuration(in.Delay)
		if err != nil {
			return fmt.Errorf("delay: %w", err)
		}
		f.Delay = d
	}
	if f.Method == "" {
		return json.Unmarshal(raw, &f.Wire)
	}
	return nil
}
