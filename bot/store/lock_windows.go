package store

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile holds path for this process; the system lets go of it when the
// process ends, however it ends.
func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, denied(err)
	}
	const whole = ^uint32(0)
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, whole, whole, new(windows.Overlapped))
	if err != nil {
		return nil, errors.Join(ErrInUse, f.Close())
	}
	return f, nil
}
