package policyfile_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"usher/rules/policyfile"
)

// TestLoad brings what reading finds and what compiling finds into one report,
// each thing once.
func TestLoad(t *testing.T) {
	_, _, problems := policyfile.Load(os.DirFS("testdata"), "load.yaml")
	golden(t, "testdata/load.txt", lines(problems))

	policy, _, problems := policyfile.Load(os.DirFS("testdata"), "whole.yaml")
	if policy == nil || len(problems) > 0 {
		t.Errorf("the whole format: policy %v\n%s", policy, lines(problems))
	}
}

// TestBrokenRuleIsSetAside keeps the other rules working.
func TestBrokenRuleIsSetAside(t *testing.T) {
	const two = "version: 1\nclusters:\n  - {name: a, members: [{usergroup: a}], channels: [a-.*], except: [{usergroup: x}]}\n  - {name: b, members: [{usergroup: b}], channels: [b-.*]}\n"
	for _, c := range []struct {
		name, from, to string
		want           string // the clusters that are left; none: no policy
	}{
		{"nothing wrong", "", "", "a b"},
		{"a misspelt key", "except", "excpet", "b"},
		{"a wrong type", "[a-.*]", "a-.*", "b"},
		{"a pattern that does not compile", "[a-.*]", "['a-(']", "b"},
		{"the version", "version: 1", "version: 9", ""},
		{"a misspelt section", "version: 1", "version: 1\nprotct: [bots]", ""},
		{"no YAML", "version: 1", "version: [1", ""},
	} {
		fsys := fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(two, c.from, c.to, 1))}}
		policy, _, problems := policyfile.Load(fsys, "p.yaml")
		if (len(problems) > 0) == (c.name == "nothing wrong") {
			t.Errorf("%s: problems:\n%s", c.name, lines(problems))
		}
		var left []string
		if policy != nil {
			for _, cl := range policy.Clusters() {
				left = append(left, cl.Name)
			}
		}
		if got := strings.Join(left, " "); got != c.want {
			t.Errorf("%s: left are %q, want %q\n%s", c.name, got, c.want, lines(problems))
		}
	}
}
