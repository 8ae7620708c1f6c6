package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"usher/bot/store"
)

// A database that is made holds names and e-mail addresses of everybody: it is
// its owner's alone, its journals too, whatever the umask.
func TestANewDatabaseIsItsOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions here")
	}
	dir := t.TempDir()
	db, err := store.Open(t.Context(), filepath.Join(dir, "usher.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("there are %v, %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", f.Name(), info.Mode())
		}
	}
}
