package policyfile_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"usher/rules/policyfile"
)

// TestLongLines: a line that goes on and on is read, or refused, before somebody
// wonders whether Usher still lives. The limit is wide: what it is about took
// minutes.
func TestLongLines(t *testing.T) {
	for name, src := range map[string]string{
		"quotes":                     strings.Repeat(`"`, 1<<18),
		"brackets":                   strings.Repeat("[", 1<<18),
		"patterns that are not YAML": "version: 1\nchannels: [" + strings.Repeat("inc-[0-9]+,", 20_000) + "\n",
	} {
		began := time.Now()
		_, _, problems := policyfile.Load(fstest.MapFS{"p.yaml": {Data: []byte(src)}}, "p.yaml")
		if took := time.Since(began); took > 20*time.Second || len(problems) == 0 || len(lines(problems)) > 1000 {
			t.Errorf("%s: %d problems after %s: %.200s", name, len(problems), took, lines(problems))
		}
	}
}

// TestOneLine: a policy that a program wrote, all of it in one line, is flat
// however long it is.
func TestOneLine(t *testing.T) {
	type cluster map[string]any
	policy := map[string]any{"version": 1}
	var clusters []cluster
	for i := range 300 {
		clusters = append(clusters, cluster{
			"name": fmt.Sprintf("c%d", i), "members": []map[string]any{{"channel": "staff"}, {"users": []string{"U1", "U2"}}},
			"channels": []string{fmt.Sprintf("c%d-[0-9]+", i)}, "others": "remove", "mode": "enforce",
		})
	}
	policy["clusters"] = clusters
	src, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	_, c, problems := policyfile.Load(fstest.MapFS{"p.yaml": {Data: src}}, "p.yaml")
	if len(problems) > 0 || len(c.Clusters) != len(clusters) {
		t.Errorf("%d of %d clusters: %.300s", len(c.Clusters), len(clusters), lines(problems))
	}
}

// TestTooMuch: what no policy holds is said at its place, before the parser is
// asked, whose time grows with the square of it.
func TestTooMuch(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ src, want string }{
		"keys at the top":       {"version: 1\n" + many(5000, "k%d: 1\n"), "p.yaml:1001:5: more than 1000 keys in one mapping; "},
		"keys of a rule":        {"version: 1\nclusters:\n  - name: x\n" + many(5000, "    k%d: 1\n"), "p.yaml:1003:9: more than 1000 keys in one mapping; "},
		"keys within brackets":  {"version: 1\nclusters: [{" + many(5000, "k%d: 1,\n") + "}]\n", "p.yaml:1002:6: more than 1000 keys in one mapping; "},
		"documents":             {"version: 1\n" + many(500, "---\na: %d\n"), "p.yaml:202:1: more than 100 documents in one file; "},
		"brackets in brackets":  {"version: 1\nclusters: " + strings.Repeat("[", 65), "p.yaml:2:75: more than 64 lists or mappings in one another; "},
		"mappings in mappings":  {"version: 1\nclusters: [a, " + strings.Repeat("{a: ", 65), "p.yaml:2:267: more than 64 lists or mappings in one another; "},
		"keys of many mappings": {"version: 1\nadmins:\n" + many(2000, "  - user: U%d\n    user: U1\n"), "p.yaml:4:5: $.admins[0].user: \"user\" is given twice; "},
	} {
		_, _, problems := policyfile.Load(fstest.MapFS{"p.yaml": {Data: []byte(c.src)}}, "p.yaml")
		if got := lines(problems); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %.300s\nwant %s", name, got, c.want)
		}
	}
}
