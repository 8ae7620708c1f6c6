package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Route says which payloads a handler answers. Kinds:
//
//	event:<type>                    an Events API event; the payload is the inner event
//	command                         a slash command
//	action:<action_id>              a block action; also every longer id that goes on with ':'
//	view:<callback_id>              a view submission
//	closed:<callback_id>            a modal that was closed, where its view asked to hear of it
//	options:<action_id>             a request for options
//	due:recheck, due:replan         an action that came due; the payload is its JSON
//	settled:<action kind>           an action that came to an end; the payload is a Settled
type Route struct {
	Kind   string
	Scopes []string // what the bot token needs for it to arrive
	handle func(context.Context, Request, json.RawMessage) (Outcome, error)
}

// On routes a kind of payload, read as JSON into an E, to handle.
func On[E any](kind string, handle func(context.Context, Request, E) (Outcome, error), scopes ...string) Route {
	return Route{Kind: kind, Scopes: scopes, handle: func(ctx context.Context, r Request, payload json.RawMessage) (Outcome, error) {
		var e E
		if err := json.Unmarshal(payload, &e); err != nil {
			return Outcome{}, fmt.Errorf("read a payload of kind %s: %w", kind, bare(err))
		}
		return handle(ctx, r, e)
	}}
}

// bare keeps what people typed out of errors: json's own quote the input.
func bare(err error) error {
	if at, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s where %s was expected, in %s", at.Value, at.Type, at.Field)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("no JSON from byte %d on", syntax.Offset)
	}
	return errors.New("not the JSON that was expected")
}

// ErrNoRoute is returned for a kind that nothing handles.
var ErrNoRoute = errors.New("no handler for this kind of payload")

// verb is what stands before a kind's first colon.
func verb(kind string) string {
	v, _, _ := strings.Cut(kind, ":")
	return v
}

// Router finds the handler of a payload. It is safe for concurrent use.
type Router struct{ routes map[string]Route }

// NewRouter refuses two routes of one kind and routes without a handler.
func NewRouter(routes []Route) (*Router, error) {
	r := &Router{routes: make(map[string]Route, len(routes))}
	var errs []error
	for _, route := range routes {
		switch _, twice := r.routes[route.Kind]; {
		case twice:
			errs = append(errs, fmt.Errorf("route %s: given twice", route.Kind))
		case route.handle == nil:
			errs = append(errs, fmt.Errorf("route %s: no handler; make it with On", route.Kind))
		default:
			r.routes[route.Kind] = route
		}
	}
	return r, errors.Join(errs...)
}

// find is the route of exactly this kind, else of its longest beginning up to a ':'.
func (r *Router) find(kind string) (Route, bool) {
	for k := kind; ; {
		if route, ok := r.routes[k]; ok {
			return route, true
		}
		i := strings.LastIndexByte(k, ':')
		if i < 0 || !strings.HasPrefix(kind, "action:") {
			return Route{}, false
		}
		k = k[:i]
	}
}

// Handles reports whether some route answers this kind.
func (r *Router) Handles(kind string) bool { _, ok := r.find(kind); return ok }

// Handle answers one payload. The Outcome is to be committed even beside an
// error: a Complaint or an apology for the person is in it already. The error
// is for the operator's log only and never a Complaint.
func (r *Router) Handle(ctx context.Context, kind string, req Request, payload json.RawMessage) (Outcome, error) {
	route, ok := r.find(kind)
	if !ok {
		return Outcome{}, fmt.Errorf("%s: %w", kind, ErrNoRoute)
	}
	out, err := route.handle(ctx, req, payload)
	if err == nil {
		req.introduce(&out)
		return req.standstill(out), nil
	}
	if c, ok := asComplaint(err); ok {
		return complaint(kind, payload, c), nil
	}
	return r.Apology(kind, req, payload), fmt.Errorf("handle %s: %w", kind, err)
}

// Kinds are the kinds of all routes, sorted.
func (r *Router) Kinds() []string {
	var kinds []string
	for k := range r.routes {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Scopes are the scopes that any route needs, sorted, each once.
func (r *Router) Scopes() []string {
	var scopes []string
	for _, route := range r.routes {
		scopes = append(scopes, route.Scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
