package policyfile_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"usher/rules"
	"usher/rules/policyfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", file, got, want)
	}
}

func lines(problems []rules.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.Error() + "\n")
	}
	return b.String()
}

// TestProblems reads each broken policy and compares everything said about it.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := policyfile.Parse(filepath.Base(file), src)
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", lines(problems))
		})
	}
}

// TestWhole reads a policy that uses every key there is.
func TestWhole(t *testing.T) {
	c, problems := policyfile.Read(os.DirFS("testdata"), "whole.yaml")
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	if got := c.Reactions[0].Channels[0]; got.Text != "inc-[0-9]+-.*" || got.At.Line != 46 || got.At.Column != 16 {
		t.Errorf("a pattern with a character class reads as %+v", got)
	}
	golden(t, "testdata/whole.golden", string(policyfile.Write(c)))
}

func TestDirectory(t *testing.T) {
	fsys := fstest.MapFS{
		"p/a.yaml":        {Data: []byte("version: 1\ncontact: \"#help\"\nclusters: [{name: a, channels: [a-.*]}]\n")},
		"p/b.yaml":        {Data: []byte("version: 1\ncontact: \"#other\"\nclusters: [{name: a, chanels: [b-.*]}]\n")},
		"p/c.yml":         {Data: []byte("version: 1\n")},
		"p/..data/x":      {Data: []byte("nonsense")},
		"p/.hidden.yaml":  {Data: []byte("nonsense")},
		"p/README.md":     {Data: []byte("nonsense")},
		"p/settings.yaml": {Data: []byte("command: /usher\n")},
		"empty/x.txt":     {Data: []byte("")},
	}
	c, problems := policyfile.Read(fsys, "p")
	want := `p/b.yaml:2:1: $.contact: "contact" is given twice; it is there already, in p/a.yaml:2; keep one
p/b.yaml:3:19: $.clusters[0].name: a second cluster "a"; the first is in p/a.yaml:3; give each a name of its own
p/b.yaml:3:22: $.clusters[0].chanels: unknown key "chanels"; did you mean "channels"? allowed: name, description, members, except, channels, but_not, join, others, grace, owners, grants, native, mode
p/c.yml:1:1: is not read: in a directory only *.yaml files are; rename it to end in .yaml, or move it away
`
	if got := lines(problems); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if c.Contact != "#help" || len(c.Clusters) != 2 || c.Clusters[0].Broken || !c.Clusters[1].Broken {
		t.Errorf("merged: %+v", c)
	}
	for name, what := range map[string]string{"nowhere": "cannot be read: file does not exist", "empty": "holds no *.yaml file"} {
		if _, problems := policyfile.Read(fsys, name); len(problems) != 1 || problems[0].What != what || !problems[0].Fatal {
			t.Errorf("%s: %s", name, lines(problems))
		}
	}
}
