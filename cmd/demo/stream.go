package demo

import (
	"fmt"
	"net/http"
	"time"
)

// breath is how long the page rests between two redraws, so that a burst of
// changes is drawn once.
const breath = 80 * time.Millisecond

// stream tells a browser that something changed, as server-sent events, until
// it goes away or the demo ends. What changed it reads itself.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := fmt.Fprint(w, "retry: 500\n\n"); err != nil {
		return
	}
	for {
		slack, usher := s.slack.Changed(s.slack.Version()), s.insight.Changed()
		if _, err := fmt.Fprint(w, "event: changed\ndata: .\n\n"); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-slack:
		case <-usher:
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
		select {
		case <-time.After(breath):
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}
