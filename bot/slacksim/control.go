package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"usher/bot/slacksim/wire"
)

// Act does something as a person of a workspace.
func (s *Server) Act(ctx context.Context, a Act) ActAnswer {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(s.ctx, func() { cancel(context.Cause(s.ctx)) })()
	return s.act(ctx, a)
}

// State is a copy of everything, and stays as it is.
func (s *Server) State() State { s.mu.Lock(); defer s.mu.Unlock(); return s.state() }

// Calls returns the Web API calls numbered above since, oldest first.
func (s *Server) Calls(since int) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Call{}
	for _, c := range s.calls.kept {
		if c.N > since {
			out = append(out, c)
		}
	}
	return out
}

// Events returns the events numbered above since, oldest first, each with its
// deliveries so far.
func (s *Server) Events(since int) []Event {
	s.mu.Lock()
	out := []Event{}
	for _, e := range s.events.kept {
		if e.N > since {
			out = append(out, e)
		}
	}
	s.mu.Unlock()
	for i := range out {
		out[i].Deliveries = s.hub.Deliveries(out[i].EventID)
	}
	return out
}

// Sockets tells which sockets are open and what went over them.
func (s *Server) Sockets() wire.Sockets { return s.hub.Sockets() }

// Version counts changes of anything, calls included.
func (s *Server) Version() uint64 { s.mu.Lock(); defer s.mu.Unlock(); return s.version }

// Changed returns a channel that is closed once the version is past the one
// given; it may be closed already.
func (s *Server) Changed(past uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version > past {
		done := make(chan struct{})
		close(done)
		return done
	}
	return s.changed
}

// Wait looks at the state after every change until the condition holds. It
// ends with the context's error when that comes first.
func (s *Server) Wait(ctx context.Context, is func(State) bool) error {
	for {
		s.mu.Lock()
		state, changed := s.state(), s.changed
		s.mu.Unlock()
		if is(state) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the local Slack: %w", ctx.Err())
		case <-s.ctx.Done():
			return errors.New("wait for the local Slack: it was closed")
		}
	}
}

// control mounts the endpoints to act, to look and to break things.
func (s *Server) control(mux *http.ServeMux) {
	look := func(path string, what func(since int) any) {
		mux.HandleFunc("GET /sim/"+path, func(rw http.ResponseWriter, r *http.Request) {
			since := 0
			if text := r.URL.Query().Get("since"); text != "" {
				n, err := strconv.Atoi(text)
				if err != nil {
					complain(rw, "since is the number of the last one already seen")
					return
				}
				since = n
			}
			show(rw, http.StatusOK, what(since))
		})
	}
	look("state", func(int) any { return s.State() })
	look("calls", func(since int) any { return map[string]any{"calls": s.Calls(since)} })
	look("events", func(since int) any { return map[string]any{"events": s.Events(since)} })
	look("sockets", func(int) any { return s.Sockets() })
	mux.HandleFunc("POST /sim/act", func(rw http.ResponseWriter, r *http.Request) {
		var a Act
		if read(rw, r, &a) {
			show(rw, http.StatusOK, s.Act(r.Context(), a))
		}
	})
	mux.HandleFunc("POST /sim/faults", func(rw http.ResponseWriter, r *http.Request) {
		var f Fault
		if !read(rw, r, &f) {
			return
		}
		if err := s.Fault(f); err != nil {
			complain(rw, err.Error())
			return
		}
		show(rw, http.StatusOK, map[string]any{"ok": true})
	})
	mux.HandleFunc("/sim/", func(rw http.ResponseWriter, r *http.Request) {
		const what = "GET /sim/state, /sim/calls?since=N, /sim/events?since=N, /sim/sockets; POST /sim/act, /sim/faults"
		method := map[string]string{"act": "POST", "faults": "POST", "state": "GET, HEAD", "calls": "GET, HEAD", "events": "GET, HEAD", "sockets": "GET, HEAD"}[strings.TrimPrefix(r.URL.Path, "/sim/")]
		if method == "" {
			refuse(rw, http.StatusNotFound, "not_found", what)
			return
		}
		rw.Header().Set("Allow", method)
		refuse(rw, http.StatusMethodNotAllowed, "method_not_allowed", what)
	})
}

func complain(rw http.ResponseWriter, detail string) {
	refuse(rw, http.StatusBadRequest, "invalid_request", detail)
}

func refuse(rw http.ResponseWriter, status int, code, detail string) {
	show(rw, status, map[string]any{"ok": false, "error": code, "detail": detail})
}

func show(rw http.ResponseWriter, status int, what any) {
	raw, err := json.Marshal(what)
	if err != nil {
		http.Error(rw, "the answer was not encoded", http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	rw.Write(raw)
}
