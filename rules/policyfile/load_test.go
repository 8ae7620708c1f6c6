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
		{"a key given twice", "channels: [a-.*]", "channels: [a-.*], channels: [c-.*]", "b"},
		{"an alias of nothing", "[a-.*]", "*nothing", "b"},
		{"a tag", "name: a", "name: !!str a", "b"},
		{"a rule that is only an alias of nothing", "- {name: a, members: [{usergroup: a}], channels: [a-.*], except: [{usergroup: x}]}", "- *nothing", "b"},
		{"the invites", "clusters:", "invites: {jion: admins}\nclusters:", "a b"},
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

// TestEncodings reads what editors leave in files.
func TestEncodings(t *testing.T) {
	const src = "version: 1\ncontact: \"#hilfe-für-alle\"\nclusters:\n  - name: a\n    members: [{usergroup: a}]\n    channels: [inc-[0-9]+-.*]\n    jion: self\n"
	const typo = "p.yaml:7:5: $.clusters[0].jion: unknown key"
	unit := func(order func(rune) []byte) (out []byte) {
		for _, c := range "\ufeff" + src {
			out = append(out, order(c)...)
		}
		return out
	}
	for _, c := range []struct {
		name string
		src  []byte
		want string
	}{
		{"plain", []byte(src), typo},
		{"with a byte order mark", []byte("\ufeff" + src), typo},
		{"lines as on Windows", []byte(strings.ReplaceAll(src, "\n", "\r\n")), typo},
		{"without an end of the last line", []byte(strings.TrimSuffix(src, "\n")), typo},
		{"Latin-1", []byte(strings.ReplaceAll(src, "ü", "\xfc")), "p.yaml:2:19: this is not text that can be read; save the file as UTF-8\n"},
		{"UTF-16, low byte first", unit(func(c rune) []byte { return []byte{byte(c), byte(c >> 8)} }), "p.yaml:1:1: this is not text that can be read; save the file as UTF-8\n"},
		{"UTF-16, high byte first", unit(func(c rune) []byte { return []byte{byte(c >> 8), byte(c)} }), "p.yaml:1:1: this is not text that can be read; save the file as UTF-8\n"},
		{"larger than a policy", append([]byte(src), make([]byte, 1<<21)...), "p.yaml:1:1: is larger than 1048576 bytes; split it: the *.yaml files of a directory are read as one policy\n"},
	} {
		_, _, problems := policyfile.Load(fstest.MapFS{"p.yaml": {Data: c.src}}, "p.yaml")
		if got := lines(problems); !strings.HasPrefix(got, c.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: got:\n%swant:\n%s", c.name, got, c.want)
		}
	}
}
