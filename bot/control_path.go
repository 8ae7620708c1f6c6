package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"usher/bot/config"
)

// nearby is a unix socket's path, short enough for its name, and what to close
// when it is not needed any more. A socket's name holds about a hundred bytes;
// on Linux one that lies deeper is reached through its opened folder.
func nearby(path string) (short string, done func() error, err error) {
	if len(path) <= config.MaxSocketPath {
		return path, func() error { return nil }, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), dir.Close, nil
}

// dialControl connects to a bot's socket.
func dialControl(ctx context.Context, path string) (net.Conn, error) {
	short, done, err := nearby(path)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "unix", Err: err} // as if nobody listened: the folder is not there
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", short)
	return conn, errors.Join(err, done())
}
