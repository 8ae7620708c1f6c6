package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"usher/bot/config"
)

// hangup turns SIGHUP into what people mean by it: on a terminal it is closed, so
// the context ends; elsewhere the policy is to be read again, and told says so.
// The caller ends it with stop.
func hangup(ctx context.Context, out io.Writer) (until context.Context, told <-chan struct{}, stop func()) {
	if config.Terminal(out) {
		until, stop = signal.NotifyContext(ctx, syscall.SIGHUP)
		return until, nil, stop
	}
	until, cancel := context.WithCancel(ctx)
	signals, tell := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-until.Done():
				return
			case <-signals:
				select {
				case tell <- struct{}{}:
				default: // it is going to be read anyway
				}
			}
		}
	}()
	return until, tell, func() { signal.Stop(signals); cancel() }
}
