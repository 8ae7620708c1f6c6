package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"usher/bot/gateway"
)

type groupListCommand struct {
	groupFlags

	Disabled bool `help:"Disabled ones, too."`
	Users    bool `help:"With who is in them."`
	Count    bool `default:"true" negatable:"" help:"With how many are in them."`
}

func (groupListCommand) Help() string {
	return "Example:\n  usher usergroup list --disabled --json"
}

func (c groupListCommand) Run(ctx context.Context, std Streams) error {
	u, err := c.open(ctx)
	if err != nil {
		return err
	}
	all, err := u.List(ctx, gateway.UsergroupQuery{Disabled: c.Disabled, Users: c.Users, Count: c.Count})
	if err != nil {
		return err
	}
	if c.JSON {
		printed := []groupJSON{}
		for _, g := range all {
			printed = append(printed, asJSON(g))
		}
		return printJSON(std, printed)
	}
	if len(all) == 0 {
		fmt.Fprintln(std.Err, "There are no user groups.")
		return nil
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, g := range all {
		fmt.Fprintf(table, "@%s\t%s\t%s\t", g.Handle, g.ID, g.Name)
		if c.Count {
			fmt.Fprintf(table, "%d\t", g.Count)
		}
		fmt.Fprintln(table, state(g.Disabled))
		names, err := u.Called(ctx, g.Users)
		if err != nil {
			return err
		}
		for _, name := range names {
			fmt.Fprintf(table, "  %s\n", name)
		}
	}
	return table.Flush()
}

type groupShowCommand struct {
	groupFlags

	Usergroup string `arg:"" help:"Handle or id."`
}

func (groupShowCommand) Help() string { return "Example:\n  usher usergroup show finance-oncall" }

func (c groupShowCommand) Run(ctx context.Context, std Streams) error {
	u, err := c.open(ctx)
	if err != nil {
		return err
	}
	g, err := u.Find(ctx, c.Usergroup)
	if err != nil {
		return err
	}
	return c.printGroup(ctx, std, u, g)
}

type groupMembersCommand struct {
	groupFlags

	Disabled  bool   `default:"true" negatable:"" help:"Of a disabled one, too."`
	Usergroup string `arg:"" help:"Handle or id."`
}

func (groupMembersCommand) Help() string { return "Example:\n  usher usergroup members finance-oncall" }

func (c groupMembersCommand) Run(ctx context.Context, std Streams) error {
	u, err := c.open(ctx)
	if err != nil {
		return err
	}
	people, err := u.Members(ctx, c.Usergroup, c.Disabled)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, words(people))
	}
	names, err := u.Called(ctx, people)
	for _, name := range names {
		fmt.Fprintln(std.Out, name)
	}
	return err
}
