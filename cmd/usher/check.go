package main

import (
	"fmt"
	"slices"

	"usher/rules"
	"usher/rules/policyfile"
)

type checkCommand struct {
	Path      string `arg:"" placeholder:"PATH" help:"Policy file, or directory whose *.yaml files are one policy."`
	Workspace string `placeholder:"FILE" help:"Workspace file to hold the policy against."`
	Team      string `placeholder:"TEAM" help:"Which workspace, where the file has several."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

func (checkCommand) Help() string {
	return "Prints everything that is wrong, one line each, and exits with 1. A policy that is right is read for danger: what it allows and may not mean to is printed as a warning.\n\nExample:\n  usher check policy.yaml"
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

func (c checkCommand) Run(std Streams) error {
	policy, config, problems := policyfile.Load(osFiles{}, c.Path)
	answer := checked{OK: len(problems) == 0, Problems: []checkedProblem{}, Warnings: []checkedProblem{}}
	for _, p := range problems {
		answer.Problems = append(answer.Problems, problemOf(p))
	}
	if answer.OK {
		warnings, err := c.warnings(policy)
		if err != nil {
			return err
		}
		answer.Warnings = append(answer.Warnings, warnings...)
	}
	if c.JSON {
		if err := printJSON(std, answer); err != nil {
			return err
		}
	} else {
		printChecked(std, answer, problems, config, c.Path)
	}
	if !answer.OK {
		return errReported
	}
	return nil
}

func printChecked(std Streams, answer checked, problems []rules.Problem, c rules.Config, path string) {
	for _, p := range problems {
		fmt.Fprintln(std.Out, p.Error())
	}
	for _, w := range answer.Warnings {
		p := rules.Problem{At: rules.Place{File: w.File, Line: w.Line, Column: w.Column, Path: w.Path}, What: w.What, Hint: w.Hint}
		fmt.Fprintln(std.Out, "warning:", p.Error())
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

// warnings are the dangers in a policy, and with a workspace also what the
// policy names and the workspace does not have.
func (c checkCommand) warnings(policy *rules.Policy) ([]checkedProblem, error) {
	var all []checkedProblem
	if c.Workspace == "" {
		for _, f := range rules.Lint(policy, nil) {
			all = append(all, findingOf(f))
		}
		return all, nil
	}
	team := c.Team
	if team == "" {
		team = string(policy.Workspace())
	}
	w, err := loadWorkspace(c.Workspace, team)
	if err != nil {
		return nil, err
	}
	bound, _, missing := policy.Bind(w, nil)
	for _, p := range missing {
		all = append(all, problemOf(p))
	}
	for _, f := range rules.Lint(bound, w) {
		all = append(all, findingOf(f))
	}
	slices.SortStableFunc(all, func(a, b checkedProblem) int {
		if a.File == b.File {
			return a.Line - b.Line
		}
		return 0
	})
	return all, nil
}

func problemOf(p rules.Problem) checkedProblem {
	return checkedProblem{File: p.At.File, Line: p.At.Line, Column: p.At.Column, Path: p.At.Path, Rule: p.Rule, What: p.What, Hint: p.Hint}
}

func findingOf(f rules.Finding) checkedProblem {
	p := problemOf(rules.Problem{At: f.At, Rule: f.Rule, What: f.What, Hint: f.Hint})
	p.Danger = string(f.Danger)
	return p
}
