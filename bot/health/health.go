// Package health answers whether the bot lives, whether it is of use, and with
// which figures.
//
// It owns one small HTTP server: /healthz, /readyz, /metrics and, when asked
// for, pprof. It must never serve anything about people or channels, and it
// changes nothing.
//
// Decision: checks are named and each says a sentence, because whoever reads
// /readyz at night wants to know what to do, not that something is wrong.
package health

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Check is one thing that has to be so for the bot to be of use.
type Check struct {
	Name string // socket, store, mirror T01, policy
	// Look answers with a sentence either way; a non-nil error is what is wrong
	// and what to do. It must be safe for concurrent use and end with ctx.
	Look func(ctx context.Context) (sentence string, err error)
	// Soft ones are shown but do not make the bot unready.
	Soft bool
}

// Server serves the checks. Serve it once.
type Server struct {
	http     *http.Server
	listener net.Listener
}

// checkTime is how long one check may take before it counts as failed.
const checkTime = 2 * time.Second

// Listen opens the address, so that a port in use is known before the bot starts.
func Listen(ctx context.Context, address string, checks []Check, metrics http.Handler, profile bool) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for health and metrics: %w", err)
	}
	return &Server{
		http: &http.Server{
			Handler:           Handler(checks, metrics, profile),
			ReadHeaderTimeout: 5 * time.Second,
			IdleTimeout:       time.Minute,
		},
		listener: l,
	}, nil
}

// Address is host:port, with the port that was given for 0.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Serve answers until Stop; then it returns nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve health and metrics: %w", err)
	}
	return nil
}

// Stop lets answers under way end, until ctx does.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop serving health and metrics: %w", err)
	}
	return nil
}

// Handler is everything that is served.
func Handler(checks []Check, metrics http.Handler, profile bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("alive\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, checks) })
	mux.Handle("GET /metrics", metrics)
	if profile {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	}
	return mux
}

// Finding is what one check said.
type Finding struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Soft     bool   `json:"soft,omitempty"`
	Sentence string `json:"sentence"`
}

// Look makes all checks beside each other; what they said is sorted by name.
// ready is whether all but the soft ones are well.
func Look(ctx context.Context, checks []Check) (ready bool, findings []Finding) {
	findings = make([]Finding, len(checks))
	var g errgroup.Group
	for i, c := range checks {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			sentence, err := c.Look(ctx)
			if err != nil {
				sentence = err.Error()
			}
			findings[i] = Finding{Name: c.Name, OK: err == nil, Soft: c.Soft, Sentence: sentence}
			return nil
		})
	}
	_ = g.Wait() // nothing above returns an error
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Name, b.Name) })
	ready = !slices.ContainsFunc(findings, func(f Finding) bool { return !f.OK && !f.Soft })
	return ready, findings
}

type report struct {
	Ready  bool      `json:"ready"`
	Checks []Finding `json:"checks"`
}

func ready(w http.ResponseWriter, r *http.Request, checks []Check) {
	ready, findings := Look(r.Context(), checks)
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(report{ready, findings}) // whoever asked has gone
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	for _, f := range findings {
		mark := "ok  "
		switch {
		case !f.OK && f.Soft:
			mark = "note"
		case !f.OK:
			mark = "FAIL"
		}
		fmt.Fprintf(w, "%s %s: %s\n", mark, f.Name, f.Sentence)
	}
}
