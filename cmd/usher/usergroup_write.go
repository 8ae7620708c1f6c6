package main

import (
	"context"
	"fmt"

	"usher/bot"
)

// groupFields are what belongs to a user group besides its people. What is not
// given stays as it is; an empty list of channels, and --no-section, are given.
type groupFields struct {
	Name               *string   `help:"What people read; at most 80 characters."`
	Handle             *string   `help:"What is mentioned, without @."`
	Description        *string   `help:"At most 140 characters, on one line."`
	Channels           *[]string `sep:"," placeholder:"CHANNEL,…" help:"Default channels, by name or id: whoever joins the group joins them. Empty: none."`
	AdditionalChannels *[]string `sep:"," placeholder:"CHANNEL,…" help:"Channels the group may be added to by hand. Empty: none."`
	Section            *bool     `negatable:"" help:"Show it in its members' sidebar."`
}

func (f groupFields) edit() bot.UsergroupEdit {
	e := bot.UsergroupEdit{Name: f.Name, Handle: f.Handle, Description: f.Description, Section: f.Section}
	e.Channels, e.AdditionalChannels = withoutEmpty(f.Channels), withoutEmpty(f.AdditionalChannels)
	return e
}

// withoutEmpty makes of "" no channel instead of one without a name.
func withoutEmpty(names *[]string) *[]string {
	if names == nil {
		return nil
	}
	kept := []string{}
	for _, n := range *names {
		if n != "" {
			kept = append(kept, n)
		}
	}
	return &kept
}

type groupCreateCommand struct {
	groupFlags
	groupFields
}

func (groupCreateCommand) Help() string {
	return "A new user group has nobody in it: usher usergroup set puts people into it.\n\nExample:\n  usher usergroup create --name \"Finance on call\" --handle finance-oncall --channels finance-department --section"
}

func (c groupCreateCommand) Run(ctx context.Context, std Streams) error {
	if c.Name == nil {
		return usagef("give the user group a name with --name")
	}
	u, err := c.open(ctx)
	if err != nil {
		return err
	}
	g, err := u.Create(ctx, c.edit())
	if err != nil {
		return err
	}
	return c.printGroup(ctx, std, u, g)
}

type groupUpdateCommand struct {
	groupFlags
	groupFields

	Usergroup string `arg:"" help:"Handle or id."`
}

func (groupUpdateCommand) Help() string {
	return "Example:\n  usher usergroup update finance-oncall --description \"Who answers this week\" --no-section"
}

func (c groupUpdateCommand) Run(ctx context.Context, std Streams) error {
	if c.groupFields == (groupFields{}) {
		return usagef("say what to change: --name, --handle, --description, --channels, --additional-channels or --section")
	}
	u, err := c.open(ctx)
	if err != nil {
		return err
	}
	g, err := u.Update(ctx, c.Usergroup, c.edit())
	if err != nil {
		return err
	}
	return c.printGroup(ctx, std, u, g)
}

type groupEnableCommand struct {
	groupFlags

	Usergroup string `arg:"" help:"Handle or id."`
}

func (groupEnableCommand) Help() string { return "Example:\n  usher usergroup enable finance-oncall" }

func (c groupEnableCommand) Run(ctx context.Context, std Streams) error {
	return c.turn(ctx, std, c.Usergroup, true)
}

type groupDisableCommand struct {
	groupFlags

	Usergroup string `arg:"" help:"Handle or id."`
}

func (groupDisableCommand) Help() string { return "Example:\n  usher usergroup disable finance-oncall" }

func (c groupDisableCommand) Run(ctx context.Context, std Streams) error {
	return c.turn(ctx, std, c.Usergroup, false)
}

func (f groupFlags) turn(ctx context.Context, std Streams, named string, enabled bool) error {
	u, err := f.open(ctx)
	if err != nil {
		return err
	}
	g, err := u.Enable(ctx, named, enabled)
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(std, asJSON(g))
	}
	fmt.Fprintf(std.Out, "@%s is %s.\n", g.Handle, state(!enabled))
	return nil
}
