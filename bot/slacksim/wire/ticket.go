package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// ticket is what one use of apps.connections.open paid for.
type ticket struct {
	app string
}

// Ticket answers apps.connections.open: the address of a socket, good for one
// connection within a minute. baseURL is where the hub is served, without a
// path (http://127.0.0.1:8080; a path is dropped); the socket is at /link
// there. Adding &debug_reconnects=true to the answer shortens the connection's
// life to 360 s. The app token keys the ticket, so the address cannot be
// guessed without it.
func (h *Hub) Ticket(baseURL, appToken, appID string) (wsURL string) {
	scheme, rest, _ := strings.Cut(baseURL, "://")
	host, _, _ := strings.Cut(rest, "/")
	if scheme == "https" {
		scheme = "wss"
	} else {
		scheme = "ws"
	}
	mac := hmac.New(sha256.New, []byte(appToken))

	h.mu.Lock()
	defer h.mu.Unlock()
	fmt.Fprintf(mac, "%s %d", appID, h.random.Uint64())
	id := hex.EncodeToString(mac.Sum(nil))
	h.tickets[id] = ticket{app: appID}
	h.after(ticketLife, func() { delete(h.tickets, id) })
	return scheme + "://" + host + "/link?ticket=" + id + "&app_id=" + appID
}

// redeem takes a ticket; a second time there is none.
func (h *Hub) redeem(id string) (ticket, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch t, ok := h.tickets[id]; {
	case h.closed, time.Now().Before(h.refused):
		return ticket{}, errRefused
	case !ok:
		return ticket{}, errTicket
	default:
		delete(h.tickets, id)
		return t, nil
	}
}

// upgrader checks the Origin header: a web page elsewhere must not be able to
// use a ticket. slack-go names Slack as its origin, other clients none.
var upgrader = websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096, CheckOrigin: func(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "https://api.slack.com" || origin == "http://"+r.Host
}}

// ServeHTTP turns a request with a valid ticket into a socket and serves it
// until either side ends it. Without one it answers 403, while sockets are
// refused 503.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, err := h.redeem(r.URL.Query().Get("ticket"))
	switch {
	case errors.Is(err, errRefused):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	life := h.options.ReconnectEvery
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = debugLife
	}
	if s := h.admit(conn, t.app, life); s != nil {
		s.read()
	}
}
