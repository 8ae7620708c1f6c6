package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// toast makes the browser say something for a moment; bad is a refusal.
func toast(w http.ResponseWriter, text string, bad bool) {
	if bad {
		w.Header().Set("X-Refused", "1") // what was typed is kept
	}
	b, err := json.Marshal(map[string]any{"toast": map[string]any{"text": text, "bad": bad}})
	if err == nil {
		w.Header().Set("HX-Trigger", ascii(string(b)))
	}
}

// ascii writes what is not ASCII as JSON escapes: header values are bytes.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 128:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
