package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

var updateLint = flag.Bool("update-lint", false, "rewrite what is wanted in testdata/lint")

// TestLint compares everything found in each policy of testdata/lint: without a
// workspace, and with one where the case has one.
func TestLint(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := map[string]string{}
			for _, f := range a.Files {
				text[f.Name] = string(f.Data)
			}
			c, problems := policyfile.Parse("policy.yaml", []byte(text["policy.yaml"]))
			p, more := rules.Compile(c)
			for _, problem := range append(problems, more...) {
				t.Fatal(problem)
			}
			got := "-- policy.yaml --\n" + text["policy.yaml"]
			if text["workspace"] != "" {
				got += "-- workspace --\n" + text["workspace"]
			}
			got = string(a.Comment) + got + "-- found --\n" + findings(p, nil)
			if text["workspace"] != "" {
				got += "-- found in the workspace --\n" + findings(p, world(t, text["workspace"]))
			}
			if *updateLint {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, []byte(got)) {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

func findings(p *rules.Policy, w *workspace.Snapshot) string {
	var b strings.Builder
	for _, f := range rules.Lint(p, w) {
		fmt.Fprintf(&b, "%s [%s] %s\n", f, f.Danger, f.Rule)
	}
	return b.String()
}
