package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/gateway"
	"usher/rules/workspace"
)

// usergroupCommand is everything about user groups: through the bot that runs, or
// straight with Slack.
type usergroupCommand struct {
	List    groupListCommand    `cmd:"" help:"List the user groups."`
	Show    groupShowCommand    `cmd:"" help:"Show one user group."`
	Create  groupCreateCommand  `cmd:"" help:"Make a user group."`
	Update  groupUpdateCommand  `cmd:"" help:"Change what a user group is called and what belongs to it."`
	Enable  groupEnableCommand  `cmd:"" help:"Bring a disabled user group back."`
	Disable groupDisableCommand `cmd:"" help:"Disable a user group; Slack deletes none."`
	Members groupMembersCommand `cmd:"" help:"List who is in a user group."`
	Add     groupAddCommand     `cmd:"" help:"Add people to a user group."`
	Remove  groupRemoveCommand  `cmd:"" help:"Take people out of a user group."`
	Set     groupSetCommand     `cmd:"" help:"Replace who is in a user group."`
}

func (usergroupCommand) Help() string {
	return "Where a bot runs for the workspace on this machine, it is asked: what is to change waits its turn with everything else that changes the group, is in the audit, and is refused where the bot is paused or its policy would put it back. Where none runs, or with --direct, Slack itself is asked; that needs the bot's token in SLACK_BOT_TOKEN.\n\nExample:\n  usher usergroup add finance-oncall alice@acme.test"
}

// groupFlags are what all of them share.
type groupFlags struct {
	runningBot

	Direct bool   `help:"Ask Slack itself, even where a bot runs."`
	APIURL string `name:"api-url" placeholder:"URL" env:"SLACK_API_URL" help:"Where Slack's Web API is."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// usergroups is what can be done about user groups, here or in the running bot.
type usergroups interface {
	List(context.Context, gateway.UsergroupQuery) ([]gateway.UsergroupMembers, error)
	Find(ctx context.Context, named string) (gateway.UsergroupMembers, error)
	Members(ctx context.Context, named string, disabled bool) ([]workspace.UserID, error)
	Create(context.Context, bot.UsergroupEdit) (gateway.UsergroupMembers, error)
	Update(ctx context.Context, named string, e bot.UsergroupEdit) (gateway.UsergroupMembers, error)
	Enable(ctx context.Context, named string, enabled bool) (gateway.UsergroupMembers, error)
	Change(ctx context.Context, named string, e bot.MembersEdit) (gateway.UsergroupMembers, gateway.MembersResult, error)
	Called(context.Context, []workspace.UserID) ([]string, error)
	ChannelNames(context.Context, []workspace.ChannelID) ([]string, error)
}

// open finds the bot that runs for the workspace that is meant, or else Slack.
func (f groupFlags) open(ctx context.Context) (usergroups, error) {
	token := strings.TrimSpace(os.Getenv("SLACK_BOT_TOKEN"))
	if f.Direct {
		return f.straight(ctx, token)
	}
	b, err := f.dial()
	if err != nil {
		return f.straight(ctx, token) // nothing says where a bot would listen
	}
	teams, err := b.Teams(ctx)
	switch {
	case errors.As(err, new(bot.NoBot)) && token == "":
		return nil, fmt.Errorf("%w; or set SLACK_BOT_TOKEN to the bot's token to ask Slack itself", err)
	case errors.As(err, new(bot.NoBot)):
		return f.straight(ctx, token)
	case err != nil:
		return nil, err
	case token == "" || strings.ContainsAny(token, ", \n"): // the running bot's own are meant
		return b.Usergroups(f.Team), nil
	}
	// The token says which workspace is meant; the running bot may have another.
	u, err := f.straight(ctx, token)
	if err != nil {
		return nil, err
	}
	if slices.Contains(teams, u.Team()) {
		return b.Usergroups(string(u.Team())), nil
	}
	return u, nil
}

func (f groupFlags) straight(ctx context.Context, token string) (*bot.Usergroups, error) {
	switch {
	case token == "":
		return nil, usagef("set SLACK_BOT_TOKEN to the bot's token")
	case strings.ContainsAny(token, ", \n"):
		return nil, usagef("SLACK_BOT_TOKEN holds several tokens; set the one of the workspace that is meant")
	}
	return bot.OpenUsergroups(ctx, config.NewSecret(token), f.APIURL, f.Team)
}

// groupJSON is a user group as it is printed.
type groupJSON struct {
	ID                 string   `json:"id"`
	Handle             string   `json:"handle"`
	Name               string   `json:"name"`
	Description        string   `json:"description"`
	Channels           []string `json:"channels"`
	AdditionalChannels []string `json:"additional_channels"`
	Section            bool     `json:"enable_section"`
	Disabled           bool     `json:"disabled"`
	Count              int      `json:"user_count"`
	Users              []string `json:"users,omitzero"`
}

func asJSON(g gateway.UsergroupMembers) groupJSON {
	out := groupJSON{
		ID: string(g.ID), Handle: g.Handle, Name: g.Name, Description: g.Description, Channels: words(g.Channels),
		AdditionalChannels: words(g.AdditionalChannels), Section: g.Section, Disabled: g.Disabled, Count: g.Count,
	}
	if g.Users != nil {
		out.Users = words(g.Users)
	}
	return out
}

func words[S ~string](all []S) []string {
	out := []string{}
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

// printGroup shows one user group.
func (f groupFlags) printGroup(ctx context.Context, std Streams, u usergroups, g gateway.UsergroupMembers) error {
	if f.JSON {
		return printJSON(std, asJSON(g))
	}
	channels, err := u.ChannelNames(ctx, g.Channels)
	if err != nil {
		return err
	}
	additional, err := u.ChannelNames(ctx, g.AdditionalChannels)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	line := func(what, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", what, value)
		}
	}
	line("handle", "@"+g.Handle)
	line("id", string(g.ID))
	line("name", g.Name)
	line("description", g.Description)
	line("default channels", strings.Join(channels, ", "))
	line("additional channels", strings.Join(additional, ", "))
	if g.Section {
		line("sidebar section", "on")
	}
	line("people", fmt.Sprint(g.Count))
	line("state", state(g.Disabled))
	return table.Flush()
}

func state(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "enabled"
}
