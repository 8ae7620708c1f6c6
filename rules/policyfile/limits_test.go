package policyfile_test

import (
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
