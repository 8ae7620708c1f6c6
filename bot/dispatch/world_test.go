package dispatch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/directory"
	"usher/bot/dispatch"
	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/handlers"
	"usher/rules"
	"usher/rules/workspace"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

const team workspace.TeamID = "T01"

func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run(store.SQLite, func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "usher.db")) })
	t.Run(store.PostgreSQL, func(t *testing.T) { test(t, pgtest.New(t)) })
}

// thing is the payload of this suite's own routes.
type thing struct {
	Text string `json:"text"`
	User workspace.UserID
}

type handle = func(context.Context, handlers.Request, thing) (handlers.Outcome, error)

// bench is a dispatcher over a real store and a real mirror.
type bench struct {
	*dispatch.Dispatcher
	requests  *dispatch.Requests
	db        *store.Store
	directory *directory.Directory
	log       *logbook
	woken     chan workspace.TeamID
	shown     chan handlers.Modal
	stop      context.CancelFunc
	over      chan error
}

type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logbook) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

type setting func(*dispatch.Config, *dispatch.RequestsConfig)

func start(t testing.TB, url string, routes map[string]handle, settings ...setting) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{
		db: db, log: &logbook{}, over: make(chan error, 1), woken: make(chan workspace.TeamID, 1000), shown: make(chan handlers.Modal, 9),
		directory: directory.New(directory.Config{Memory: db}),
	}
	if err := b.directory.Open(t.Context(), workspace.Team{ID: team, Bot: "U0BOT"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	var all []handlers.Route
	for kind, h := range routes {
		all = append(all, handlers.On(kind, h))
	}
	router, err := handlers.NewRouter(all)
	if err != nil {
		t.Fatal(err)
	}
	rc := dispatch.RequestsConfig{Store: db, Directory: b.directory, Log: zerolog.New(b.log)}
	c := dispatch.Config{
		Store: db, Directory: b.directory, Router: router, Log: zerolog.New(b.log), Wake: func(team workspace.TeamID) { b.woken <- team },
		Show:   func(_ context.Context, _ workspace.TeamID, m handlers.Modal) error { b.shown <- m; return nil },
		Answer: time.Minute, // a slow machine answers too
	}
	for _, set := range settings {
		set(&c, &rc)
	}
	b.requests = dispatch.NewRequests(rc)
	c.Requests = b.requests
	b.Dispatcher = dispatch.New(c)
	var ctx context.Context
	ctx, b.stop = context.WithCancel(context.Background())
	go func() { b.over <- b.Run(ctx) }()
	t.Cleanup(func() { b.end(t) })
	return b
}

// end stops the bench; a second time does nothing.
func (b *bench) end(t testing.TB) {
	t.Helper()
	if b.stop == nil {
		return
	}
	b.stop()
	b.stop = nil
	if err := <-b.over; err != nil {
		t.Error(err)
	}
	if err := b.db.Close(); err != nil {
		t.Error(err)
	}
}

// acked is what came back for one envelope.
type acked struct {
	payload any
}

// post is an envelope on its way, and where its ack arrives.
type post struct {
	dispatch.Envelope
	acks chan acked
}

func (p post) wait(t testing.TB) string {
	t.Helper()
	select {
	case a := <-p.acks:
		b, err := json.Marshal(a.payload)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	case <-time.After(time.Minute):
		t.Fatalf("%s was not acknowledged", p.ID)
		return ""
	}
}

func (p post) none(t *testing.T) {
	t.Helper()
	select {
	case a := <-p.acks:
		t.Fatalf("%s was acknowledged: %v", p.ID, a)
	default:
	}
}

var count struct {
	sync.Mutex
	n int
}

func envelope(kind string, eventID string, payload string) post {
	count.Lock()
	count.n++
	id := fmt.Sprintf("envelope-%d", count.n)
	count.Unlock()
	p := post{acks: make(chan acked, 4)}
	p.Envelope = dispatch.Envelope{
		ID: id, Type: kind, Team: team, EventID: eventID, Payload: json.RawMessage(payload), Received: time.Now(),
		Ack: func(_ context.Context, payload any) error { p.acks <- acked{payload: payload}; return nil },
	}
	return p
}

func event(id, kind, fields string) post {
	return envelope("events_api", id, fmt.Sprintf(`{"type":"event_callback","event_id":%q,"event":{"type":%q,"event_ts":"1700000000.000100"%s}}`, id, kind, fields))
}

func command(text string) post {
	return envelope("slash_commands", "", fmt.Sprintf(`{"command":"/usher","text":%q,"user_id":"U1","response_url":"https://hooks.slack.com/commands/x"}`, text))
}

func (b *bench) send(t *testing.T, posts ...post) {
	t.Helper()
	for _, p := range posts {
		b.Receive(t.Context(), p.Envelope)
	}
}

func (b *bench) waiting(t *testing.T) []string {
	t.Helper()
	stored, err := b.db.Waiting(context.Background(), team, 100)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range stored {
		lines = append(lines, s.Action.String())
	}
	return lines
}

func decided(v rules.Verdict, c workspace.ChannelID, u workspace.UserID, until time.Time) rules.Decision {
	return rules.Decision{Membership: rules.Membership{Channel: c, User: u}, Verdict: v, Cluster: "finance", Until: until}
}
