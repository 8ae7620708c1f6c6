package bot

import (
	"context"
	"net"
	"net/http"
)

// Option is something about a bot that its settings do not say.
type Option func(*options)

type options struct {
	dial      dialer
	reload    <-chan struct{}
	unwatched bool
	unlimited bool
}

func newOptions() *options { return &options{} }

// dialer opens a connection, as net.Dialer.DialContext does.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Through has every connection to Slack opened by dial; nil: over the network.
func Through(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(o *options) { o.dial = dial }
}

// ReloadOn has the policy read again whenever something comes in on told, besides
// whenever its file changes: not every file system says that one has.
func ReloadOn(told <-chan struct{}) Option {
	return func(o *options) { o.reload = told }
}

// Unwatched has nobody look whether the policy's file changes.
func Unwatched() Option {
	return func(o *options) { o.unwatched = true }
}

// Unlimited holds no call to Slack back, except after a 429: for a local Slack
// without limits.
func Unlimited() Option {
	return func(o *options) { o.unlimited = true }
}

// transport is what Web API calls go out on; nil: the gateway's own.
func (o *options) transport() http.RoundTripper {
	if o.dial == nil {
		return nil
	}
	return &http.Transport{DialContext: o.dial, MaxIdleConnsPerHost: 16}
}
