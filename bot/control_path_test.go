package bot

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// A database may lie deeper than a unix socket's name is long; the command line
// finds the bot beside it all the same.
func TestTheControlSocketOfADeepDatabase(t *testing.T) {
	_, settings := town(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	settings.Control = filepath.Join(dir, "usher.sock")
	if _, err := Dial(settings.Control).Plan(t.Context(), ""); !errors.As(err, new(NoBot)) {
		t.Errorf("before its start: %v", err)
	}
	b, err := Open(t.Context(), settings, zerolog.Nop(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(settings.Control); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("it left its socket behind: %v", err)
		}
	}()
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(settings.Control).Plan(t.Context(), ""); err != nil && errors.As(err, new(NoBot)) {
		t.Error(err)
	}
	if info, err := os.Stat(settings.Control); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its socket is %v, %v", info, err)
	}
}

// Health at the usual address is an offer: somebody else's program there does
// not keep the bot from starting.
func TestTheUsualAddressInUse(t *testing.T) {
	_, settings := town(t)
	settings.Listen, settings.Unasked = strings.TrimPrefix(strings.TrimSuffix(settings.APIURL, "/api/"), "http://"), true
	var log strings.Builder
	b, err := Open(t.Context(), settings, zerolog.New(zerolog.SyncWriter(&log)), "test")
	if err != nil {
		t.Fatal(err)
	}
	err = b.Start(t.Context())
	if end := b.Stop(); err != nil || end != nil {
		t.Errorf("started: %v, stopped: %v", err, end)
	}
	if !strings.Contains(log.String(), "--listen") {
		t.Errorf("nobody was told:\n%s", log.String())
	}
}
