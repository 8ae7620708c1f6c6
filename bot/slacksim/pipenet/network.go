// Package pipenet is a network inside the process, for tests in bubbled time: a
// goroutine that waits for a real socket holds up the bubble's clock, one that
// waits for a pipe does not.
//
// It must never be used outside tests.
//
// Decision: one listener that takes every call, whatever the address, because a
// test has one other side; whoever needs more has one network for each.
package pipenet

import (
	"context"
	"errors"
	"net"
	"sync"
)

// Network is a listener and the way to it. It is safe for concurrent use.
type Network struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// New is a network on which nobody has called yet.
func New() *Network {
	return &Network{calls: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for a call.
func (n *Network) Accept() (net.Conn, error) {
	select {
	case c := <-n.calls:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept, and whoever still calls. Closing again does nothing.
func (n *Network) Close() error { n.once.Do(func() { close(n.closed) }); return nil }

// Addr looks like an address on loopback.
func (n *Network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// Dial calls whoever accepts, and waits until they do.
func (n *Network) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	var err error
	select {
	case n.calls <- there:
		return here, nil
	case <-n.closed:
		err = net.ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, here.Close(), there.Close())
}
