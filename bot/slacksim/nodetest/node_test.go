// Package nodetest proves that Slack's own Node packages work against the local
// Slack unmodified: @slack/web-api, @slack/socket-mode and @slack/bolt.
//
// It owns the scripts, the pinned packages and the run. It must never patch a
// package or tell it anything but the API's address and tokens.
//
// Decision: the scripts act and look through the control interface only, as
// any program in another language would, so they also hold that interface to
// its description. The packages are fetched with npm from a lock file without
// addresses, once per lock file, into the user's cache directory.
package nodetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
)

//go:embed package.json package-lock.json .npmrc
var packages embed.FS

// scripts are embedded for their names, and so that changing one makes Go run
// the test again instead of answering from its cache.
//
//go:embed *.js
var scripts embed.FS

//go:embed workspace.yaml
var workspace []byte

// Limits: a machine without a registry must not hold up the tests.
const (
	fetchWithin  = 3 * time.Minute
	scriptWithin = time.Minute
)

func TestNodePackages(t *testing.T) {
	modules, err := install(t.Context())
	if err != nil {
		if os.Getenv("USHER_REQUIRE_ALL") != "" {
			t.Fatalf("Slack's Node packages are required: %v", err)
		}
		t.Skipf("Slack's Node packages are not tried: %v", err)
	}
	names, err := fs.Glob(scripts, "*.test.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range names {
		t.Run(strings.TrimSuffix(script, ".test.js"), func(t *testing.T) {
			t.Parallel()
			run(t, script, modules)
		})
	}
}

// run gives a script a local Slack of its own.
func run(t *testing.T, script, modules string) {
	file, err := slacksim.ParseFile(workspace)
	if err != nil {
		t.Fatal(err)
	}
	sim, err := slacksim.Start(slacksim.Options{Workspace: file, RetryScale: 0.1, Events: slacksim.MessageEvents()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	}()
	ready, err := json.Marshal(sim.Ready())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), scriptWithin)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "--test-reporter=spec", script)
	node.Env = append(os.Environ(), "NODE_PATH="+modules, "SIM="+string(ready))
	node.WaitDelay = time.Second
	out, err := node.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
		return
	}
	t.Logf("%s", out)
}

// install returns a directory with the packages of the lock file in it, made
// by npm unless it is there already.
func install(ctx context.Context) (string, error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%s is not installed", tool)
		}
	}
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	base = filepath.Join(base, "usher-nodetest")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", fmt.Errorf("make the cache of packages: %w", err)
	}
	lock, err := packages.ReadFile("package-lock.json")
	if err != nil {
		return "", err
	}
	kept := filepath.Join(base, fmt.Sprintf("%x", sha256.Sum256(lock))[:16])
	if _, err := os.Stat(kept); err == nil {
		return filepath.Join(kept, "node_modules"), nil
	}
	made, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return "", fmt.Errorf("make the cache of packages: %w", err)
	}
	defer os.RemoveAll(made) // gone already after the rename
	if err := os.CopyFS(made, packages); err != nil {
		return "", fmt.Errorf("make the cache of packages: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--loglevel=error", "--fetch-retries=1")
	npm.Dir = made
	npm.WaitDelay = time.Second
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w: %s", err, bytes.TrimSpace(out))
	}
	// Another run may have been faster; its packages are the same.
	if err := os.Rename(made, kept); err != nil && !errors.Is(err, fs.ErrExist) {
		if _, there := os.Stat(kept); there != nil {
			return "", fmt.Errorf("keep the packages: %w", err)
		}
	}
	return filepath.Join(kept, "node_modules"), nil
}
