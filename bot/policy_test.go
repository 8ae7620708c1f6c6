package bot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/rules"
)

const (
	financePolicy = "version: 1\nclusters:\n  - name: finance\n    members: [{channel: finance-department}]\n    channels: [finance-.*]\n"
	salesPolicy   = "version: 1\nclusters:\n  - name: sales\n    members: [{channel: sales-department}]\n    channels: [sales-.*]\n"
)

func writePolicy(t *testing.T, path, text string) {
	t.Helper()
	// Written beside and renamed, as careful editors do.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func clusterNames(p *rules.Policy) string {
	var names []string
	for _, c := range p.Clusters() {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

// heard collects the log's messages as they come.
type heard chan string

func (h heard) Run(_ *zerolog.Event, _ zerolog.Level, message string) {
	select {
	case h <- message:
	default:
	}
}

func (h heard) wait(t *testing.T, message string) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case m := <-h:
			if m == message {
				return
			}
		case <-late:
			t.Fatalf("not logged within a minute: %s", message)
		}
	}
}

func followed(t *testing.T, path string) (*policy, heard, <-chan *rules.Policy) {
	t.Helper()
	return toldOf(t, path, nil, true)
}

func toldOf(t *testing.T, path string, told <-chan struct{}, watched bool) (*policy, heard, <-chan *rules.Policy) {
	t.Helper()
	said := make(heard, 100)
	p, err := loadPolicy(path, zerolog.New(nil).Hook(said))
	if err != nil {
		t.Fatal(err)
	}
	taken := make(chan *rules.Policy, 10)
	p.follow(func(context.Context) { taken <- p.Current() })
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.run(ctx, told, watched) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return p, said, taken
}

func next(t *testing.T, taken <-chan *rules.Policy) *rules.Policy {
	t.Helper()
	select {
	case p := <-taken:
		return p
	case <-time.After(time.Minute):
		t.Fatal("no new policy within a minute")
		return nil
	}
}

func TestPolicyFollowsItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	writePolicy(t, path, financePolicy)
	p, said, taken := followed(t, path)

	writePolicy(t, path, salesPolicy)
	if got := clusterNames(next(t, taken)); got != "sales" || clusterNames(p.Current()) != "sales" {
		t.Errorf("after the change: %s", got)
	}

	// A broken policy never replaces a working one.
	writePolicy(t, path, "version: 1\nclusters: [\n")
	said.wait(t, "refused the new policy, the old one stays in force")
	if clusterNames(p.Current()) != "sales" || p.problems() != 1 {
		t.Errorf("after a broken file: %s, %d problems", clusterNames(p.Current()), p.problems())
	}
	if _, err := p.check(t.Context()); err == nil || !strings.Contains(err.Error(), "the last good policy stays in force") {
		t.Errorf("health says %v", err)
	}

	// One broken rule is set aside, the rest goes on.
	writePolicy(t, path, financePolicy+"  - name: broken\n    members: [{channel: x}]\n    channels: ['[']\n")
	if got := clusterNames(next(t, taken)); got != "finance" {
		t.Errorf("with one broken rule: %s", got)
	}
	if _, err := p.check(t.Context()); err == nil || !strings.Contains(err.Error(), "set aside") {
		t.Errorf("health says %v", err)
	}

	writePolicy(t, path, financePolicy)
	next(t, taken)
	if sentence, err := p.check(t.Context()); err != nil || !strings.Contains(sentence, "in force, 1 cluster,") {
		t.Errorf("health says %q, %v", sentence, err)
	}
}

// Kubernetes swaps a link to a directory instead of writing files.
func TestPolicyFollowsSwappedLinks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"..1": financePolicy, "..2": salesPolicy} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		writePolicy(t, filepath.Join(dir, name, "policy.yaml"), text)
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name+"_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, name+"_tmp"), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("..1", "..data")
	link("..data/policy.yaml", "policy.yaml")
	p, _, taken := followed(t, dir)
	if got := clusterNames(p.Current()); got != "finance" {
		t.Fatalf("before: %s", got)
	}
	link("..2", "..data")
	if got := clusterNames(next(t, taken)); got != "sales" {
		t.Errorf("after the swap: %s", got)
	}
}

// What a link points at is written in a directory of its own, and the link may be
// pointed somewhere else.
func TestPolicyBehindALink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	path, there, other := filepath.Join(dir, "policy.yaml"), filepath.Join(elsewhere, "usher.yml"), filepath.Join(t.TempDir(), "other")
	writePolicy(t, there, financePolicy)
	if err := os.Symlink(there, path); err != nil {
		t.Fatal(err)
	}
	_, said, taken := followed(t, path)
	writePolicy(t, there, salesPolicy)
	if got := clusterNames(next(t, taken)); got != "sales" {
		t.Errorf("after the file was written: %s", got)
	}
	writePolicy(t, other, financePolicy)
	if err := errors.Join(os.Symlink(other, path+".new"), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
	if got := clusterNames(next(t, taken)); got != "finance" {
		t.Errorf("after the link was changed: %s", got)
	}
	writePolicy(t, other, salesPolicy)
	if got := clusterNames(next(t, taken)); got != "sales" {
		t.Errorf("after the other file was written: %s", got)
	}
	writePolicy(t, other, "version: 1\nclusters: [\n")
	said.wait(t, "refused the new policy, the old one stays in force")
	writePolicy(t, other, salesPolicy)
	said.wait(t, "the file says again what is in force")
}

// Where a file system does not say that a file changed, an operator does.
func TestPolicyIsReadAgainWhenTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	writePolicy(t, path, financePolicy)
	told := make(chan struct{})
	_, _, taken := toldOf(t, path, told, false)
	writePolicy(t, path, salesPolicy)
	told <- struct{}{}
	if got := clusterNames(next(t, taken)); got != "sales" {
		t.Errorf("once told: %s", got)
	}
}

func TestPolicyThatCannotBeReadAtFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	writePolicy(t, path, "version: 1\nclusters: [\n")
	if _, err := loadPolicy(path, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "policy.yaml:") {
		t.Errorf("got %v, want every problem with its place", err)
	}
	if _, err := loadPolicy(filepath.Join(t.TempDir(), "none.yaml"), zerolog.Nop()); err == nil {
		t.Error("a policy that is not there was loaded")
	}
}
