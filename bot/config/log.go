package config

import (
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// The names of fields in the log. A fact has the same name wherever it is
// logged; nothing here may hold a token, an e-mail address or a message's text.
const (
	FieldPart     = "part"     // which package speaks: socket, gateway, …
	FieldTeam     = "team"     // T…
	FieldEvent    = "event"    // Slack's event id, or the one made for a command or click
	FieldKind     = "kind"     // what came in: event:member_joined_channel, command, …
	FieldEnvelope = "envelope" // Socket Mode's envelope id
	FieldChannel  = "channel"
	FieldUser     = "user"
	FieldGroup    = "usergroup"
	FieldCluster  = "cluster"
	FieldVerdict  = "verdict"
	FieldAction   = "action" // an action's kind
	FieldActionID = "action_id"
	FieldKey      = "key"
	FieldMethod   = "method" // a Web API method
	FieldOutcome  = "outcome"
	FieldCode     = "code" // Slack's error code
	FieldAttempt  = "attempt"
	FieldAfter    = "after" // until the next attempt
	FieldTook     = "took"
	FieldCount    = "count"
	FieldPolicy   = "policy" // a policy's hash
	FieldPlace    = "place"  // file:line:column
	FieldSocket   = "socket"
	FieldReason   = "reason"
)

// NewLogger writes one line an event to w, one at a time, whatever w is. Format is json, console, or auto,
// which is console where w is a terminal. An unknown level is info.
func NewLogger(w io.Writer, level, format string) zerolog.Logger {
	least, err := zerolog.ParseLevel(level)
	if err != nil || level == "" {
		least = zerolog.InfoLevel
	}
	if format == "console" || format != "json" && Terminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly, NoColor: !Terminal(w) || os.Getenv("NO_COLOR") != ""}
	}
	return zerolog.New(zerolog.SyncWriter(w)).Level(least).With().Timestamp().Logger()
}

// Rarely is a log for one line that would come again and again while something
// is gone: it is written once a minute at most.
func Rarely(log zerolog.Logger) zerolog.Logger {
	return log.Sample(&zerolog.BurstSampler{Burst: 1, Period: time.Minute})
}

// Terminal reports whether somebody reads w on a terminal.
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
