package main

import (
	"context"
	"fmt"
	"strings"

	"usher/bot"
)

type groupAddCommand struct {
	groupFlags

	Usergroup string   `arg:"" help:"Handle or id."`
	People    []string `arg:"" help:"Ids, e-mail addresses or names."`
}

func (groupAddCommand) Help() string {
	return "Whoever is in the group already stays in it. Guests, bots and people of other organisations cannot be in one.\n\nExample:\n  usher usergroup add finance-oncall alice@acme.test bob"
}

func (c groupAddCommand) Run(ctx context.Context, std Streams) error {
	return c.change(ctx, std, c.Usergroup, bot.MembersEdit{Add: c.People})
}

type groupRemoveCommand struct {
	groupFlags

	Usergroup string   `arg:"" help:"Handle or id."`
	People    []string `arg:"" help:"Ids, e-mail addresses or names."`
}

func (groupRemoveCommand) Help() string {
	return "The last one cannot be taken out: Slack has no empty user groups. Disable it instead.\n\nExample:\n  usher usergroup remove finance-oncall bob"
}

func (c groupRemoveCommand) Run(ctx context.Context, std Streams) error {
	return c.change(ctx, std, c.Usergroup, bot.MembersEdit{Remove: c.People})
}

type groupSetCommand struct {
	groupFlags

	Usergroup string   `arg:"" help:"Handle or id."`
	People    []string `arg:"" help:"Ids, e-mail addresses or names: they, and nobody else."`
}

func (groupSetCommand) Help() string {
	return "Example:\n  usher usergroup set finance-oncall alice@acme.test"
}

func (c groupSetCommand) Run(ctx context.Context, std Streams) error {
	return c.change(ctx, std, c.Usergroup, bot.MembersEdit{Set: c.People})
}

// memberChange is what came of one of them, as it is printed.
type memberChange struct {
	Usergroup groupJSON `json:"usergroup"`
	Added     []string  `json:"added"`
	Removed   []string  `json:"removed"`
}

func (f groupFlags) change(ctx context.Context, std Streams, named string, e bot.MembersEdit) error {
	u, err := f.open(ctx)
	if err != nil {
		return err
	}
	g, r, err := u.Change(ctx, named, e)
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(std, memberChange{asJSON(g), words(r.Added), words(r.Removed)})
	}
	added, err := u.Called(ctx, r.Added)
	if err != nil {
		return err
	}
	removed, err := u.Called(ctx, r.Removed)
	if err != nil {
		return err
	}
	var done []string
	if len(added) > 0 {
		done = append(done, "added "+strings.Join(added, ", "))
	}
	if len(removed) > 0 {
		done = append(done, "took out "+strings.Join(removed, ", "))
	}
	if len(done) == 0 {
		done = []string{"nothing to change"}
	}
	fmt.Fprintf(std.Out, "@%s: %s; %d in it now.\n", g.Handle, strings.Join(done, "; "), g.Count)
	return nil
}
