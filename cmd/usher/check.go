package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

type checkCommand struct {
	Path      string `arg:"" placeholder:"PATH" help:"Policy file, or directory whose *.yaml files are one policy."`
	Workspace string `placeholder:"FILE" help:"Workspace file to hold the policy against."`
	Team      string `placeholder:"TEAM" help:"Which workspace, where the file has several."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

func (checkCommand) Help() string {
	return "Prints everything that is wrong, one line each, and exits with 1. A policy that is right is read for danger: what it allows and may not mean to is printed as a warning. With a workspace file, names of what is not there are wrong too.\n\nExample:\n  usher check policy.yaml"
}

// checked is the answer as JSON.
type checked struct {
	OK       bool             `json:"ok"`
	Problems []checkedProblem `json:"problems"`
	Warnings []checkedProblem `json:"warnings"`
}

type checkedProblem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Path   string `json:"path"`
	Rule   string `json:"rule,omitempty"`
	Danger string `json:"danger,omitempty"`
	What   string `json:"what"`
	Hint   string `json:"hint,omitempty"`
}

func (p checkedProblem) String() string {
	at := rules.Place{File: p.File, Line: p.Line, Column: p.Column, Path: p.Path}
	return rules.Problem{At: at, What: p.What, Hint: p.Hint}.Error()
}

func (c checkCommand) Run(std Streams) error {
	policy, config, problems := policyfile.Load(osFiles{}, c.Path)
	answer := checked{OK: len(problems) == 0, Problems: []checkedProblem{}, Warnings: []checkedProblem{}}
	for _, p := range problems {
		answer.Problems = append(answer.Problems, problemOf(p))
	}
	if answer.OK {
		undefined, warnings, err := c.read(policy)
		if err != nil {
			return err
		}
		answer.OK = len(undefined) == 0
		answer.Problems = append(answer.Problems, undefined...)
		answer.Warnings = append(answer.Warnings, warnings...)
	}
	if c.JSON {
		if err := printJSON(std, answer); err != nil {
			return err
		}
	} else {
		printChecked(std, answer, config, c.Path)
	}
	if !answer.OK {
		return errReported
	}
	return nil
}

func printChecked(std Streams, answer checked, c rules.Config, path string) {
	for _, p := range answer.Problems {
		fmt.Fprintln(std.Out, p)
	}
	for _, w := range answer.Warnings {
		fmt.Fprintln(std.Out, "warning:", w)
	}
	if answer.OK {
		fmt.Fprintf(std.Out, "%s: ok: %s, %s, %s\n", path, count(len(c.Clusters), "cluster"), count(len(c.Usergroups), "user group"), count(len(c.Reactions), "reaction"))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// read looks for danger, and with a workspace also for what the policy names
// and the workspace does not have.
func (c checkCommand) read(policy *rules.Policy) (undefined, warnings []checkedProblem, err error) {
	var w *workspace.Snapshot
	if c.Workspace != "" {
		team := c.Team
		if team == "" {
			team = string(policy.Workspace())
		}
		if w, err = loadWorkspace(c.Workspace, team); err != nil {
			return nil, nil, err
		}
		var found []rules.Problem
		policy, _, found = policy.Bind(w, nil)
		for _, p := range found {
			if p.Undefined {
				undefined = append(undefined, problemOf(p))
			} else {
				warnings = append(warnings, problemOf(p))
			}
		}
	}
	for _, f := range rules.Lint(policy, w) {
		if f.Danger == rules.DangerUndefined {
			undefined = append(undefined, findingOf(f))
		} else {
			warnings = append(warnings, findingOf(f))
		}
	}
	slices.SortStableFunc(undefined, inOrder)
	slices.SortStableFunc(warnings, inOrder)
	return undefined, warnings, nil
}

func inOrder(a, b checkedProblem) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func problemOf(p rules.Problem) checkedProblem {
	return checkedProblem{File: p.At.File, Line: p.At.Line, Column: p.At.Column, Path: p.At.Path, Rule: p.Rule, What: p.What, Hint: p.Hint}
}

func findingOf(f rules.Finding) checkedProblem {
	p := problemOf(rules.Problem{At: f.At, Rule: f.Rule, What: f.What, Hint: f.Hint})
	p.Danger = string(f.Danger)
	return p
}
