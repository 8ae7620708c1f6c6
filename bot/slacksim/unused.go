package slacksim

import (
	"net"
	"net/http"
	"sync"
)

// unused are connections on which nothing was ever asked: clients open some in
// advance. A server that ends waits for their first request, which never comes,
// unless they are closed.
type unused struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once the server ends
}

// watch is told of what becomes of each connection.
func (u *unused) watch(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.conns == nil:
		_ = c.Close() // whoever opened it sees that
	default:
		u.conns[c] = struct{}{}
	}
}

// close closes those that there are and those that still come.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for c := range u.conns {
		_ = c.Close() // as above
	}
	u.conns = nil
}
