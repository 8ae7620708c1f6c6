package groupmgr_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/policyfile/groupmgr"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func show(all []policyfile.Imported) string {
	var b strings.Builder
	for _, i := range all {
		fmt.Fprintf(&b, "# team %q\n%s\n# settings\n", i.Team, policyfile.Write(i.Config))
		for _, s := range i.Settings {
			fmt.Fprintf(&b, "%s: %s\n", s.Key, s.Value)
		}
		b.WriteString("\n# notes\n")
		for _, n := range i.Notes {
			fmt.Fprintln(&b, n)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestImport(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all, err := groupmgr.Import(src)
			got := show(all)
			if err != nil {
				got = err.Error() + "\n"
			}
			want := strings.TrimSuffix(file, ".json") + ".txt"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(expected) {
				t.Errorf("got:\n%s\nwant:\n%s", got, expected)
			}
			if strings.Contains(got, "geheim") {
				t.Error("a secret got through")
			}
		})
	}
}

// FuzzImport holds for every text: no panic, and what comes out is a policy that
// compiles and none of the secrets.
func FuzzImport(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, src string) {
		all, err := groupmgr.Import([]byte(src))
		if err == nil && len(all) == 0 {
			t.Error("nothing came out, and nobody was told")
		}
		for _, i := range all {
			c, problems := policyfile.Parse("p.yaml", policyfile.Write(i.Config))
			_, more := rules.Compile(c)
			for _, p := range append(problems, more...) {
				t.Errorf("%v\n%s", p, policyfile.Write(i.Config))
			}
		}
		all, err = groupmgr.Import(fmt.Appendf(nil, `{"api_token":"geheim-1","inbound_tokens":{"geheim-2":%q},"teams":[{"api_token":["geheim-3"],"groups":{"x":[%q]}}],"groups":{"m":[%q]}}`, "geheim-4", src, src))
		if err != nil || strings.Contains(src, "geheim") {
			return
		}
		if strings.Contains(show(all), "geheim") {
			t.Error("a secret got through")
		}
	})
}
