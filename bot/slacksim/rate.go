package slacksim

import (
	"math"
	"time"
)

// allowance is how often a method may be called: so many at once, then so many
// a minute.
type allowance struct {
	burst, perMinute float64
}

// tiers are Slack's, "with short bursts tolerated".
var tiers = map[string]allowance{
	"t1": {2, 1},
	"t2": {10, 20},
	"t3": {20, 50},
	"t4": {40, 100},
	"t5": {100, 600},
}

var (
	perChannel   = allowance{5, 60}    // chat.postMessage into one channel
	perWorkspace = allowance{100, 300} // chat.postMessage altogether
)

// tierOf is a method's tier; SLACK.md's table wins where documentation is
// disputed, and agrees with the data for every method served.
func tierOf(method string) allowance { return tiers[documented[method].Tier] }

// bucket is what is left of an allowance.
type bucket struct {
	left float64
	at   time.Time
}

// take uses one of the allowance under a key, and says how many seconds to
// wait when there is none.
func (s *slack) take(key string, a allowance) int {
	now := s.now()
	b := s.rates[key]
	if b == nil {
		b = &bucket{left: a.burst, at: now}
		s.rates[key] = b
	}
	b.left = math.Min(a.burst, b.left+now.Sub(b.at).Minutes()*a.perMinute)
	b.at = now
	if b.left < 1 {
		return max(1, int(math.Ceil((1-b.left)/a.perMinute*60)))
	}
	b.left--
	return 0
}

// spend counts a call against its limits: per method and workspace, and for
// messages per channel too. It returns the seconds to wait, 0 for none.
func (s *slack) spend(c *call) int {
	if !s.limited {
		return 0
	}
	team := "app"
	if c.w != nil {
		team = c.w.id
	}
	if c.method.Name != "chat.postMessage" {
		return s.take(team+" "+c.method.Name, tierOf(c.method.Name))
	}
	channel := c.text("channel")
	if c.w != nil && c.w.channel(channel) != nil {
		channel = c.w.channel(channel).id // it may have come by its name
	}
	if wait := s.take(team+" "+c.method.Name+" "+channel, perChannel); wait > 0 {
		return wait
	}
	return s.take(team+" "+c.method.Name, perWorkspace)
}
