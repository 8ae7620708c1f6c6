package wire

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// queued bounds the frames waiting for one peer; a peer that lets more than
// that pile up is not reading and is dropped.
const queued = 16_384

// writeWithin bounds a single write.
const writeWithin = 5 * time.Second

// socket is one open connection. Its reader is the goroutine that serves the
// HTTP request, its writer a goroutine of its own; the hub waits for both.
type socket struct {
	hub    *Hub
	conn   *websocket.Conn
	app    string
	id     int
	opened time.Time
	out    chan []byte   // never closed
	dead   chan struct{} // closed when the socket has left the hub

	// Guarded by the hub's mutex.
	leaving bool // refresh_requested was said: nothing new is sent here
	gone    bool
	counts  counts
}

type counts struct{ sent, acked, retried, expired int }

// admit registers a connection, hello already queued, or turns it away. The
// one who gets a socket must call read.
func (h *Hub) admit(conn *websocket.Conn, app string, life time.Duration) *socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	others := 0
	for _, s := range h.sockets {
		if s.app == app {
			others++
		}
	}
	if h.closed || others >= maxSockets {
		if !h.closed {
			h.running.Go(func() { turnAway(conn) })
		} else {
			_ = conn.Close() // nobody is left to tell
		}
		return nil
	}
	h.lastID++
	s := &socket{
		hub: h, conn: conn, app: app, id: h.lastID, opened: time.Now(),
		out: make(chan []byte, queued), dead: make(chan struct{}),
	}
	s.say(map[string]any{
		"type":            "hello",
		"num_connections": others + 1,
		"connection_info": map[string]any{"app_id": app},
		"debug_info":      debugInfo(life),
	})
	h.sockets = append(h.sockets, s)
	h.running.Add(1) // the reader, which is the caller
	h.running.Go(s.write)
	if life > 0 {
		h.after(max(life-warningAhead, life/2), func() { s.disconnect("warning") })
		h.after(life, func() { s.disconnect("refresh_requested") })
	}
	return s
}

// turnAway tells an eleventh socket why it is not wanted.
func turnAway(conn *websocket.Conn) {
	deadline := time.Now().Add(writeWithin)
	_ = conn.SetWriteDeadline(deadline)
	_ = conn.WriteJSON(disconnectFrame("too_many_websockets")) // the peer may be gone already
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), deadline)
	// Closing with frames unread would reset the connection, and the peer might
	// never see the reason.
	_ = conn.SetReadDeadline(time.Now().Add(closeAfter))
	for {
		if _, _, err := conn.NextReader(); err != nil {
			break
		}
	}
	_ = conn.Close()
}

func debugInfo(life time.Duration) map[string]any {
	if life == 0 {
		life = usualLife
	}
	return map[string]any{
		"host": "slacksim", "build_number": 1,
		"approximate_connection_time": int(max(life/time.Second, 1)),
	}
}

func disconnectFrame(reason string) map[string]any {
	return map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "slacksim"}}
}

// read takes the peer's frames until the connection ends, then leaves.
func (s *socket) read() {
	defer s.hub.running.Done()
	defer s.leave()
	s.conn.SetReadLimit(maxFrame)
	alive := func() { _ = s.conn.SetReadDeadline(time.Now().Add(silenceAllowed)) }
	alive()
	s.conn.SetPongHandler(func(string) error { alive(); return nil })
	ping := s.conn.PingHandler()
	s.conn.SetPingHandler(func(text string) error { alive(); return ping(text) })
	for {
		kind, text, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		alive()
		if kind == websocket.TextMessage {
			s.hub.acknowledge(s, text)
		}
	}
}

// write sends what is queued, and pings.
func (s *socket) write() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	defer s.conn.Close()
	for {
		select {
		case <-s.dead:
			return
		case frame := <-s.out:
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
			if frame == nil { // the end of what there is to say
				s.bye()
				return
			}
			if err := s.conn.WriteMessage(websocket.TextMessage, frame); err != nil {
				return
			}
		case <-ticker.C:
			if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)); err != nil {
				return
			}
		}
	}
}

// bye ends the connection politely: the peer has a moment to answer.
func (s *socket) bye() {
	frame := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = s.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(writeWithin))
	patience := time.NewTimer(closeAfter)
	defer patience.Stop()
	select {
	case <-s.dead:
	case <-patience.C:
	}
}

// say queues a frame. The mutex is held.
func (s *socket) say(frame any) {
	text, err := json.Marshal(frame)
	if err != nil { // a payload that is not JSON; Send has looked
		return
	}
	s.queue(text)
}

func (s *socket) queue(text []byte) {
	select {
	case s.out <- text:
	default:
		s.kill()
	}
}

// disconnect says a reason as Slack does and, where it means the end, ends the
// socket a moment later, so that acks on their way still arrive. The mutex is
// held.
func (s *socket) disconnect(reason string) {
	if s.gone || s.leaving {
		return
	}
	s.say(disconnectFrame(reason))
	if reason == "warning" {
		return
	}
	s.leaving = true
	s.hub.after(closeAfter, func() {
		if !s.gone {
			s.queue(nil)
		}
	})
}

// kill ends the connection at once, without a close frame. The mutex may be
// held: the reader, woken by it, does the rest.
func (s *socket) kill() { _ = s.conn.NetConn().Close() }

// leave takes the socket out of the hub; what it had not acknowledged has lost
// its connection.
func (s *socket) leave() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	s.gone = true
	close(s.dead)
	_ = s.conn.Close()
	if i := slices.Index(h.sockets, s); i >= 0 {
		h.sockets = slices.Delete(h.sockets, i, i+1)
	}
	h.lost(s)
}
