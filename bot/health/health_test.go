package health

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"usher/bot/metrics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, h http.Handler, path, accept string) (int, string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("Accept", accept)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

func TestReadyNamesEachCheck(t *testing.T) {
	var broken atomic.Bool
	checks := []Check{
		{Name: "store", Look: func(context.Context) (string, error) { return "answers", nil }},
		{Name: "policy", Soft: true, Look: func(context.Context) (string, error) { return "", errors.New("the newer file is refused") }},
		{Name: "socket", Look: func(context.Context) (string, error) {
			if broken.Load() {
				return "", errors.New("no connection to Slack; see the log")
			}
			return "2 of 2 connections", nil
		}},
	}
	h := Handler(checks, metrics.New("v1").Handler(), false)

	status, body := get(t, h, "/readyz", "")
	if want := "note policy: the newer file is refused\nok   socket: 2 of 2 connections\nok   store: answers\n"; status != http.StatusOK || body != want {
		t.Errorf("ready: %d\n%s\nwant 200\n%s", status, body, want)
	}
	broken.Store(true)
	status, body = get(t, h, "/readyz", "")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "FAIL socket: no connection to Slack; see the log\n") {
		t.Errorf("not ready: %d\n%s", status, body)
	}
	status, body = get(t, h, "/readyz", "application/json")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, `"ready":false`) || !strings.Contains(body, `{"name":"socket","ok":false,"sentence":"no connection to Slack; see the log"}`) {
		t.Errorf("not ready as JSON: %d\n%s", status, body)
	}
	if status, body = get(t, h, "/healthz", ""); status != http.StatusOK || body != "alive\n" {
		t.Errorf("alive though not ready: %d %q", status, body)
	}
	if status, body = get(t, h, "/metrics", ""); status != http.StatusOK || !strings.Contains(body, "usher_build_info") {
		t.Errorf("metrics: %d", status)
	}
}

func TestProfilesOnlyWhenAsked(t *testing.T) {
	for _, asked := range []bool{false, true} {
		status, _ := get(t, Handler(nil, http.NotFoundHandler(), asked), "/debug/pprof/", "")
		if (status == http.StatusOK) != asked {
			t.Errorf("asked for profiles %t: status %d", asked, status)
		}
	}
}

func TestServerStops(t *testing.T) {
	s, err := Listen(t.Context(), "127.0.0.1:0", nil, http.NotFoundHandler(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), s.Address(), nil, http.NotFoundHandler(), false); err == nil || !strings.Contains(err.Error(), "listen for health and metrics") {
		t.Errorf("a port in use: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + s.Address() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(body) != "alive\n" {
		t.Errorf("got %q, %v", body, err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve after Stop: %v", err)
	}
}
