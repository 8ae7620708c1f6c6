package socket

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/gorilla/websocket"
)

// writeBuffer holds the largest ack whole: Slack wants it in one frame.
const writeBuffer = 32 << 10

// errOnce refuses the client's own reconnecting.
var errOnce = errors.New("one connection was all that was wanted")

// opening is how one connection is opened: its call, which is let through once,
// and its dialling.
type opening struct {
	base   *http.Client
	c      *connection
	plain  dialling // how the network is reached; nil: as usual
	dialer websocket.Dialer
	mu     sync.Mutex
	used   bool
}

func newOpening(config Config, c *connection) *opening {
	o := &opening{base: config.HTTPClient, c: c, plain: config.Dial, dialer: websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: helloWithin, WriteBufferSize: writeBuffer,
	}}
	plain := o.plain
	if plain == nil {
		plain = (&net.Dialer{}).DialContext
	}
	o.dialer.NetDialContext = o.watched(plain)
	o.dialer.NetDialTLSContext = o.watched(func(ctx context.Context, network, address string) (net.Conn, error) {
		raw, err := plain(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return secured(ctx, raw, address)
	})
	return o
}

// secured is a connection with TLS, as a WebSocket's dialler would make it.
func secured(ctx context.Context, raw net.Conn, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	conn := tls.Client(raw, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to %s: %w", host, err), raw.Close())
	}
	return conn, nil
}

type dialling = func(ctx context.Context, network, address string) (net.Conn, error)

// watched dials connections on which Slack's farewells are heard.
func (o *opening) watched(with dialling) dialling {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := with(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &frames{Conn: conn, farewell: o.c.dismiss}, nil
	}
}

// client makes the opening's call.
func (o *opening) client() *http.Client {
	return &http.Client{Transport: o, CheckRedirect: o.base.CheckRedirect}
}

// RoundTrip makes the call once and remembers what went wrong.
func (o *opening) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	again := o.used
	o.used = true
	o.mu.Unlock()
	if again {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, errOnce
	}
	resp, err := o.base.Transport.RoundTrip(req)
	if err != nil {
		o.c.fail(err)
		return resp, err
	}
	return resp, o.route(resp)
}

// route leaves the dialling to a proxy where the environment names one for the
// address that Slack answered: the proxy's connection is not a WebSocket from its
// first byte, so farewells are then only heard by their effect.
func (o *opening) route(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var answer struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(body, &answer) == nil && proxied(answer.URL) {
		o.dialer.NetDialContext, o.dialer.NetDialTLSContext = o.plain, nil
	}
	return nil
}

// proxied reports whether a WebSocket's address is reached through a proxy.
func proxied(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	return err == nil && proxy != nil
}
