package policyfile

import (
	"io/fs"
	"slices"
	"strings"

	"usher/rules"
)

// Load reads a policy as Read does and compiles it. The Policy is nil only when
// a problem is Fatal; otherwise the rules that are not whole are set aside in it
// and named in the problems.
func Load(fsys fs.FS, name string) (*rules.Policy, rules.Config, []rules.Problem) {
	c, problems := Read(fsys, name)
	policy, problems := compiled(c, problems)
	return policy, c, problems
}

// compiled compiles what was read and adds what is wrong to the problems.
func compiled(c rules.Config, problems []rules.Problem) (*rules.Policy, []rules.Problem) {
	policy, more := rules.Compile(c)
	read := byPath(problems)
	for _, p := range more {
		if !slices.ContainsFunc(read[p.At.Path], func(q rules.Problem) bool { return covers(q, p) }) {
			problems = append(problems, p)
		}
	}
	sortProblems(problems)
	if slices.ContainsFunc(problems, func(p rules.Problem) bool { return p.Fatal }) {
		policy = nil
	}
	return policy, problems
}

// byPath finds problems by the path they are at, and by those it lies within.
func byPath(problems []rules.Problem) map[string][]rules.Problem {
	by := map[string][]rules.Problem{}
	for _, p := range problems {
		path := p.At.Path
		by[path] = append(by[path], p)
		for i := len(path) - 1; i > 0; i-- {
			if path[i] == '.' || path[i] == '[' {
				by[path[:i]] = append(by[path[:i]], p)
			}
		}
	}
	return by
}

// covers reports whether what reading said makes what compiling says idle talk:
// both are about one value, or a rule's list could not be read and is missed.
func covers(read, compiled rules.Problem) bool {
	a, b := read.At, compiled.At
	if a.File != b.File {
		return false
	}
	if a.Line == b.Line && a.Column == b.Column && a.Path == b.Path {
		return true
	}
	if b.Path != "" && (a.Path == b.Path || strings.HasPrefix(a.Path, b.Path+"[")) { // the list that is missed, or something in it
		return true
	}
	rest, within := strings.CutPrefix(a.Path, b.Path+".")
	return within && compiled.Rule != "" && slices.ContainsFunc([]string{"name", "handle", "members", "channels", "on", "do"}, func(key string) bool {
		return strings.HasPrefix(rest, key)
	})
}
