package policyfile

import (
	"fmt"
	"strings"

	"usher/rules"
)

// Imported is what another tool's files came to for one workspace.
type Imported struct {
	Team     string       // what the tool called the workspace; may be empty
	Config   rules.Config // passes rules.Compile
	Settings []Setting    // what the settings file should say; never a secret
	Notes    []Note       // what could not be carried over, and what is different now
}

// Setting is one line of a settings file.
type Setting struct{ Key, Value string }

// Note is one thing a person has to know about an import.
type Note struct {
	About string // where in the other tool's file: groups.finance-department[2]
	Text  string
}

func (n Note) String() string {
	if n.About == "" {
		return n.Text
	}
	return n.About + ": " + n.Text
}

// Note adds a note. It must not hold a value that may be a secret.
func (i *Imported) Note(about, format string, args ...any) {
	i.Notes = append(i.Notes, Note{About: about, Text: fmt.Sprintf(format, args...)})
}

// Settle leaves out of the policy what would not compile, and says so, so that
// an import never writes a policy that usher check refuses. It may leave nothing.
func (i *Imported) Settle() {
	for {
		c, problems := Parse("policy.yaml", Write(i.Config))
		_, problems = compiled(c, problems)
		i.Config = c
		if len(problems) == 0 {
			return
		}
		drop := map[string]bool{}
		for _, p := range problems {
			i.Note(p.Rule, "left out: %s; %s", p.What, p.Hint)
			drop[section(p.At.Path)] = true
		}
		if !i.leaveOut(drop) {
			i.Config = rules.Config{}
		}
	}
}

// section is the part of the policy that a path begins in: clusters[2], contact.
func section(path string) string {
	head, _, _ := strings.Cut(strings.TrimPrefix(path, "$."), ".")
	return head
}

// leaveOut removes parts; it reports whether any was there.
func (i *Imported) leaveOut(drop map[string]bool) bool {
	c := &i.Config
	before := len(c.Admins) + len(c.Clusters) + len(c.Usergroups) + len(c.Reactions)
	c.Admins = without(c.Admins, "admins", drop)
	c.Clusters = without(c.Clusters, "clusters", drop)
	c.Usergroups = without(c.Usergroups, "usergroups", drop)
	c.Reactions = without(c.Reactions, "reactions", drop)
	gone := len(c.Admins)+len(c.Clusters)+len(c.Usergroups)+len(c.Reactions) < before
	if c.Workspace != "" && (drop["workspace"] || drop["$"]) {
		c.Workspace, gone = "", true
	}
	return gone
}

func without[T any](all []T, key string, drop map[string]bool) []T {
	var kept []T
	for n, one := range all {
		if !drop[fmt.Sprintf("%s[%d]", key, n)] {
			kept = append(kept, one)
		}
	}
	return kept
}
