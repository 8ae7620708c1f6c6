package slacksim

import (
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
	inWire := f.Wire.Socket != "" || f.Wire.Envelopes != ""
	switch {
	case f.Clear:
		s.mu.Lock()
		s.faults = nil
		s.mu.Unlock()
		return s.hub.Fault(wire.Fault{Clear: true})
	case inWire && f.Method != "" || f.Wire.Socket != "" && f.Wire.Envelopes != "":
		return errors.New(`a fault is about a "method", a "socket" or "envelopes": send one for each`)
	case inWire:
		return s.hub.Fault(f.Wire)
	case f.Method == "":
		return errors.New(`a fault names a "method" ("*" for all), a "socket" (drop, disconnect, refuse), "envelopes" (duplicate, reorder, delay) or "clear": true`)
	case f.Method != "*" && served[f.Method] == nil:
		return fmt.Errorf("fault: there is no method %q", f.Method)
	case f.Times < 0:
		return fmt.Errorf("fault of %s: times is %d, below 0", f.Method, f.Times)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("fault of %s: status is %d, no HTTP status from 200 to 599", f.Method, f.Status)
	case f.RetryAfter < 0 || f.Delay < 0:
		return fmt.Errorf("fault of %s: retry_after and delay cannot be below 0", f.Method)
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
		Method     string `json:"method"`
		Error      string `json:"error"`
		Status     int    `json:"status"`
		RetryAfter int    `json:"retry_after"`
		Delay      string `json:"delay"`
		Truncate   bool   `json:"truncate"`
		Times      int    `json:"times"`
		Clear      bool   `json:"clear"`

		Socket     string `json:"socket"`
		Reason     string `json:"reason"`
		For        string `json:"for"`
		Connection int    `json:"connection"`
		Envelopes  string `json:"envelopes"`
		Window     int    `json:"window"`
		By         string `json:"by"`
	}
	if err := strictly(raw, &in); err != nil {
		return err
	}
	*f = Fault{Method: in.Method, Error: in.Error, Status: in.Status, RetryAfter: in.RetryAfter, Truncate: in.Truncate, Times: in.Times, Clear: in.Clear}
	f.Wire = wire.Fault{Socket: in.Socket, Reason: in.Reason, Connection: in.Connection, Envelopes: in.Envelopes, Window: in.Window}
	if in.Method == "" {
		f.Wire.Times = in.Times
	}
	for _, d := range []struct {
		name, text string
		into       *time.Duration
	}{{"delay", in.Delay, &f.Delay}, {"for", in.For, &f.Wire.For}, {"by", in.By, &f.Wire.By}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = time.ParseDuration(d.text); err != nil {
			return fmt.Errorf(`%s is a duration such as "1.5s", not %q`, d.name, d.text)
		}
	}
	return nil
}
