package store

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A query to a machine that is gone must not wait for a quarter of an hour.
func TestAServerThatIsGoneIsNoticed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := serverAt("postgres://usher:hunter2@" + l.Addr().String() + "/usher")
	if err != nil {
		t.Fatal(err)
	}
	if c.ConnectTimeout != connectWithin || c.RuntimeParams["application_name"] != "usher" {
		t.Errorf("connects within %s as %q", c.ConnectTimeout, c.RuntimeParams["application_name"])
	}
	conn, err := c.DialFunc(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var silent, alive int
	err = raw.Control(func(fd uintptr) {
		silent, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		alive, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE)
	})
	if err != nil || time.Duration(silent)*time.Millisecond != silentFor || alive != 1 {
		t.Errorf("gives up after %d ms, keeps alive %d: %v", silent, alive, err)
	}
	own, err := serverAt("postgres://usher@db.acme.test/usher?connect_timeout=2&application_name=mine")
	if err != nil || own.ConnectTimeout != 2*time.Second || own.RuntimeParams["application_name"] != "mine" {
		t.Errorf("what the URL says was not kept: %v", err)
	}
}
