package directory_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"usher/bot/directory"
	"usher/bot/store"
	"usher/rules/workspace"
)

// One event in a large workspace must cost what it changes, not what is there.
func BenchmarkObserve(b *testing.B) {
	const channels, people = 50_000, 2_000
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "usher.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	d := directory.New(directory.Config{Memory: db})
	if err := d.Open(b.Context(), workspace.Team{ID: team, Bot: "U0"}, time.Now()); err != nil {
		b.Fatal(err)
	}
	tell := func(kind, body string) {
		if _, err := d.Observe(team, kind, []byte(body)); err != nil {
			b.Fatal(err)
		}
	}
	for i := range channels {
		tell("channel_created", fmt.Sprintf(`{"channel":{"id":"C%d","name":"room-%d"}}`, i, i))
	}
	for i := range people {
		tell("member_joined_channel", fmt.Sprintf(`{"channel":"C7","user":"U%d"}`, i))
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		kind := "member_joined_channel"
		if i%2 == 1 {
			kind = "member_left_channel"
		}
		tell(kind, `{"channel":"C7","user":"U-1","event_ts":"1.1"}`)
	}
}
