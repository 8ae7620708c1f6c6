package main

import "usher/rules/policyfile"

type policyCommand struct {
	Schema policySchemaCommand `cmd:"" help:"Print the policy format as a JSON Schema, for editors to complete and check."`
}

type policySchemaCommand struct{}

func (policySchemaCommand) Help() string {
	return "Example:\n  usher policy schema > usher-policy.schema.json\nand in the first line of policy.yaml:\n  # yaml-language-server: $schema=usher-policy.schema.json"
}

func (policySchemaCommand) Run(std Streams) error {
	_, err := std.Out.Write(policyfile.Schema())
	return err
}
