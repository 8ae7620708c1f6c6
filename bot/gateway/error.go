package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"usher/rules/workspace"
)

// Codes of our own, beside Slack's, for calls that brought no code of Slack's.
const (
	codeUnreachable = "unreachable"  // the connection did not come about, or broke
	codeTimeout     = "no_answer"    // nothing came in time
	codeUnreadable  = "unreadable"   // half an answer, or something that is not Slack's JSON
	codeAllowance   = "no_allowance" // the governor would have had to wait too long; nothing was sent
	codeOvertaken   = "overtaken"    // it was not right any more when its turn came; nothing was sent
	codeRateLimited = "ratelimited"  // Slack's 429
	codeNoToken     = "no_token"     // the workspace is not connected
	codeRender      = "not_rendered" // what was to go out could not be put into words
	codeNotACall    = "not_a_call"   // the action is none of the gateway's
	codeHTTP        = "http_"        // and the status
)

// Error is a call that did not succeed. It never holds a token, a URL, or
// anything that people typed.
type Error struct {
	Team     workspace.TeamID
	Method   string        // conversations.kick
	Code     string        // Slack's error code, or one that begins where Slack gave none
	Status   int           // HTTP; 0 when there was no answer
	After    time.Duration // how long to leave the method and workspace alone; 0: not said
	Unknown  bool          // the call went out and may have been carried out
	Needed   string        // missing_scope: the scopes of which one is needed
	Provided string        // missing_scope: those the token has
	Pointers []string      // what Slack said was wrong with the arguments

	people json.RawMessage // conversations.invite: what was wrong with whom
	cause  error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Method)
	if e.Team != "" {
		fmt.Fprintf(&b, " in %s", e.Team)
	}
	fmt.Fprintf(&b, ": %s", e.Code)
	if e.Needed != "" {
		fmt.Fprintf(&b, " (needs %s)", e.Needed)
	}
	if e.After > 0 {
		fmt.Fprintf(&b, " (again in %s)", e.After.Round(time.Millisecond))
	}
	if len(e.Pointers) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(e.Pointers, "; "))
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// envelope is what every answer of Slack has.
type envelope struct {
	OK       bool            `json:"ok"`
	Error    string          `json:"error"`
	Needed   string          `json:"needed"`
	Provided string          `json:"provided"`
	Errors   json.RawMessage `json:"errors"`
	Metadata struct {
		Messages []string `json:"messages"`
	} `json:"response_metadata"`
}

// pointers keeps of Slack's explanations what cannot be somebody's text: the
// argument or the place in the JSON they speak of.
func pointers(messages []string) []string {
	var out []string
	for _, m := range messages {
		if _, place, ok := strings.Cut(m, "[json-pointer:"); ok {
			place, _, _ = strings.Cut(place, "]")
			out = append(out, place)
			continue
		}
		if what, name, ok := strings.Cut(strings.TrimPrefix(m, "[ERROR] "), ": "); ok && !strings.ContainsAny(name, " \n") && len(name) < 40 {
			out = append(out, what+": "+name)
		}
	}
	return out
}
