// Package demo is the demo's web page: a small Slack in the browser, over
// slacksim, with what Usher did beside it.
//
// It owns how the local Slack looks to a person: it draws what they may see and
// hands on what they press. It must never change anything itself, decide what
// Usher should do, show a token or an e-mail address, or listen anywhere but on
// loopback.
//
// Decision: pages are drawn whole on the server and morphed in the browser by
// htmx after every change, which server-sent events announce. There is one
// template for the first look and for every look after it, nothing to build,
// and nothing fetched from elsewhere.
package demo

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"time"

	"usher/bot/slacksim"
)

//go:embed templates static workspace.yaml policy.yaml
var files embed.FS

// Workspace is the demo's workspace file.
func Workspace() []byte { return file("workspace.yaml") }

// Policy is the demo's policy file.
func Policy() []byte { return file("policy.yaml") }

func file(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) //nolint:forbidigo // embedded: there, or the build is broken
	}
	return b
}

// Server is the demo's web page. Make it with New, end it with Close.
type Server struct {
	slack   *slacksim.Server
	insight Insight
	command string
	pages   *template.Template
	http    *http.Server
	address string
	served  chan error
	closing chan struct{}
	close   sync.Once
	memory  *memory
}

// Options are what the page is about.
type Options struct {
	Slack   *slacksim.Server
	Insight Insight
	Command string // the slash command's name, "/usher"
	Listen  string // default 127.0.0.1:0; only loopback is taken
}

// New serves the page until Close.
func New(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if err := Loopback(o.Listen); err != nil {
		return nil, err
	}
	pages, err := template.New("").Funcs(template.FuncMap{"plain": plain, "piece": pieceOf, "when": when, "icon": icon}).
		ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the demo's templates: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for the demo's page: %w", err)
	}
	s := &Server{
		slack: o.Slack, insight: o.Insight, command: o.Command, pages: pages, address: listener.Addr().String(),
		served: make(chan error, 1), closing: make(chan struct{}), memory: newMemory(),
	}
	s.http = &http.Server{Handler: guarded(s.routes(), s.address), ReadHeaderTimeout: 5 * time.Second}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// URL is where the page is.
func (s *Server) URL() string { return "http://" + s.address + "/" }

// Done is closed over by Close; it yields an error when the page stops by itself.
func (s *Server) Done() <-chan error { return s.served }

// Close ends every open page and stops listening.
func (s *Server) Close(ctx context.Context) error {
	s.close.Do(func() { close(s.closing) })
	return s.http.Shutdown(ctx)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) //nolint:forbidigo // embedded: there, or the build is broken
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /stream", s.stream)
	mux.HandleFunc("GET /{$}", s.enter)
	mux.HandleFunc("GET /in/{team}/{who}/{place}", s.show)
	mux.HandleFunc("GET /in/{team}/{who}/suggest", s.suggest)
	mux.HandleFunc("POST /in/{team}/{who}/act", s.act)
	return mux
}

func (s *Server) world() (world, error) { return draw[world](s.slack.State()) }

// enter picks the first person of the first workspace: a member rather than an
// administrator, alice's colleague bob in the demo's own workspace.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	all, err := s.world()
	if err != nil {
		s.fail(w, err)
		return
	}
	for _, ready := range s.slack.Ready().Workspaces {
		sc := scene{teamID: ready.TeamID, team: all.Workspaces[ready.TeamID], place: "home"}
		people := sc.people()
		if len(people) == 0 {
			continue
		}
		to := people[0].ID
		if _, ok := sc.team.Users[bob]; ok {
			to = bob
		}
		http.Redirect(w, r, "/in/"+ready.TeamID+"/"+to+"/home", http.StatusSeeOther)
		return
	}
	http.Error(w, "There is nobody in this Slack. Put people into the workspace file.", http.StatusNotFound)
}

// scene is what the address names; false after it has answered that there is no such thing.
func (s *Server) scene(w http.ResponseWriter, r *http.Request) (scene, bool) {
	all, err := s.world()
	if err != nil {
		s.fail(w, err)
		return scene{}, false
	}
	id := r.PathValue("team")
	t, ok := all.Workspaces[id]
	me, known := t.Users[r.PathValue("who")]
	if !ok || !known {
		http.Error(w, "There is no such person here. Go back to the start page.", http.StatusNotFound)
		return scene{}, false
	}
	sc := scene{all: all, teamID: id, team: t, me: me, place: r.PathValue("place"), command: s.command}
	for _, ready := range s.slack.Ready().Workspaces {
		if ready.TeamID == id {
			sc.bot = ready.BotUserID
		}
	}
	if stack := t.Modals[me.ID]; len(stack) > 0 {
		sc.complaints = s.memory.complaintsOf(stack[len(stack)-1].ID)
	}
	return sc, true
}

// crews are the people of every workspace, the one at hand first.
func (s *Server) crews(sc scene) []crew {
	all := []crew{{Name: sc.teamID, People: sc.people()}}
	for _, ready := range s.slack.Ready().Workspaces {
		if ready.TeamID != sc.teamID {
			other := scene{teamID: ready.TeamID, team: sc.all.Workspaces[ready.TeamID], place: "home"}
			all = append(all, crew{Name: ready.TeamID, People: other.people()})
		}
	}
	return all
}

// behindRows is how many rows of decisions and of actions are shown, and
// behindLook how many of each are looked at for them: several may be one row.
const (
	behindRows = 15
	behindLook = 80
)

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	sc, ok := s.scene(w, r)
	if !ok {
		return
	}
	if sc.place == "home" && (r.Header.Get("HX-Request") == "" || s.missesHome(r.Context(), sc)) {
		s.slack.Act(r.Context(), slacksim.Act{Team: sc.teamID, As: sc.me.ID, Do: "open_home", Wait: "1s"})
		if sc, ok = s.scene(w, r); !ok {
			return
		}
	}
	behind, err := s.insight.Lately(r.Context(), sc.teamID, behindLook)
	if err != nil {
		s.fail(w, err)
		return
	}
	p := sc.page()
	p.Teams = s.crews(sc)
	p.Unread = s.memory.unread(sc)
	p.Guide = sc.guide(behind)
	s.memory.tick(sc.teamID, p.Guide)
	p.Usher = s.behind(behind)
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, "page", p); err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = out.WriteTo(w) // the browser may be gone; there is nobody to tell
}

// missesHome reports whether somebody looks at a Home that a Slack which was
// started meanwhile has not got: they opened it in the one before.
func (s *Server) missesHome(ctx context.Context, sc scene) bool {
	if v, ok := sc.team.Homes[sc.me.ID]; ok && len(v.Blocks) > 0 {
		return false
	}
	b, err := s.insight.Lately(ctx, sc.teamID, 1)
	return err == nil && b.Connected && s.memory.opens(sc)
}

func (s *Server) fail(w http.ResponseWriter, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	http.Error(w, "The demo could not draw this: "+err.Error(), http.StatusInternalServerError)
}
