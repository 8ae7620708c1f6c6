package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"path"
	"strconv"
	"sync/atomic"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// respondMethod is what calls of a response URL are counted as.
const respondMethod = "response_url"

// maxAnswer bounds an answer; the largest pages Slack sends are a few megabytes.
const maxAnswer = 64 << 20

// Call is one finished call, for measurement.
type Call struct {
	Team   workspace.TeamID // empty: the app's own
	Method string
	Code   string // "ok", Slack's error code, or one of the gateway's
	Status int    // HTTP; 0 when there was no answer
	Waited time.Duration
	Took   time.Duration
}

// calling is what the transport has to know of a call besides the request.
type calling struct {
	team     workspace.TeamID
	method   string // where the address does not end in it
	channel  string // messages: into which channel
	priority action.Priority
	maxWait  time.Duration              // 0: as long as it takes
	still    func(context.Context) bool // see WithStill; may be nil
}

type callingKey struct{}

func callingOf(ctx context.Context) calling {
	c, ok := ctx.Value(callingKey{}).(calling)
	if !ok {
		c.priority = action.Background
	}
	return c
}

func with(ctx context.Context, change func(*calling)) context.Context {
	c := callingOf(ctx)
	change(&c)
	return context.WithValue(ctx, callingKey{}, c)
}

func about(ctx context.Context, team workspace.TeamID) context.Context {
	return with(ctx, func(c *calling) { c.team = team })
}

// WithPriority says how urgent the calls made with the context are; without it
// reads are Background.
func WithPriority(ctx context.Context, p action.Priority) context.Context {
	return with(ctx, func(c *calling) { c.priority = p })
}

// transport is the one place that every call goes through.
type transport struct {
	base     http.RoundTripper
	governor *governor
	timeout  time.Duration
	measure  func(Call)
}

// RoundTrip waits for the call's turn, makes it, and reads the whole answer. An
// answer that is not a success comes back as an *Error.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callingOf(req.Context())
	call := Call{Team: c.team, Method: path.Base(req.URL.Path)}
	if c.method != "" {
		call.Method = c.method
	}
	queued := time.Now()
	if err := t.governor.acquire(req.Context(), call.Method, c); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	sent := time.Now()
	call.Waited = sent.Sub(queued)
	if c.overtaken(req.Context(), call) {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, &Error{Team: call.Team, Method: call.Method, Code: codeOvertaken}
	}
	resp, err := t.exchange(req, &call)
	call.Took, call.Code = time.Since(sent), "ok"
	if e, ok := errors.AsType[*Error](err); ok {
		e.Team, e.Method = call.Team, call.Method
		call.Code = e.Code
		if e.Code == codeRateLimited {
			t.governor.pause(call.Method, call.Team, e.After)
		}
	}
	t.measure(call)
	return resp, err
}

func (t *transport) exchange(req *http.Request, call *Call) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	})
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, broken(ctx, err, wrote.Load())
	}
	defer resp.Body.Close()
	call.Status = resp.StatusCode
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil && resp.StatusCode == http.StatusOK {
		return nil, broken(ctx, err, true)
	}
	if err := judgeAnswer(resp, body, call.Method); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func broken(ctx context.Context, err error, wrote bool) error {
	e := &Error{Code: codeUnreachable, Unknown: wrote, cause: err}
	if ctx.Err() != nil {
		e.Code, e.cause = codeTimeout, ctx.Err()
	}
	return e
}

// defaultPause is how long a method is left alone after a 429 that does not say.
const defaultPause = 30 * time.Second

func judgeAnswer(resp *http.Response, body []byte, method string) error {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		after, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		e := &Error{Code: codeRateLimited, Status: resp.StatusCode, After: time.Duration(after) * time.Second}
		if err != nil || after <= 0 {
			e.After = defaultPause
		}
		return e
	case resp.StatusCode >= http.StatusInternalServerError:
		return &Error{Code: codeHTTP + strconv.Itoa(resp.StatusCode), Status: resp.StatusCode,
			// A gateway of Slack's that gave up does not know what became of the call.
			Unknown: resp.StatusCode != http.StatusServiceUnavailable}
	}
	if method == SCIMGroups {
		return judgeSCIM(resp.StatusCode)
	}
	var a envelope
	err := json.Unmarshal(body, &a)
	if method == respondMethod {
		return judgeResponse(resp, err == nil && !a.OK && a.Error != "")
	}
	switch {
	case err != nil && resp.StatusCode != http.StatusOK:
		return &Error{Code: codeHTTP + strconv.Itoa(resp.StatusCode), Status: resp.StatusCode}
	case err != nil:
		return &Error{Code: codeUnreadable, Status: resp.StatusCode, Unknown: true}
	case a.OK:
		return nil
	case a.Error == codeRateLimited || a.Error == "rate_limited":
		return &Error{Code: codeRateLimited, Status: resp.StatusCode, After: defaultPause}
	case a.Error == "":
		return &Error{Code: codeUnreadable, Status: resp.StatusCode, Unknown: true}
	}
	return &Error{Code: a.Error, Status: resp.StatusCode, Needed: a.Needed, Provided: a.Provided,
		Pointers: pointers(a.Metadata.Messages), people: a.Errors}
}

// judgeResponse is about a response URL, whose success is the word ok.
func judgeResponse(resp *http.Response, refused bool) error {
	if resp.StatusCode == http.StatusOK && !refused {
		return nil
	}
	return &Error{Code: codeExpiredURL, Status: resp.StatusCode}
}
