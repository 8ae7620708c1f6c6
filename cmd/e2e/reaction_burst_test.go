package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
)

const burstPolicy = `
version: 1
brakes: {reactions: 1000}
reactions:
  - name: incidents
    on: [created]
    channels: ['inc-(?P<number>[0-9]+)-.*']
    do:
      - join
      - topic: "Incident {{.Match.number}}"
      - invite: [{user: carol@acme.test}]
      - pin: "Runbook of {{.Match.number}}"
      - bookmark: {title: Runbook, link: "https://wiki.acme.test/{{.Match.number}}"}
      - announce: {to: "#news", text: "{{.Channel}} is new"}
      - tell_creator: "Thanks for {{.Channel}}"
    mode: enforce
`

// Two hundred channels at once, or fewer unless there is time, at Slack's limits
// and with news that comes twice: every step once and in its order, and no call
// too many.
func TestABurstOfChannelsWithinTheLimits(t *testing.T) {
	t.Parallel()
	channels := 60
	if full() {
		channels = 200
	}
	// The steps' calls in their order; what else is read of a channel is read by its rules.
	steps := []string{
		"conversations.join", "conversations.setTopic", "conversations.invite", "pins.list", "chat.postMessage", "pins.add", "bookmarks.list", "bookmarks.add",
	}
	inCalm(t, burstPolicy, []slacksim.FileChannel{{Name: "news", Members: []string{"alice", "usher"}}}, func(c *calm) {
		if err := c.slack.Fault(slacksim.Fault{Wire: wire.Fault{Envelopes: "duplicate", Times: 50}}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for i := range channels {
			c.create("bob", fmt.Sprintf("inc-%d-x", i))
		}
		furnished := func() (n int) {
			s := c.slack.State()
			for _, room := range s.Workspaces["T01"].Channels {
				if strings.HasPrefix(room.Name, "inc-") && len(room.Bookmarks) == 1 && len(room.Pins) == 1 && room.Topic != "" && in(s, "carol", room.Name) {
					n++
				}
			}
			return min(n, len(posted(s, "news")), len(told(s, "bob", "Thanks for")))
		}
		for furnished() < channels && time.Since(began) < time.Hour {
			c.pass(10 * time.Second)
		}
		took := time.Since(began)
		c.pass(10 * time.Minute)

		made, counts, rooms := map[string][]string{}, map[string]int{}, c.slack.State().Workspaces["T01"].Channels
		for _, call := range c.slack.Calls(0) {
			if call.At.Before(began) {
				continue
			}
			counts[call.Method]++
			if call.Status == 429 {
				t.Errorf("call %d of %s was one too many", call.N, call.Method)
			}
			id, _ := call.Args["channel"].(string)
			if id == "" {
				id, _ = call.Args["channel_id"].(string)
			}
			if strings.HasPrefix(rooms[id].Name, "inc-") && slices.Contains(steps, call.Method) {
				made[id] = append(made[id], call.Method)
			}
		}
		for id, methods := range made {
			if !slices.Equal(methods, steps) {
				t.Errorf("%s: %v, want %v", rooms[id].Name, methods, steps)
			}
		}
		if n := furnished(); n != channels || len(made) != channels || counts["chat.postMessage"] != 3*channels {
			t.Errorf("%d of %d channels are furnished, %d messages posted", n, channels, counts["chat.postMessage"])
		}
		// Slack lets topics be set 20 times a minute.
		if least := time.Duration(channels) * time.Minute / 20; took < least-time.Minute || took > least*3/2 {
			t.Errorf("it took %s", took)
		}
		var lines []string
		total := 0
		for _, method := range slices.Sorted(maps.Keys(counts)) {
			lines, total = append(lines, fmt.Sprintf("%d %s", counts[method], method)), total+counts[method]
		}
		t.Logf("%d channels furnished in %s with %d calls: %s", channels, took, total, strings.Join(lines, ", "))
	})
}
