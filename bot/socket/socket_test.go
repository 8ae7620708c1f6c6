package socket_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"usher/bot/dispatch"
	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/bot/slacksim/pipenet"
	"usher/bot/slacksim/wire"
	"usher/bot/socket"
	"usher/rules/workspace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const acme = `
workspaces:
  - id: T01
    name: acme
    users:
      - {name: alice, admin: true}
      - {name: bob}
      - {name: carol}
    channels:
      - {name: random, members: [alice, usher]}
`

// patience is bubbled time: what takes seconds takes none, and no machine is too
// slow for it.
const patience = 10 * time.Minute

// world is a running local Slack and Sockets connected to it.
type world struct {
	*testing.T
	*slacksim.Server
	sockets *socket.Sockets
	got     chan dispatch.Envelope
	gaps    chan time.Time
	stop    context.CancelFunc
	ended   chan error
}

func bubbled(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func start(t *testing.T, count int, change ...func(*slacksim.Options, *socket.Config)) *world {
	t.Helper()
	f, err := slacksim.ParseFile([]byte(acme))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, got: make(chan dispatch.Envelope, 1000), gaps: make(chan time.Time, 100), ended: make(chan error, 1)}
	network := pipenet.New()
	options := slacksim.Options{Workspace: f, Listener: network, NoRateLimits: true}
	config := socket.Config{
		Count: count, Dial: network.Dial,
		Receive: func(ctx context.Context, e dispatch.Envelope) {
			if err := e.Ack(ctx, nil); err != nil {
				t.Errorf("ack: %v", err)
			}
			w.got <- e
		},
		Gap: func(since time.Time) { w.gaps <- since },
	}
	for _, c := range change {
		c(&options, &config)
	}
	if w.Server, err = slacksim.Start(options); err != nil {
		t.Fatal(err)
	}
	ready := w.Server.Ready()
	g := gateway.New(gateway.Config{APIURL: ready.APIURL, Base: &http.Transport{DialContext: network.Dial}})
	config.HTTPClient, config.APIURL = g.HTTPClient(), ready.APIURL
	if config.AppToken == "" {
		config.AppToken = ready.Workspaces[0].AppToken
	}
	if w.sockets, err = socket.New(config); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	var running sync.WaitGroup
	running.Go(func() { w.ended <- w.sockets.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		w.Server.Close()
		g.Close()
	})
	return w
}

// open waits until so many connections have said hello.
func (w *world) open(n int) {
	w.Helper()
	late := time.After(patience)
	for {
		changed := w.sockets.Changed()
		if w.sockets.Open() == n {
			return
		}
		select {
		case <-changed:
		case <-late:
			w.Fatalf("%d connections are open, want %d", w.sockets.Open(), n)
		}
	}
}

func (w *world) next() dispatch.Envelope {
	w.Helper()
	select {
	case e := <-w.got:
		return e
	case <-time.After(patience):
		w.Fatal("nothing came")
		panic("unreachable")
	}
}

func (w *world) act(a slacksim.Act) slacksim.ActAnswer {
	w.Helper()
	a.Team = "T01"
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r := w.Act(ctx, a)
	if r.Error != "" {
		w.Fatalf("%s %s: %s", a.As, a.Do, r.Error)
	}
	return r
}

func (w *world) join(name string) {
	w.Helper()
	w.act(slacksim.Act{As: name, Do: "join", Channel: "random"})
}

func TestEventsComeWithTheirWorkspaceAndAreAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, 2)
		w.open(2)
		w.join("bob")
		e := w.next()
		if e.Type != "events_api" || e.Team != "T01" || !strings.HasPrefix(e.EventID, "Ev") || e.ID == "" || e.RetryAttempt != 0 || e.Received.IsZero() {
			t.Errorf("envelope %+v", e)
		}
		var payload struct{ Event struct{ Type, User string } }
		if err := json.Unmarshal(e.Payload, &payload); err != nil || payload.Event.Type != "member_joined_channel" {
			t.Errorf("payload %s", e.Payload)
		}
		w.stop()
		if err := <-w.ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if s := w.Sockets(); s.Acked != s.Sent {
			t.Errorf("after the end: %+v", s)
		}
	})
}

func TestAnAckCarriesTheReply(t *testing.T) {
	for name, reply := range map[string]any{"small": map[string]string{"text": "hello bob"}, "too large": map[string]string{"text": strings.Repeat("x", 21_000)}} {
		bubbled(t, name, func(t *testing.T) {
			refused := make(chan error, 10)
			w := start(t, 1, func(_ *slacksim.Options, c *socket.Config) {
				c.Receive = func(ctx context.Context, e dispatch.Envelope) { refused <- e.Ack(ctx, reply) }
			})
			w.open(1)
			got := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "help", Channel: "random"})
			err := <-refused
			switch name {
			case "small":
				if err != nil || got.Reply == nil || got.Reply.Text != "hello bob" {
					t.Errorf("%v, %+v", err, got.Reply)
				}
			default:
				if err == nil || w.Sockets().Acked != 1 {
					t.Errorf("%v; %d acks: the person would see an error of Slack's", err, w.Sockets().Acked)
				}
			}
		})
	}
}

func TestADroppedConnectionIsOpenedAgainAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, 2)
		w.open(2)
		if err := w.Fault(slacksim.Fault{Wire: wire.Fault{Socket: "drop"}}); err != nil {
			t.Fatal(err)
		}
		w.open(0)
		w.join("bob")
		w.open(2)
		if e := w.next(); e.Team != "T01" {
			t.Errorf("envelope %+v", e)
		}
		select {
		case since := <-w.gaps:
			if since.IsZero() || time.Since(since) > patience {
				t.Errorf("a gap since %s", since)
			}
		case <-time.After(patience):
			t.Error("nobody was told of the gap")
		}
	})
}

func TestAConnectionIsReplacedBeforeSlackEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const life = time.Hour
		w := start(t, 2, func(o *slacksim.Options, _ *socket.Config) { o.ReconnectEvery = life })
		w.open(2)
		// Every connection of the first ones lives less than Slack gives it.
		first := map[int]bool{}
		for _, c := range w.Sockets().Connections {
			first[c.ID] = true
		}
		late := time.After(2 * life)
		for left := len(first); left > 0; {
			changed := w.sockets.Changed()
			left = 0
			for _, c := range w.Sockets().Connections {
				if first[c.ID] {
					left++
				}
			}
			if open := w.sockets.Open(); open == 0 {
				t.Fatal("there was a moment with no connection")
			}
			select {
			case <-changed:
			case <-late:
				t.Fatalf("%d of the first connections are still there", left)
			}
		}
		select {
		case since := <-w.gaps:
			t.Errorf("there was a gap since %s", since)
		default:
		}
	})
}

func TestAStormOfDisconnectsBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, 1)
		w.open(1)
		storm := time.After(3 * time.Second)
		for over := false; !over; {
			changed := w.sockets.Changed()
			if w.sockets.Open() > 0 {
				_ = w.Fault(slacksim.Fault{Wire: wire.Fault{Socket: "disconnect", Reason: "refresh_requested"}})
			}
			select {
			case <-changed:
			case <-storm:
				over = true
			}
		}
		opened := 0
		for _, c := range w.Calls(0) {
			if c.Method == "apps.connections.open" {
				opened++
			}
		}
		t.Logf("%d connections in 3 s of a storm", opened)
		if opened > 10 {
			t.Errorf("%d connections were opened", opened)
		}
		w.open(1)
	})
}

func TestWhatOnlyAPersonCanChangeEndsItWithASentence(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		change     func(*slacksim.Options, *socket.Config)
		fault      string
	}{
		{"unknown token", "app-level token", func(_ *slacksim.Options, c *socket.Config) { c.AppToken = "xapp-wrong" }, ""},
		{"no scope", "connections:write", func(o *slacksim.Options, _ *socket.Config) { o.AppScopes = []string{"authorizations:read"} }, ""},
		{"expired", "expired", nil, "token_expired"},
		{"other kind", "another kind", nil, "not_allowed_token_type"},
		{"inactive", "switched off", nil, "account_inactive"},
	} {
		bubbled(t, tt.name, func(t *testing.T) {
			w := start(t, 2, func(o *slacksim.Options, c *socket.Config) {
				if tt.change != nil {
					tt.change(o, c)
				}
			})
			if tt.fault != "" {
				w.open(2)
				if err := w.Fault(slacksim.Fault{Method: "apps.connections.open", Error: tt.fault}); err != nil {
					t.Fatal(err)
				}
				_ = w.Fault(slacksim.Fault{Wire: wire.Fault{Socket: "drop"}})
			}
			select {
			case err := <-w.ended:
				w.ended <- err
				if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "xapp-wrong") {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(patience):
				t.Error("it goes on trying")
			}
		})
	}
}

func TestTheEndWaitsForAcksThatAreOwed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		received := make(chan dispatch.Envelope, 1)
		w := start(t, 1, func(_ *slacksim.Options, c *socket.Config) {
			c.Receive = func(_ context.Context, e dispatch.Envelope) { received <- e }
		})
		w.open(1)
		answered := make(chan slacksim.ActAnswer, 1)
		go func() {
			answered <- w.Act(context.Background(), slacksim.Act{Team: "T01", As: "bob", Do: "slash", Command: "/usher", Text: "help", Channel: "random"})
		}()
		e := <-received
		w.stop()
		w.open(0) // not counted any more, but there
		if err := e.Ack(context.Background(), map[string]string{"text": "just in time"}); err != nil {
			t.Fatal(err)
		}
		if got := <-answered; got.Reply == nil || got.Reply.Text != "just in time" {
			t.Errorf("bob saw %+v", got.Reply)
		}
		if err := <-w.ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestAReceiverThatIsSlowStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var first sync.Once
		w := start(t, 1, func(o *slacksim.Options, c *socket.Config) {
			receive := c.Receive
			o.RetryScale = 1
			c.Receive = func(ctx context.Context, e dispatch.Envelope) {
				first.Do(func() { <-release })
				receive(ctx, e)
			}
		})
		w.open(1)
		w.join("bob")
		w.join("carol")
		close(release)
		users := map[string]bool{}
		for range 2 {
			var p struct{ Event struct{ User string } }
			_ = json.Unmarshal(w.next().Payload, &p)
			users[p.Event.User] = true
		}
		if len(users) != 2 {
			t.Errorf("joins of %d people came", len(users))
		}
	})
}

func TestHowManySocketsThereMayBe(t *testing.T) {
	for count, fine := range map[int]bool{-1: false, 0: true, 1: true, socket.Most: true, socket.Most + 1: false} {
		if _, err := socket.New(socket.Config{Count: count}); (err == nil) != fine {
			t.Errorf("%d: %v", count, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	for payload, want := range map[string]workspace.TeamID{
		`{"team_id":"T1","event_id":"Ev1","event":{}}`:                                     "T1",
		`{"team_id":"T9","event_id":"Ev1","authorizations":[{"team_id":"T1"}],"event":{}}`: "T1",
		`{"team_id":"T1","command":"/usher","user_id":"U1"}`:                               "T1",
		`{"team":{"id":"T1"},"user":{"id":"U1","team_id":"T9"},"type":"block_actions"}`:    "T1",
		`{"team":null,"user":{"id":"U1","team_id":"T1"},"type":"view_submission"}`:         "T1",
		`{"team":null,"view":{"team_id":"T1"},"user":{"team_id":"T9"}}`:                    "T1",
		`{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820}`:      "T1",
		`"nothing"`: "",
	} {
		if team, _ := socket.Origin(json.RawMessage(payload)); team != want {
			t.Errorf("%s is of %q, want %q", payload, team, want)
		}
	}
}
