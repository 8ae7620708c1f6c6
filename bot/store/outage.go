package store

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// outage is what is known of writes that fail.
type outage struct {
	mu    sync.Mutex
	since time.Time // of the first that failed in a row; zero while they succeed
	why   error
	count int64
}

// note takes note of how a write went. One that was refused for what was in it,
// or given up, says nothing about the memory.
func (o *outage) note(at time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil:
		o.since, o.why = time.Time{}, nil
	case Passing(err), errorsIsAny(err, ErrDamaged, ErrDenied):
		if o.why == nil {
			o.since = at
		}
		o.why = err
		o.count++
	}
}

// Failures is how many writes have failed since the memory was opened, for
// reasons that are the memory's: a full disk, a server that is gone.
func (s *Store) Failures() int64 {
	s.outage.mu.Lock()
	defer s.outage.mu.Unlock()
	return s.outage.count
}

// out is why nothing can be stored at the moment; nil where it can.
func (s *Store) out() error {
	s.outage.mu.Lock()
	defer s.outage.mu.Unlock()
	if s.outage.why == nil {
		return nil
	}
	return fmt.Errorf("nothing was stored since %s: %w", s.outage.since.UTC().Format("2006-01-02 15:04:05 UTC"), s.outage.why)
}

// InPlace reports whether the database's file is still the one at its path:
// ErrMoved where nothing is there any more, ErrReplaced where another one is.
func (s *Store) InPlace() error {
	if s.file == nil {
		return nil
	}
	now, err := os.Stat(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s: %w", s.path, ErrMoved)
	case err == nil && !os.SameFile(s.file, now):
		return fmt.Errorf("%s: %w", s.path, ErrReplaced)
	}
	return nil // what cannot be looked at now may be looked at later
}
