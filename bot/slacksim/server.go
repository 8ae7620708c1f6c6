package slacksim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"
	"usher/bot/slacksim/wire"
)

// Options set up a Server. The zero value is a small workspace on a free port
// of the loopback, limited as Slack limits.
type Options struct {
	Listen         string        // "" is 127.0.0.1:0; only loopback addresses are taken
	Workspace      *File         // nil is DefaultFile
	NoRateLimits   bool          // never answer 429 by itself; faults still do
	EventsPerHour  int           // delivered from one workspace before app_rate_limited; 0 is Slack's 30,000
	ReconnectEvery time.Duration // the age at which sockets are refreshed; 0 is hours
	RetryScale     float64       // shrinks the waits before an event is sent again; 0 is 1
	BotScopes      []string      // nil is every scope a bot can have here
	UserScopes     []string      // of the admin token; nil is every scope
	AppScopes      []string      // of the app token; nil is connections:write and authorizations:read
	Events         []string      // event subscriptions besides the usual ones, such as message.channels
	Commands       []string      // slash commands the app has; nil is any
	Now            func() time.Time
	Log            zerolog.Logger // the zero value logs nothing
}

// Server is a running local Slack. All its methods may be called from several
// goroutines at once.
type Server struct {
	*slack
	http    *http.Server
	stopped chan struct{}
	ctx     context.Context
	cancel  context.CancelFunc
}

// Ready is what somebody needs to connect: the line `usher sim` prints.
type Ready struct {
	APIURL     string           `json:"api_url"`
	ControlURL string           `json:"control_url"`
	SCIMURL    string           `json:"scim_url"`
	Workspaces []ReadyWorkspace `json:"workspaces"`
}

// ReadyWorkspace is one workspace with its tokens.
type ReadyWorkspace struct {
	TeamID     string `json:"team_id"`
	BotToken   string `json:"bot_token"`
	AppToken   string `json:"app_token"`
	AdminToken string `json:"admin_token"`
	BotUserID  string `json:"bot_user_id"`
	BotID      string `json:"bot_id"`
	AppID      string `json:"app_id"`
}

// Start builds the workspaces and serves them until Close.
func Start(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if err := loopback(o.Listen); err != nil {
		return nil, err
	}
	if o.Workspace == nil {
		o.Workspace = DefaultFile()
	}
	if err := o.Workspace.valid(); err != nil {
		return nil, fmt.Errorf("build workspaces: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := newSlack(o, "http://"+listener.Addr().String())
	srv := &Server{slack: s, stopped: make(chan struct{})}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	srv.http = &http.Server{Handler: srv.routes(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return srv.ctx }}
	go func() {
		defer close(srv.stopped)
		if err := srv.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error().Err(err).Msg("local slack stopped serving")
		}
	}()
	s.log.Info().Str("listen", listener.Addr().String()).Int("workspaces", len(s.workspaces)).Msg("local slack started")
	return srv, nil
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
	s.cancel()
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
	mux.HandleFunc("/api/", s.serveAPI)
	mux.HandleFunc("/scim/v2/", s.serveSCIM)
	mux.Handle("/link", s.hub)
	mux.HandleFunc("POST /respond/{team}/{id}", s.serveRespond)
	s.control(mux)
	return guard(mux)
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

// serveRespond takes what the app sends to a response address.
func (s *slack) serveRespond(rw http.ResponseWriter, r *http.Request) {
	var p response
	err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxBody)).Decode(&p)
	s.mu.Lock()
	defer s.mu.Unlock()
	address := s.responses[r.PathValue("id")]
	var f *failure
	switch {
	case address == nil || address.w.id != r.PathValue("team"), s.now().Sub(address.made) > responseLife, address.uses >= responseUses:
		http.Error(rw, `{"ok":false,"error":"expired_url"}`, http.StatusNotFound)
		return
	case err != nil:
		f = fail("invalid_payload")
	default:
		address.uses++
		_, f = address.respond(p)
	}
	if f != nil {
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(http.StatusBadRequest)
		body, err := json.Marshal(merge(answer{"ok": false, "error": f.code}, f.more))
		if err == nil {
			rw.Write(body)
		}
		return
	}
	s.touch()
	fmt.Fprint(rw, "ok")
}

func newSlack(o Options, base string) *slack {
	f := o.Workspace
	s := &slack{
		seed: f.Seed, perHour: cmp.Or(o.EventsPerHour, eventsPerHour), now: o.Now, log: o.Log, baseURL: base, limited: !o.NoRateLimits, commands: o.Commands,
		hub:      wire.NewHub(wire.Options{RetryScale: o.RetryScale, ReconnectEvery: o.ReconnectEvery, Seed: f.Seed}),
		appID:    ident(f.Seed, "A", "app", botName),
		appToken: secret("xapp-1-"), verifier: secret(""),
		byTeam: map[string]*workspace{}, tokens: map[string]*token{}, subscribed: map[string]bool{},
		changed: make(chan struct{}), rates: map[string]*bucket{}, triggers: map[string]*trigger{}, responses: map[string]*responseURL{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	for _, kind := range append(defaultEvents(), o.Events...) {
		s.subscribed[kind] = true
	}
	appScopes := o.AppScopes
	if appScopes == nil {
		appScopes = []string{"connections:write", "authorizations:read"}
	}
	s.tokens[s.appToken] = &token{kind: appToken, scopes: newScopes(appScopes...)}
	for i := range f.Workspaces {
		s.build(&f.Workspaces[i], o)
	}
	return s
}
