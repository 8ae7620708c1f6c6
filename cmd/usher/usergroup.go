package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/gateway"
)

// usergroupCommand is everything about user groups, straight with Slack.
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
	return "Needs the bot's token in SLACK_BOT_TOKEN, and no running bot: it asks Slack itself. A bot that runs hears of it as of a change made in Slack, and a group that its policy keeps goes back to what the policy says.\n\nExample:\n  usher usergroup add finance-oncall alice@acme.test"
}

// groupFlags are what all of them share.
type groupFlags struct {
	Team   string `placeholder:"TEAM" help:"The workspace, where the token is an organisation's."`
	APIURL string `name:"api-url" placeholder:"URL" env:"SLACK_API_URL" help:"Where Slack's Web API is."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (f groupFlags) open(ctx context.Context) (*bot.Usergroups, error) {
	token := strings.TrimSpace(os.Getenv("SLACK_BOT_TOKEN"))
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
	Users              []string `json:"users,omitempty"`
}

func asJSON(g gateway.UsergroupMembers) groupJSON {
	return groupJSON{
		ID: string(g.ID), Handle: g.Handle, Name: g.Name, Description: g.Description, Channels: words(g.Channels),
		AdditionalChannels: words(g.AdditionalChannels), Section: g.Section, Disabled: g.Disabled, Count: g.Count, Users: words(g.Users),
	}
}

func words[S ~string](all []S) []string {
	out := []string{}
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

// printGroup shows one user group.
func (f groupFlags) printGroup(std Streams, g gateway.UsergroupMembers) error {
	if f.JSON {
		return printJSON(std, asJSON(g))
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
	line("default channels", strings.Join(words(g.Channels), ", "))
	line("additional channels", strings.Join(words(g.AdditionalChannels), ", "))
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
