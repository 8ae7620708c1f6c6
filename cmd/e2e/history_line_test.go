package e2e

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
)

// exchange is the network between the local Slack and the bots of a history. It
// has no sockets, so that bubbled time goes on while everybody waits for it.
type exchange struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newExchange() *exchange {
	return &exchange{calls: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept, Close and Addr are net.Listener's.
func (x *exchange) Accept() (net.Conn, error) {
	select {
	case c := <-x.calls:
		return c, nil
	case <-x.closed:
		return nil, net.ErrClosed
	}
}

func (x *exchange) Close() error { x.once.Do(func() { close(x.closed) }); return nil }

func (x *exchange) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// line is one bot's access to the exchange. Every packet that goes over it, in
// either direction, is a step; before a chosen one the line goes dead, with
// whatever is on its way, and whoever uses it is stopped in its tracks.
type line struct {
	x *exchange

	mu    sync.Mutex
	steps int
	last  int // the step before which it goes dead; 0: none
	dead  bool
	watch func() // called before a removal or an invitation goes out
	atEnd func() // called once, when it goes dead, by whoever took the last step

	died chan struct{} // closed when it has gone dead and atEnd is over
	gone chan struct{} // closed by cut: what was stopped goes on, into errors
}

var errGone = errors.New("the line is dead")

func newLine(x *exchange, watch, atEnd func()) *line {
	return &line{x: x, watch: watch, atEnd: atEnd, died: make(chan struct{}), gone: make(chan struct{})}
}

func (l *line) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	mine, theirs := net.Pipe()
	select {
	case l.x.calls <- theirs:
		go func() {
			<-l.gone
			_ = mine.Close()
		}()
		return &packets{Conn: mine, line: l}, nil
	case <-l.x.closed:
	case <-l.gone:
	case <-ctx.Done():
	}
	return nil, errors.Join(errGone, mine.Close(), theirs.Close())
}

// step counts one packet, or stops.
func (l *line) step() error {
	l.mu.Lock()
	l.steps++
	end := !l.dead && l.last > 0 && l.steps >= l.last
	if end {
		l.dead = true
	}
	dead := l.dead
	l.mu.Unlock()
	if end {
		l.atEnd()
		close(l.died)
	}
	if dead {
		<-l.gone
		return errGone
	}
	return nil
}

// kill has the line go dead now, unless it has.
func (l *line) kill() {
	l.mu.Lock()
	end := !l.dead
	l.dead = true
	l.mu.Unlock()
	if end {
		l.atEnd()
		close(l.died)
	}
	<-l.died
}

// cut lets go of whoever was stopped; everything on the line fails from then on.
func (l *line) cut() { close(l.gone) }

// packets is one connection over a line.
type packets struct {
	net.Conn
	line *line
}

// Read takes a step once something has come.
func (p *packets) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if n > 0 {
		if gone := p.line.step(); gone != nil {
			return 0, gone
		}
	}
	return n, err
}

// Write takes a step before anything goes out.
func (p *packets) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("conversations.kick")) || bytes.Contains(b, []byte("conversations.invite")) {
		p.line.watch()
	}
	if err := p.line.step(); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}
