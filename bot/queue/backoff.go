package queue

import (
	"math/rand/v2"
	"time"
)

const (
	backoffFirst = time.Second
	backoffMost  = 10 * time.Minute
)

// Backoff is how long to wait after the n-th try, n from 1: doubling from a
// second to ten minutes, each a fifth more or less so that what failed together
// does not come back together. Twelve tries take about an hour.
func Backoff(n int) time.Duration {
	d := backoffMost
	if n < 11 {
		d = min(backoffFirst<<max(n-1, 0), backoffMost)
	}
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}
