package tempelis_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/policyfile/tempelis"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestImport(t *testing.T) {
	i, err := tempelis.Import(os.DirFS("testdata"), "whole")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# notes\n", policyfile.Write(i.Config))
	for _, n := range i.Notes {
		fmt.Fprintln(&b, n)
	}
	if *update {
		if err := os.WriteFile("testdata/whole.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/whole.txt")
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	for _, nothing := range []fstest.MapFS{{}, {"x/readme.md": {Data: []byte("users: {}")}}} {
		if _, err := tempelis.Import(nothing, "x"); err == nil {
			t.Error("nothing to read, and nobody was told")
		}
	}
}

// FuzzImport holds for every text: no panic, a policy that compiles, and no
// managed group that acts.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"users.yaml", "sub/groups.yaml", "restrictions.yaml", "syntax.yaml"} {
		src, err := os.ReadFile("testdata/whole/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		i, err := tempelis.Import(fstest.MapFS{"d/x.yaml": {Data: src}}, "d")
		if err != nil {
			t.Fatal(err)
		}
		c, problems := policyfile.Parse("p.yaml", policyfile.Write(i.Config))
		_, more := rules.Compile(c)
		for _, p := range append(problems, more...) {
			t.Errorf("%v\n%s", p, policyfile.Write(i.Config))
		}
		for _, g := range c.Usergroups {
			if g.Mode.Text != "report" && g.Mode.Text != "off" {
				t.Errorf("%s has mode %q", g.Handle, g.Mode.Text)
			}
		}
	})
}
