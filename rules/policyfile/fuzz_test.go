package policyfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"usher/rules/policyfile"
)

// FuzzParse holds for every text: it is read without a panic, what is said is
// said with a place in it, and a text that is accepted survives being written.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/whole.yaml") {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, problems := policyfile.Parse("p.yaml", src)
		for _, p := range problems {
			if p.At.File != "p.yaml" || p.At.Line < 1 || p.At.Column < 1 || p.What == "" {
				t.Errorf("said without a place: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		if _, problems := policyfile.Parse("p.yaml", policyfile.Write(c)); len(problems) > 0 {
			t.Errorf("accepted, but not as it is written:\n%s\n%s", lines(problems), policyfile.Write(c))
		}
	})
}
