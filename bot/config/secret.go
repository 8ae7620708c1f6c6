package config

import (
	"fmt"
	"log/slog"
)

const hidden = "***"

// Secret is a text that must not be seen: a token, a database URL. It prints as
// *** whichever way it is printed, logged or marshalled, also from inside
// another value. The zero value is empty. Values must not be compared with ==.
type Secret struct {
	// A pointer, because fmt calls no method on the unexported field of another
	// struct: there it prints an address instead.
	text *string
}

// NewSecret hides a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal is the text itself, for the one call that has to send it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is none.
func (s Secret) Empty() bool { return s.text == nil }

func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return hidden
}

// GoString is *** for %#v.
func (s Secret) GoString() string { return s.String() }

// Format is *** for every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText is *** in JSON, YAML and whatever else asks for a text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is *** for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
