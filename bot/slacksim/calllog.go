package slacksim

import (
	"regexp"
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
	args, _ := withoutTokens(c.args).(map[string]any)
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

// tokenLike is what a token looks like, whoever issued it.
var tokenLike = regexp.MustCompile(`(xox[a-z]|xapp)-[0-9A-Za-z.-]*`)

// withoutTokens copies an argument with everything that looks like a token
// blotted out, however deep inside.
func withoutTokens(v any) any {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "xox") || strings.Contains(v, "xapp-") {
			return tokenLike.ReplaceAllString(v, "***")
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = withoutTokens(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			name, _ := withoutTokens(k).(string)
			out[name] = withoutTokens(inner)
		}
		return out
	}
	return v
}
