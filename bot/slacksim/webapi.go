package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"usher/bot/slacksim/spec"
)

// handler answers a call whose token, scopes and arguments have been checked.
type handler func(*call) (answer, *failure)

var documented = spec.Methods()

// served are the methods the simulated Slack answers; any other is an
// unknown_method.
var served = join(
	appMethods, conversationMethods, memberMethods, userMethods, usergroupMethods,
	viewMethods, chatMethods, bookmarkMethods, pinMethods, reactionMethods,
	adminMethods, adminUserMethods, adminTeamMethods,
)

func join(nouns ...map[string]handler) map[string]handler {
	all := map[string]handler{}
	for _, noun := range nouns {
		maps.Copy(all, noun)
	}
	return all
}

// Served returns the names of all Web API methods answered, sorted.
func Served() []string {
	return slices.Sorted(maps.Keys(served))
}

// serveAPI answers /api/<method>.
func (s *slack) serveAPI(rw http.ResponseWriter, r *http.Request) {
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
	c, f := s.readCall(rw, r, name)
	fault := s.takeFault(name)
	if fault.wait(r.Context()) != nil {
		return
	}
	reply := s.answer(c, f, fault)
	reply.cut = fault != nil && fault.Truncate
	reply.write(rw)
}

// answer carries a call out, unless a fault refuses it, and records it.
func (s *slack) answer(c *call, f *failure, fault *methodFault) apiReply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.findToken()
	reply := apiReply{status: http.StatusOK}
	switch {
	case fault != nil && fault.refuses():
		reply = fault.reply(c)
	default:
		reply.body, reply.header = s.dispatch(c, f)
		switch {
		case reply.header["Retry-After"] != "":
			reply.status = http.StatusTooManyRequests
		case reply.body["error"] == tooLarge:
			reply.status = http.StatusRequestEntityTooLarge
		}
	}
	s.record(c, reply)
	return reply
}

// dispatch takes a call through token, scope, arguments and rate to its
// handler.
func (s *slack) dispatch(c *call, f *failure) (answer, map[string]string) {
	header := map[string]string{}
	body, f := s.run(c, f, header)
	if f != nil {
		body = answer{"ok": false, "error": f.code}
		return merge(body, f.more), header
	}
	if _, ok := body["ok"]; !ok {
		body["ok"] = true
	}
	return body, header
}

func (s *slack) run(c *call, f *failure, header map[string]string) (answer, *failure) {
	handle := served[c.method.Name]
	switch {
	case handle == nil:
		return nil, &failure{"unknown_method", answer{"req_method": c.method.Name}}
	case f != nil:
		return nil, f
	}
	if c.method.Name == "api.test" {
		return handle(c)
	}
	if f := c.identify(); f != nil {
		return nil, f
	}
	if f := c.checkScopes(header); f != nil {
		return nil, f
	}
	if f := c.checkArgs(); f != nil {
		return nil, f
	}
	if wait := s.spend(c); wait > 0 {
		header["Retry-After"] = strconv.Itoa(wait)
		return nil, fail("ratelimited")
	}
	return handle(c)
}

// findToken looks whom the call comes from.
func (c *call) findToken() {
	if t := c.tokens[c.bearer]; t != nil {
		c.token, c.w, c.me = t, t.w, t.user
	}
}

// identify refuses calls from nobody.
func (c *call) identify() *failure {
	switch {
	case c.bearer == "":
		return fail("not_authed")
	case c.token == nil:
		return fail("invalid_auth")
	case c.me != nil && c.me.deleted:
		return fail("account_inactive")
	}
	return nil
}

// appLevel are the methods that want the app's own token.
var appLevel = map[string]string{
	"apps.connections.open":          "connections:write",
	"apps.event.authorizations.list": "authorizations:read",
}

func (c *call) checkScopes(header map[string]string) *failure {
	needed := appLevel[c.method.Name]
	wanted := c.method.Scopes.Bot
	switch c.token.kind {
	case appToken:
		if needed == "" {
			return fail("not_allowed_token_type")
		}
		wanted = []string{needed}
	case userToken:
		wanted = c.method.Scopes.User
		if needed != "" || strings.HasPrefix(c.method.Name, "views.") || wanted == nil && c.method.Scopes.Bot != nil {
			return fail("not_allowed_token_type")
		}
	case botToken:
		if needed != "" || wanted == nil && c.method.Scopes.User != nil || strings.HasPrefix(c.method.Name, "admin.") {
			return fail("not_allowed_token_type")
		}
	}
	header["X-OAuth-Scopes"] = c.token.scopes.String()
	header["X-Accepted-OAuth-Scopes"] = strings.Join(wanted, ",")
	if len(wanted) == 0 || c.token.scopes.any(wanted) {
		return nil
	}
	return c.missingScope(wanted)
}

func (c *call) missingScope(wanted []string) *failure {
	return &failure{"missing_scope", answer{"needed": strings.Join(wanted, ","), "provided": c.token.scopes.String()}}
}

// scopeFor asks for the scope of this kind of conversation among those the
// method takes: groups:read for a private channel, im:read for a direct one.
func (c *call) scopeFor(kind string) *failure {
	all := c.method.Scopes.Bot
	if c.token.kind == userToken {
		all = c.method.Scopes.User
	}
	var wanted []string
	for _, scope := range all {
		if strings.HasPrefix(scope, kind+":") {
			wanted = append(wanted, scope)
		}
	}
	if len(wanted) == 0 || c.token.scopes.any(wanted) {
		return nil
	}
	return c.missingScope(wanted)
}

// apiReply is an HTTP answer before it is written.
type apiReply struct {
	status int
	body   answer
	header map[string]string
	cut    bool // half the body
}

func (p apiReply) write(rw http.ResponseWriter) {
	h := rw.Header()
	for k, v := range p.header {
		h.Set(k, v)
	}
	h.Set("X-Slack-Req-Id", secret(""))
	if p.body == nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
		rw.WriteHeader(p.status)
		fmt.Fprintf(rw, "<html><body>%s</body></html>", http.StatusText(p.status))
		return
	}
	raw, err := json.Marshal(p.body)
	if err != nil {
		http.Error(rw, "the answer was not encoded", http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	if p.cut {
		raw = raw[:len(raw)/2]
	}
	rw.WriteHeader(p.status)
	rw.Write(raw)
}
