package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		want int
	}{
		{"", exitOK},
		{"--help", exitOK},
		{"version", exitOK},
		{"version --help", exitOK},
		{"nonsense", exitUsage},
		{"version --nonsense", exitUsage},
		{"version extra", exitUsage},
	} {
		var out, errs bytes.Buffer
		got := execute(strings.Fields(c.args), Streams{strings.NewReader(""), &out, &errs})
		if got != c.want {
			t.Errorf("usher %s: exit code %d, want %d\n%s", c.args, got, c.want, errs.String())
		}
		if (got == exitOK) != (errs.Len() == 0) {
			t.Errorf("usher %s: exit code %d with stderr %q", c.args, got, errs.String())
		}
	}
}
