package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// connectWithin is how long a server may take to let somebody in, unless its
	// URL says connect_timeout.
	connectWithin = 5 * time.Second
	// silentFor is after how long a connection is given up whose other end does
	// not even say that it got what was sent: the machine is gone, or the network.
	silentFor = 15 * time.Second
)

// serverAt is how a PostgreSQL server is reached. An error never holds the URL,
// which has a password in it.
func serverAt(url string) (*pgx.ConnConfig, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("%s; it looks like postgres://user:password@host:5432/database", unusable(err))
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectWithin
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "usher"
	}
	c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer(silentFor).DialContext(ctx, network, address)
	}
	return c, nil
}

// unusable says what is wrong with a URL, without quoting it.
func unusable(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "a file that the URL names cannot be read: " + e.Error()
	}
	if strings.Contains(err.Error(), "sslmode is invalid") {
		return "sslmode in the URL is none of disable, allow, prefer, require, verify-ca, verify-full"
	}
	return "the URL does not parse"
}

// dialer makes connections that notice within a time that their other end is
// gone, whether or not they were waiting for it to take something.
func dialer(silent time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:         connectWithin,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silent / 2, Interval: silent / 6, Count: 3},
		Control:         control(silent),
	}
}
