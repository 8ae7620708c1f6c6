package metrics

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"usher/rules/action"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("status %d", rec.Code)
	}
	return rec.Body.String()
}

func TestWhatIsCountedIsServed(t *testing.T) {
	m := New("v1")
	m.Envelope("T01", "action:join:C1", "handled", 20*time.Millisecond)
	m.Envelope("T01", "action:join:C2", "handled", 0)
	m.Envelope("T01", "command", "duplicate", 0)
	m.Decision("T01", "finance", "remove", true)
	m.Action("T01", action.KindRemove, "done", time.Second)
	m.Call("T01", "conversations.kick", "ratelimited", true, time.Second, time.Millisecond)
	m.Call("T01", "conversations.kick", "ok", false, 0, time.Millisecond)
	sockets := 2
	m.Watch(func() Reading {
		return Reading{Sockets: sockets, StoreFailures: 4, Workspaces: []WorkspaceReading{{Team: "T01", Waiting: 3, OldestAge: 90 * time.Second, Paused: true, MirrorAge: time.Minute}, {Team: "T02", Elsewhere: true, Waiting: 9}}}
	})

	got := scrape(t, m)
	for _, want := range []string{
		`usher_envelopes_total{kind="action:join",outcome="handled",team="T01"} 2`,
		`usher_envelopes_total{kind="command",outcome="duplicate",team="T01"} 1`,
		`usher_envelope_seconds_count{kind="action:join"} 1`,
		`usher_decisions_total{cluster="finance",dry_run="true",team="T01",verdict="remove"} 1`,
		`usher_actions_total{kind="remove",result="done",team="T01"} 1`,
		`usher_calls_total{method="conversations.kick",outcome="ok",team="T01"} 1`,
		`usher_rate_limited_total{method="conversations.kick",team="T01"} 1`,
		`usher_sockets_open 2`,
		`usher_store_failures_total 4`,
		"# TYPE usher_store_failures_total counter",
		`usher_actions_waiting{team="T01"} 3`,
		`usher_actions_oldest_seconds{team="T01"} 90`,
		`usher_paused{team="T01"} 1`,
		`usher_owned{team="T01"} 1`,
		`usher_owned{team="T02"} 0`,
		`usher_mirror_age_seconds{team="T01"} 60`,
		`usher_mirror_usable{team="T01"} 0`,
		`version="v1"`,
		`go_goroutines`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not served: %s", want)
		}
	}
	if strings.Contains(got, `usher_actions_waiting{team="T02"}`) {
		t.Error("figures of a workspace are served that another replica owns")
	}
	sockets = 0
	if !strings.Contains(scrape(t, m), "usher_sockets_open 0") {
		t.Error("a reading is not taken anew when asked for")
	}
}

// Names and kinds follow Prometheus' conventions, as its own linter knows them.
func TestNamesFollowTheConventions(t *testing.T) {
	m := New("v1")
	m.Envelope("T01", "command", "handled", time.Millisecond)
	m.Decision("T01", "finance", "remove", true)
	m.Action("T01", action.KindRemove, "done", time.Second)
	m.Call("T01", "conversations.kick", "ratelimited", true, time.Second, time.Millisecond)
	m.Watch(func() Reading { return Reading{Workspaces: []WorkspaceReading{{Team: "T01"}}} })
	problems, err := promlint.New(strings.NewReader(scrape(t, m))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestTwoRegistriesDoNotMeet(t *testing.T) {
	a, b := New("v1"), New("v1")
	a.Envelope("T01", "command", "handled", 0)
	if strings.Contains(scrape(t, b), `usher_envelopes_total{`) {
		t.Error("what one counted is served by the other")
	}
}

func TestNilCountsNothing(*testing.T) {
	var m *Metrics
	m.Envelope("T01", "command", "handled", time.Second)
	m.Decision("T01", "c", "allow", false)
	m.Action("T01", action.KindJoin, "done", 0)
	m.Call("T01", "m", "ok", false, 0, 0)
}
