package store_test

import (
	"testing"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
)

// A step is stored once, held ones are counted, and the second half of one
// finds what the first half posted.
func TestSteps(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		post := action.Step{Channel: "C1", Reaction: "incidents", Change: "created", Event: "Ev1", Number: 3, Verb: "pin"}
		pin, other := post, post
		pin.Pins, other.Number = true, 4
		commit := func(event string, actions ...store.Due) int {
			t.Helper()
			return m.commit(t, store.Commit{Event: event, Actions: actions})[0].Stored
		}
		if n := commit("Ev1", store.Due{Action: post}, store.Due{Action: pin}, store.Due{Action: other, Hold: handlers.ReactionHold("incidents")}); n != 3 {
			t.Fatalf("stored %d", n)
		}
		again := post
		again.Event = "Ev2"
		if n := commit("Ev2", store.Due{Action: again}); n != 0 {
			t.Errorf("stored it %d times more", n)
		}
		if ts, err := m.Posted(t.Context(), team, pin); err != nil || ts != "" {
			t.Errorf("before it was posted: %q, %v", ts, err)
		}
		claims := m.claim(t, room("me", 9))
		if len(claims) != 1 || claims[0].Action != action.Action(post) {
			t.Fatalf("claimed %v", claims)
		}
		if err := m.Settle(t.Context(), store.Settlement{Claim: claims[0], Result: handlers.Result{Class: handlers.Done, Value: map[string]string{"ts": "1.2"}}}); err != nil {
			t.Fatal(err)
		}
		if ts, err := m.Posted(t.Context(), team, pin); err != nil || ts != "1.2" {
			t.Errorf("afterwards: %q, %v", ts, err)
		}
		elsewhere := pin
		elsewhere.Channel = "C2"
		if ts, err := m.Posted(t.Context(), team, elsewhere); err != nil || ts != "" {
			t.Errorf("in another channel: %q, %v", ts, err)
		}
		wantChannels(t, m, handlers.ReactionHold("incidents"), "C1")
	})
}
