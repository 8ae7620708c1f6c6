//go:build !linux

package store

import (
	"syscall"
	"time"
)

// control has nothing to set where only Linux knows the option.
func control(time.Duration) func(network, address string, raw syscall.RawConn) error { return nil }
