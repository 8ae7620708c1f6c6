package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"usher/rules"
	"usher/rules/policyfile"
)

// TestPoliciesToStartFrom: what people copy has nothing wrong with it, and
// nothing in it that usher check warns of.
func TestPoliciesToStartFrom(t *testing.T) {
	example, err := os.ReadFile("../../deploy/examples/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, explained, found := strings.Cut(string(readme), "```yaml\nversion: 1\n")
	explained, _, closed := strings.Cut(explained, "```")
	if !found || !closed {
		t.Fatal("the README explains no policy")
	}
	for name, src := range map[string]string{"the example": string(example), "the README": "version: 1\n" + explained} {
		policy, _, problems := policyfile.Load(fstest.MapFS{"policy.yaml": {Data: []byte(src)}}, "policy.yaml")
		for _, p := range problems {
			t.Errorf("%s: %s", name, p.Error())
		}
		if policy == nil {
			continue
		}
		for _, f := range rules.Lint(policy, nil) {
			t.Errorf("%s: warning: %s", name, f)
		}
	}
}
