package slacksim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// SCIM's limits, for the whole organisation.
var (
	scimReads  = allowance{100, 1000}
	scimWrites = allowance{60, 600}
)

const scimSchema = "urn:ietf:params:scim:"

// scimCall is one SCIM request of an administrator.
type scimCall struct {
	w    *workspace
	r    *http.Request
	id   string // of the resource, "" for the collection
	body json.RawMessage
}

// scimReply is a status and what goes with it; a nil body is none.
type scimReply struct {
	status int
	body   any
}

func scimError(status int, detail string) scimReply {
	return scimReply{status, answer{"schemas": []string{scimSchema + "api:messages:2.0:Error"}, "detail": detail, "status": strconv.Itoa(status)}}
}

// serveSCIM answers /scim/v2/Users and /scim/v2/Groups. On Grid, SCIM's groups
// are the IdP groups.
func (s *slack) serveSCIM(rw http.ResponseWriter, r *http.Request) {
	kind, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/")
	c := &scimCall{r: r, id: id}
	var bad error
	if r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch {
		bad = json.NewDecoder(http.MaxBytesReader(rw, r.Body, maxBody)).Decode(&c.body)
	}
	reply, wait := s.answerSCIM(c, kind, bad)
	if wait > 0 {
		rw.Header().Set("Retry-After", strconv.Itoa(wait))
	}
	rw.Header().Set("Content-Type", "application/scim+json; charset=utf-8")
	rw.WriteHeader(reply.status)
	if reply.body == nil {
		return
	}
	if raw, err := json.Marshal(reply.body); err == nil {
		rw.Write(raw)
	}
}

// answerSCIM carries a request out and records it.
func (s *slack) answerSCIM(c *scimCall, kind string, bad error) (scimReply, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply, wait := s.scim(c, kind, bad)
	record := &call{slack: s, w: c.w, args: map[string]any{}}
	record.method.Name = "scim." + kind + " " + c.r.Method
	if c.id != "" {
		record.args["id"] = c.id
	}
	s.record(record, apiReply{status: reply.status, body: answer{"ok": reply.status < 400}})
	return reply, wait
}

func (s *slack) scim(c *scimCall, kind string, bad error) (scimReply, int) {
	_, value, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	t := s.tokens[strings.TrimSpace(value)]
	switch {
	case t == nil || t.kind != userToken || !t.scopes["admin"]:
		return scimError(http.StatusUnauthorized, "invalid_authentication"), 0
	case !t.user.manages() || !t.w.grid():
		return scimError(http.StatusForbidden, "not_an_admin"), 0
	case bad != nil:
		return scimError(http.StatusBadRequest, "the body is not JSON"), 0
	}
	c.w = t.w
	limit, name := scimWrites, "scim writes"
	if c.r.Method == http.MethodGet {
		limit, name = scimReads, "scim reads"
	}
	if s.limited {
		if wait := s.take(c.w.enterprise+" "+name, limit); wait > 0 {
			return scimError(http.StatusTooManyRequests, "ratelimit"), wait
		}
	}
	switch kind {
	case "Users":
		return c.users(), 0
	case "Groups":
		return c.groups(), 0
	}
	return scimError(http.StatusNotFound, "no such resource type: Users and Groups exist"), 0
}

// list answers a page of a collection. SCIM counts from 1.
func (c *scimCall) list(all []answer) scimReply {
	q := c.r.URL.Query()
	start, _ := strconv.Atoi(q.Get("startIndex"))
	count, err := strconv.Atoi(q.Get("count"))
	if err != nil || count < 0 {
		count = 100
	}
	start = max(start, 1)
	count = min(count, 1000)
	from := min(start-1, len(all))
	cut := all[from:min(from+count, len(all))]
	return scimReply{http.StatusOK, answer{
		"schemas": []string{scimSchema + "api:messages:2.0:ListResponse"}, "totalResults": len(all),
		"itemsPerPage": len(cut), "startIndex": start, "Resources": cut,
	}}
}

// filter reads a filter of the form: attribute eq "value".
func (c *scimCall) filter() (attribute, value string, ok bool) {
	text := c.r.URL.Query().Get("filter")
	if text == "" {
		return "", "", true
	}
	attribute, value, ok = strings.Cut(text, " eq ")
	return strings.TrimSpace(attribute), strings.Trim(strings.TrimSpace(value), `"`), ok
}

// scimPatch is the body of a PATCH.
type scimPatch struct {
	Operations []struct {
		Op    string          `json:"op"`
		Path  string          `json:"path"`
		Value json.RawMessage `json:"value"`
	} `json:"Operations"`
}
