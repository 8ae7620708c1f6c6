package slacksim

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// methodFault makes calls go wrong: the method's, or with "*" every one's.
type methodFault struct {
	Method     string
	Error      string
	Status     int
	RetryAfter int
	Delay      time.Duration
	Truncate   bool
	times      int // left; negative for ever
}

// takeFault finds the oldest fault for a call, and the oldest that only delays
// it, and uses each once.
func (s *slack) takeFault(method string) *methodFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var delay, taken *methodFault
	for _, f := range s.faults {
		into := &taken
		if !f.refuses() && !f.Truncate {
			into = &delay
		}
		if *into != nil || f.times == 0 || f.Method != "*" && f.Method != method {
			continue
		}
		if f.times > 0 {
			f.times--
		}
		*into = new(*f)
	}
	s.faults = slices.DeleteFunc(s.faults, func(f *methodFault) bool { return f.times == 0 })
	switch {
	case taken == nil:
		return delay
	case delay != nil:
		taken.Delay += delay.Delay
	}
	return taken
}

// wait delays the call, or ends with its context.
func (f *methodFault) wait(ctx context.Context) error {
	if f == nil || f.Delay <= 0 {
		return nil
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refuses says whether the call is not carried out.
func (f *methodFault) refuses() bool { return f.Error != "" || f.Status != 0 || f.RetryAfter != 0 }

// reply is what the call is answered instead.
func (f *methodFault) reply(c *call) apiReply {
	switch {
	case f.RetryAfter != 0:
		return apiReply{
			status: http.StatusTooManyRequests, body: answer{"ok": false, "error": "ratelimited"},
			header: map[string]string{"Retry-After": strconv.Itoa(f.RetryAfter)},
		}
	case f.Status != 0:
		return apiReply{status: f.Status}
	case f.Error == "missing_scope" && c.token != nil:
		return apiReply{status: http.StatusOK, body: merge(answer{"ok": false, "error": f.Error}, c.scopesWithout())}
	}
	return apiReply{status: http.StatusOK, body: answer{"ok": false, "error": f.Error}}
}

// scopesWithout is what Slack would say of the call's scopes if its token had
// been given none that the method takes.
func (c *call) scopesWithout() answer {
	wanted := c.method.Scopes.Bot
	if c.token.kind == userToken {
		wanted = c.method.Scopes.User
	}
	given := maps.Clone(c.token.scopes)
	maps.DeleteFunc(given, func(scope string, _ bool) bool { return slices.Contains(wanted, scope) })
	return answer{"needed": strings.Join(wanted, ","), "provided": given.String()}
}
