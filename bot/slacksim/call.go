package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"usher/bot/slacksim/spec"
)

// call is one Web API call: who calls, what, with which arguments. Form values
// are strings; values of a JSON body are as encoding/json decodes them.
type call struct {
	*slack
	method spec.Method
	args   map[string]any
	bearer string // the token as sent
	token  *token
	w      *workspace // nil with an app token
	me     *user
}

const maxBody = 4 << 20

// readCall takes the arguments from wherever Slack accepts them: the query, a
// form, and a JSON body where the method takes one.
func (s *slack) readCall(rw http.ResponseWriter, r *http.Request, name string) (*call, *failure) {
	c := &call{slack: s, args: map[string]any{}}
	c.method = documented[name]
	c.method.Name = name
	if auth := r.Header.Get("Authorization"); len(auth) > 7 && strings.EqualFold(auth[:7], "Bearer ") {
		c.bearer = strings.TrimSpace(auth[7:])
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return c, fail("invalid_post_type")
	}
	r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
	switch kind {
	case "application/json":
		if r.Method == http.MethodPost {
			if f := c.readJSON(r.Body); f != nil {
				return c, f
			}
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil { //nolint:gosec // the body was bounded above
			return c, unread(err, "invalid_form_data")
		}
	case "", "application/x-www-form-urlencoded":
	default:
		if r.Method == http.MethodPost {
			return c, fail("invalid_post_type")
		}
	}
	if err := r.ParseForm(); err != nil {
		return c, unread(err, "invalid_form_data")
	}
	for k, v := range r.Form {
		if _, ok := c.args[k]; !ok && len(v) > 0 {
			c.args[k] = v[0]
		}
	}
	if t, ok := c.args["token"].(string); ok && c.bearer == "" {
		c.bearer = t
	}
	delete(c.args, "token")
	return c, nil
}

// tooLarge is the answer to a body past maxBody. Slack documents no bound and no
// error of this kind; what a client sees is the status 413.
const tooLarge = "request_entity_too_large"

// unread is why a body was not read: it is too large, or else not what it
// claims to be.
func unread(err error, otherwise string) *failure {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return fail(tooLarge)
	}
	return fail(otherwise)
}

func (c *call) readJSON(body io.Reader) *failure {
	raw, err := io.ReadAll(body)
	if err != nil {
		return unread(err, "invalid_json")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return fail("invalid_json")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return fail("json_not_object")
	}
	if !c.method.JSONBody {
		return nil // such a method looks only at the query and at forms
	}
	delete(object, "token") // a token in JSON is not looked at
	for k, v := range object {
		if v != nil {
			c.args[k] = v
		}
	}
	return nil
}

// has says whether the argument was given and is not empty.
func (c *call) has(name string) bool { v, ok := c.args[name]; return ok && v != "" }

// given says whether the argument was given, even if empty.
func (c *call) given(name string) bool { _, ok := c.args[name]; return ok }

// text is an argument as a string.
func (c *call) text(name string) string {
	switch v := c.args[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(raw)
	}
}

func truth(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "1", "true", "yes", "on":
		return true, true
	case "", "0", "false", "no", "off":
		return false, true
	}
	return false, false
}

func (c *call) flag(name string) bool {
	if !c.given(name) {
		d, _ := truth(fmt.Sprint(c.method.Args[name].Default))
		return d && c.method.Args[name].Default != nil
	}
	v, _ := truth(c.text(name))
	return v
}

// number is an integer argument, its documented default when not given.
func (c *call) number(name string) int {
	if !c.has(name) {
		d, _ := c.method.Args[name].Default.(float64)
		return int(d)
	}
	n, _ := strconv.ParseFloat(c.text(name), 64)
	return int(n)
}

// list is an argument holding several: a JSON array, or separated by commas.
func (c *call) list(name string) []string {
	out := []string{}
	if array, ok := c.args[name].([]any); ok {
		for _, v := range array {
			out = append(out, fmt.Sprint(v))
		}
		return out
	}
	text := strings.TrimSpace(c.text(name))
	if strings.HasPrefix(text, "[") {
		if err := json.Unmarshal([]byte(text), &out); err == nil {
			return out
		}
	}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// object is an argument holding JSON: a value of a JSON body, or a string with
// JSON in it. Nil when absent or not JSON.
func (c *call) object(name string) json.RawMessage {
	text := c.text(name)
	if text == "" || !json.Valid([]byte(text)) {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(text)); err != nil {
		return nil
	}
	return compact.Bytes()
}
