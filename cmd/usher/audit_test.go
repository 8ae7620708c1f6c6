package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"usher/bot/store"
	"usher/rules/workspace"
)

func TestParseSince(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "24h": now.Add(-24 * time.Hour), "7d": now.AddDate(0, 0, -7), "2026-03-01": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		"2026-03-01T08:00:00+02:00": time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC),
	} {
		if got, err := parseSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-1h", "-3d", "7", "2026-13-01"} {
		if got, err := parseSince(text, now); err == nil {
			t.Errorf("%q: %s, want an error", text, got)
		}
	}
}

func TestSafeCell(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "alice": "alice", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "a=b": "a=b", "#general": "#general",
	} {
		if got := safeCell(cell); got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}

func TestWhatAReactionWouldDoIsPrinted(t *testing.T) {
	w := workspace.New(workspace.Team{ID: "T01"})
	for _, tt := range []struct {
		verdict, body string
		want          []string
	}{
		{"report", `{"change":"created","steps":["join","topic"],"skips":["post: The channel is archived."]}`, []string{"Would do: join, topic.", "Not post: The channel is archived."}},
		{"held", `{"steps":["join"],"skips":[]}`, []string{"Waits for an administrator: join."}},
		{"react", `{"steps":["join","topic"],"skips":[]}`, nil},
		{"report", `{"steps":[],"skips":[]}`, nil},
		{"report", `{}`, nil},
	} {
		r := store.Record{Kind: store.RecordReaction, Verdict: tt.verdict}
		if err := json.Unmarshal([]byte(tt.body), &r.Body); err != nil {
			t.Fatal(err)
		}
		if got := reasonsOf(r, w); !slices.Equal(got, tt.want) {
			t.Errorf("%s %s: %q, want %q", tt.verdict, tt.body, got, tt.want)
		}
	}
}
