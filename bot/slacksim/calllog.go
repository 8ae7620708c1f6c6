package slacksim

import (
	"strings"
	"time"
)

// Call is one Web API call as it was received and answered. Tokens are not in
// it.
type Call struct {
	N      int            `json:"n"`
	At     time.Time      `json:"at"`
	Team   string         `json:"team"`
	Method string         `json:"method"`
	Args   map[string]any `json:"args"`
	Status int            `json:"status"`
	OK     bool           `json:"ok"`
	Error  string         `json:"error"`
}

type callLog struct {
	made int
	kept []Call
}

// record keeps the call. Anything that looks like a token is taken out,
// wherever a client put it.
func (s *slack) record(c *call, reply apiReply) {
	team := ""
	if c.w != nil {
		team = c.w.id
	}
	args := make(map[string]any, len(c.args))
	for k, v := range c.args {
		if text, ok := v.(string); ok {
			v = s.withoutTokens(text)
		}
		args[k] = v
	}
	ok, _ := reply.body["ok"].(bool)
	code, _ := reply.body["error"].(string)
	s.calls.made++
	s.calls.kept = append(s.calls.kept, Call{N: s.calls.made, At: s.now(), Team: team, Method: c.method.Name, Args: args, Status: reply.status, OK: ok, Error: code})
	if len(s.calls.kept) > logKept {
		s.calls.kept = s.calls.kept[len(s.calls.kept)-logKept/2:]
	}
	s.log.Info().Str("method", c.method.Name).Str("team", team).Int("status", reply.status).Bool("ok", ok).Str("error", code).Msg("call was answered")
	s.touch()
}

// withoutTokens blots out the tokens issued here, and anything that begins like
// one.
func (s *slack) withoutTokens(text string) string {
	if strings.HasPrefix(text, "xox") || strings.HasPrefix(text, "xapp-") {
		return "***"
	}
	if !strings.Contains(text, "xox") && !strings.Contains(text, "xapp-") {
		return text
	}
	for value := range s.tokens {
		text = strings.ReplaceAll(text, value, "***")
	}
	return text
}
