package policyfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"usher/rules"
)

// Parse reads one file's text. name stands in the places of problems. What is
// wrong is all reported; what could be read is in the Config nevertheless, with
// the rules that are not whole marked Broken.
func Parse(name string, src []byte) (rules.Config, []rules.Problem) {
	c, _, problems := parse(name, src, map[string]rules.Place{}, false)
	return c, problems
}

func parse(name string, src []byte, names map[string]rules.Place, part bool) (rules.Config, map[string]rules.Place, []rules.Problem) {
	r := &reader{file: name, names: names, part: part, places: rules.Places{}}
	root := document(string(src), func(line, column int, what, hint string) { r.say(line, column, "", what, hint) })
	c, said := r.policy(root)
	c.At.File = name
	sortProblems(r.problems)
	return c, said, r.problems
}

// Read reads a policy: a file, or a directory whose *.yaml files are merged in
// the order of their names. It is Parse for whatever name stands for in fsys. A
// settings.yaml that says no version holds Usher's settings, which often stand
// beside the policy, and is passed over.
func Read(fsys fs.FS, name string) (rules.Config, []rules.Problem) {
	fatal := func(what, hint string) (rules.Config, []rules.Problem) {
		at := rules.Place{File: name, Line: 1, Column: 1}
		return rules.Config{At: at}, []rules.Problem{{At: at, What: what, Hint: hint, Fatal: true}}
	}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return fatal("cannot be read: "+reason(err), "name a policy file or a directory of *.yaml files")
	}
	if !info.IsDir() {
		src, err := readFile(fsys, name)
		if err != nil {
			return fatal("cannot be read: "+reason(err), "")
		}
		return Parse(name, src)
	}
	files, err := fs.ReadDir(fsys, name)
	if err != nil {
		return fatal("cannot be read: "+reason(err), "")
	}
	m := merge{said: map[string]rules.Place{}}
	names := map[string]rules.Place{}
	for _, f := range files {
		file := path.Join(name, f.Name())
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if strings.HasSuffix(f.Name(), ".yml") {
			m.problems = append(m.problems, rules.Problem{At: rules.Place{File: file, Line: 1, Column: 1}, Fatal: true,
				What: "is not read: in a directory only *.yaml files are", Hint: "rename it to end in .yaml, or move it away"})
		}
		if !strings.HasSuffix(f.Name(), ".yaml") {
			continue
		}
		src, err := readFile(fsys, file)
		if err != nil {
			m.problems = append(m.problems, rules.Problem{At: rules.Place{File: file, Line: 1, Column: 1}, What: "cannot be read: " + reason(err), Fatal: true})
			continue
		}
		if f.Name() == settingsFile && !isPolicy(src) {
			continue
		}
		m.add(parse(file, src, names, true))
	}
	if m.config.At.File == "" && len(m.problems) == 0 {
		return fatal("holds no *.yaml file", "name a policy file or a directory of *.yaml files")
	}
	if m.config.At.File == "" {
		m.config.At = rules.Place{File: name, Line: 1, Column: 1}
	}
	if _, ok := m.said["version"]; !ok && len(m.problems) == 0 {
		return fatal("no file in it says a \"version\"", beginVersion)
	}
	sortProblems(m.problems)
	return m.config, m.problems
}

// readFile reads a file as far as a policy goes, and a little further.
func readFile(fsys fs.FS, name string) (src []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

const settingsFile = "settings.yaml"

// isPolicy reports whether a text means to be a policy.
func isPolicy(src []byte) bool {
	return document(string(src), func(int, int, string, string) {}).entry("version") != nil
}

// reason is why a file could not be read, without its name, which the place has.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return err.Error()
}

// merge puts the files of a directory together: lists follow one another, and
// what there is only one of may be said in only one file.
type merge struct {
	config   rules.Config
	said     map[string]rules.Place
	problems []rules.Problem
}

func (m *merge) add(c rules.Config, said map[string]rules.Place, problems []rules.Problem) {
	m.problems = append(m.problems, problems...)
	if m.config.Places == nil {
		m.config.Places = rules.Places{}
	}
	maps.Copy(m.config.Places, c.Places)
	if at, ok := said["version"]; ok { // each file may say it
		m.said["version"] = at
		delete(said, "version")
	}
	for _, key := range keys(policyDoc{}) {
		at, ok := said[key]
		if !ok {
			continue
		}
		if first, twice := m.said[key]; twice {
			m.problems = append(m.problems, rules.Problem{At: at, Fatal: true, What: fmt.Sprintf("%q is given twice", key),
				Hint: fmt.Sprintf("it is there already, in %s:%d; keep one", first.File, first.Line)})
			continue
		}
		m.said[key] = at
		switch key {
		case "workspace":
			m.config.Workspace = c.Workspace
		case "contact":
			m.config.Contact = c.Contact
		case "brakes":
			m.config.Brakes = c.Brakes
		case "protect":
			m.config.Protect = c.Protect
		case "invites":
			m.config.Invites = c.Invites
		}
	}
	if m.config.At.File == "" {
		m.config.At = c.At
	}
	m.config.Admins = append(m.config.Admins, c.Admins...)
	m.config.Clusters = append(m.config.Clusters, c.Clusters...)
	m.config.Usergroups = append(m.config.Usergroups, c.Usergroups...)
	m.config.Reactions = append(m.config.Reactions, c.Reactions...)
}

// sortProblems puts problems in the order in which one reads the files.
func sortProblems(problems []rules.Problem) {
	slices.SortStableFunc(problems, func(a, b rules.Problem) int {
		return cmp.Or(
			cmp.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Column, b.At.Column),
			cmp.Compare(a.What, b.What),
		)
	})
}
