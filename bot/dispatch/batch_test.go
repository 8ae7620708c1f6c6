package dispatch_test

import (
	"context"
	"testing"
	"time"

	"usher/handlers"
	"usher/rules"
)

// Somebody who came in and was found to belong is no newcomer for what waited in
// the lane right behind that, though nothing of it is committed yet.
func TestWhatIsFoundOutCountsWithinABatch(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		started, goOn := make(chan struct{}), make(chan struct{})
		newcomers := -1
		b := start(t, url, map[string]handle{
			"command": func(context.Context, handlers.Request, thing) (handlers.Outcome, error) {
				close(started)
				<-goOn
				return handlers.Outcome{}, nil
			},
			"event:member_joined_channel": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
				return handlers.Outcome{Decisions: []rules.Decision{decided(rules.Allow, "C1", "U1", time.Time{})}}, nil
			},
			"event:member_left_channel": func(_ context.Context, r handlers.Request, _ thing) (handlers.Outcome, error) {
				newcomers = r.Workspace.Members("C1").Newcomers.Len()
				return handlers.Outcome{}, nil
			},
		})
		hold, join, leave := command("hold"), event("Ev1", "member_joined_channel", `,"user":"U1","channel":"C1","channel_type":"G"`),
			event("Ev2", "member_left_channel", `,"user":"U1","channel":"C2","channel_type":"G"`)
		b.send(t, hold)
		<-started
		b.send(t, join, leave)
		close(goOn)
		leave.wait(t)
		if newcomers != 0 {
			t.Errorf("%d newcomers while the second event was handled", newcomers)
		}
	})
}
