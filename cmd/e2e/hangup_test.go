package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A daemon reads what it goes by again on SIGHUP, and does not end.
func TestAHangupReadsThePolicyAgain(t *testing.T) {
	t.Parallel()
	d := newDistant(t)
	p := d.bot()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.until("the policy was read again", p, func() bool { return strings.Contains(p.stderr.String(), "reads the policy again") })
	if err := os.WriteFile(filepath.Join(d.dir, "policy.yaml"), []byte("version: 1\nclusters: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.until("the new policy was refused", p, func() bool { return strings.Contains(p.stderr.String(), "refused the new policy") })
	p.interrupt()
}
