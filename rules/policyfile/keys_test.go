package policyfile_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"usher/rules/policyfile"
)

// TestKeys tries values of every key, right and wrong ones, and compares what
// is said about them. In testdata/keys.txt a section begins with == and a policy
// with … in it; each line with a dash is what is put there, and below it stands
// what is said. <141> stands for so many letters.
func TestKeys(t *testing.T) { golden(t, keysFile, eachKey(t, func(string, string) {})) }

const keysFile = "testdata/keys.txt"

// eachKey calls see for each policy in turn with what is said about it, and
// gives the whole file as it should be.
func eachKey(t *testing.T, see func(src, said string)) string {
	t.Helper()
	src, err := os.ReadFile(keysFile)
	if err != nil {
		t.Fatal(err)
	}
	var got, base strings.Builder
	inBase := false
	for line := range strings.Lines(string(src)) {
		switch {
		case strings.HasPrefix(line, "=="):
			base.Reset()
			inBase = true
		case inBase && strings.TrimSpace(line) == "":
			inBase = false
		case inBase:
			base.WriteString(line)
		case strings.HasPrefix(line, "- "):
			policy := strings.Replace(base.String(), "…", many(strings.TrimSpace(line[2:])), 1)
			said := tried(policy)
			see(policy, said)
			got.WriteString(line + said)
			continue
		case strings.HasPrefix(line, "    "):
			continue
		}
		got.WriteString(line)
	}
	return got.String()
}

var repeat = regexp.MustCompile(`<(\d+)>`)

func many(s string) string {
	return repeat.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.Atoi(m[1 : len(m)-1])
		if err != nil {
			return m
		}
		return strings.Repeat("a", n)
	})
}

// tried is what is said about a policy: its places without the file.
func tried(src string) string {
	policy, _, problems := policyfile.Load(fstest.MapFS{"p.yaml": {Data: []byte(src)}}, "p.yaml")
	if len(problems) == 0 {
		return "    ok\n"
	}
	var b strings.Builder
	for _, p := range problems {
		b.WriteString("    " + strings.TrimPrefix(p.Error(), "p.yaml:") + "\n")
	}
	if policy == nil {
		b.WriteString("    no policy\n")
	}
	return b.String()
}
