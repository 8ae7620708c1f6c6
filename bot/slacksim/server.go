package slacksim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"usher/bot/slacksim/wire"
)

// Server is a running local Slack. All its methods may be called from several
// goroutines at once.
type Server struct {
	*slack
	http    *http.Server
	stopped chan struct{}
	ctx     context.Context
	cancel  context.CancelCauseFunc
}

// Start builds the workspaces and serves them until Close.
func Start(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Workspace == nil {
		o.Workspace = DefaultFile()
	}
	if err := o.Workspace.valid(); err != nil {
		return nil, fmt.Errorf("build workspaces: %w", err)
	}
	listener := o.Listener
	if listener == nil {
		var err error
		if listener, err = listen(o.Listen); err != nil {
			return nil, err
		}
	}
	s := newSlack(o, "http://"+listener.Addr().String())
	srv := &Server{slack: s, stopped: make(chan struct{})}
	srv.ctx, srv.cancel = context.WithCancelCause(context.Background())
	idle := &unused{conns: map[net.Conn]struct{}{}}
	srv.http = &http.Server{
		Handler: srv.routes(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return srv.ctx }, ConnState: idle.watch,
	}
	srv.http.RegisterOnShutdown(idle.close)
	go func() {
		defer close(srv.stopped)
		if err := srv.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error().Err(err).Msg("local slack stopped serving")
		}
	}()
	s.log.Info().Str("listen", listener.Addr().String()).Int("workspaces", len(s.workspaces)).Msg("local slack started")
	return srv, nil
}

func listen(on string) (net.Listener, error) {
	if err := loopback(on); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", on)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %q: the port is in use: end what has it, or let port 0 pick a free one", on)
	case err != nil:
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

func loopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen on %q: %w", listen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen on %q: a local Slack listens on loopback only, such as 127.0.0.1:0", listen)
	}
	return nil
}

// Ready says how to connect. It holds tokens: print it, never log it.
func (s *Server) Ready() Ready {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Ready{APIURL: s.baseURL + "/api/", ControlURL: s.baseURL + "/sim/", SCIMURL: s.baseURL + "/scim/v2/"}
	for _, w := range s.workspaces {
		r.Workspaces = append(r.Workspaces, ReadyWorkspace{
			TeamID: w.id, BotToken: w.botToken, AppToken: s.appToken, AdminToken: w.adminToken,
			BotUserID: w.bot.id, BotID: w.botID, AppID: s.appID,
		})
	}
	return r
}

// Close ends every connection and waits for everything that was started.
// Closing again does nothing.
func (s *Server) Close() error {
	s.cancel(wire.ErrClosed)
	s.hub.Close()
	ending, done := context.WithTimeout(context.Background(), closeWithin)
	defer done()
	err := s.http.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-s.stopped
	return err
}

// closeWithin is how long answers on their way may take; everything that waits
// ends with the server's context.
const closeWithin = 2 * time.Second

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/scim/v2/", s.serveSCIM)
	mux.Handle("/link", s.hub)
	mux.HandleFunc("POST /respond/{team}/{id}", s.serveRespond)
	s.control(mux)
	return guard(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") { // past the mux, which would redirect /api//auth.test
			s.serveAPI(rw, r)
			return
		}
		mux.ServeHTTP(rw, r)
	}))
}

// guard keeps web pages from elsewhere out: a browser names the host it was
// sent to, and a name that is not ours is a rebinding.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(rw, "this local Slack answers on loopback only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(rw, r)
	})
}
