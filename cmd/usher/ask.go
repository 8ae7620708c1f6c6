package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"usher/bot"
	"usher/bot/config"
)

// runningBot is how a subcommand finds the bot that runs on this machine: by
// the socket itself, or by the settings the bot was started with.
type runningBot struct {
	Control  string `placeholder:"SOCKET" help:"Socket of the running bot; default: usher.sock beside its database ($$USHER_CONTROL)."`
	Policy   string `placeholder:"PATH" help:"The policy it was started with, to find the socket ($$USHER_POLICY)."`
	DB       string `name:"db" placeholder:"FILE" help:"The database it was started with, to find the socket ($$USHER_DB)."`
	Settings string `placeholder:"FILE" help:"The settings file it was started with ($$USHER_SETTINGS)."`
	Team     string `placeholder:"TEAM" help:"Which workspace, where the bot has several."`
}

func (r runningBot) dial() (*bot.Client, error) {
	path, err := config.ControlPath(config.Sources{
		Flags: map[string]string{"control": r.Control, "policy": r.Policy, "db": r.DB},
		Env:   os.LookupEnv,
		File:  r.Settings,
	})
	if err != nil {
		return nil, usageError{err}
	}
	if path == "" {
		return nil, usagef("the bot has no socket for the command line; start it with --control PATH and name the same here")
	}
	return bot.Dial(path), nil
}

type listCommand struct {
	runningBot

	Person string `required:"" placeholder:"PERSON" help:"Id, e-mail address or name."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (listCommand) Help() string {
	return "Example:\n  usher list --person alice@acme.test"
}

func (c listCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	rooms, err := b.Rooms(ctx, c.Team, c.Person)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, rooms)
	}
	if rooms.Reading {
		fmt.Fprintln(std.Err, "usher: the workspace is still being read for the first time; there may be more in a minute")
	}
	if len(rooms.Rooms) == 0 {
		if !rooms.Reading {
			fmt.Fprintf(std.Out, "%s is in no channel that a rule governs, and may join none.\n", rooms.Called)
		}
		return nil
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	for _, r := range rooms.Rooms {
		name := "#" + r.Name
		if r.Private {
			name += " (private)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", name, standing(r), r.Cluster)
	}
	return table.Flush()
}

func standing(r bot.Room) string {
	switch {
	case r.In:
		return "in"
	case r.Join == "request":
		return "may ask to join"
	case r.Join == "everyone":
		return "will be invited"
	}
	return "may join"
}

type joinCommand struct {
	runningBot

	Person  string `required:"" placeholder:"PERSON" help:"Id, e-mail address or name of who is to join."`
	Channel string `arg:"" help:"Channel, by name or id."`
}

func (joinCommand) Help() string {
	return "The rules decide, as if the person had typed /usher join.\n\nExample:\n  usher join --person alice@acme.test '#finance-forecast'"
}

func (c joinCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	joined, err := b.Join(ctx, c.Team, c.Person, c.Channel)
	if err != nil {
		return err
	}
	if !joined.In {
		fmt.Fprintln(std.Err, "usher: not in:", joined.Text)
		return errReported
	}
	fmt.Fprintf(std.Out, "%s is in %s.\n", c.Person, c.Channel)
	return nil
}

type planCommand struct {
	runningBot

	Held bool `help:"Only what waits for an administrator, with the people and the ids for usher release and discard."`
	JSON bool `name:"json" help:"Print JSON."`
}

func (planCommand) Help() string {
	return "What is not as the policy wants it, who is concerned and why, and what mending it costs at Slack's limits. Changes nothing.\n\nExample:\n  usher plan --policy policy.yaml"
}

func (c planCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	plan, err := b.Plan(ctx, c.Team)
	if err != nil {
		return err
	}
	switch {
	case c.JSON && c.Held:
		return printJSON(std, plan.Held)
	case c.JSON:
		return printJSON(std, plan)
	case c.Held:
		if waiting(plan) == 0 {
			fmt.Fprintln(std.Out, "nothing is held")
		}
		printHeld(std, plan.Held, true)
		printPending(std, plan.Pending, true)
		return nil
	}
	printPlan(std, plan)
	return nil
}

func printPlan(std Streams, p bot.Plan) {
	for _, s := range p.Steps {
		if s.Group != "" {
			fmt.Fprintf(std.Out, "%s %s in @%s%s\n", s.Verdict, s.Called, s.Group, dryRun(s.DryRun))
		} else {
			fmt.Fprintf(std.Out, "%s %s in #%s (cluster %s)%s\n", s.Verdict, s.Called, s.Name, s.Cluster, dryRun(s.DryRun))
		}
		for _, why := range s.Reasons {
			fmt.Fprintf(std.Out, "    %s\n", why)
		}
	}
	printHeld(std, p.Held, false)
	printPending(std, p.Pending, false)
	for _, d := range p.Doubts {
		fmt.Fprintf(std.Out, "not known well enough: %s\n", d)
	}
	if len(p.Steps) > 0 || len(p.Actions) > 0 {
		fmt.Fprintln(std.Out)
	}
	fmt.Fprintf(std.Out, "%d to do, %d held, hash %s\n", len(p.Actions), waiting(p), p.Hash)
	var calls []string
	for _, c := range p.Calls {
		calls = append(calls, fmt.Sprintf("%d %s", c.Count, c.Method))
	}
	if len(calls) > 0 {
		fmt.Fprintf(std.Out, "%s: about %s at Slack's limits\n", strings.Join(calls, ", "), p.Takes.Round(time.Second))
	}
}

// waiting is how much of a plan waits for an administrator.
func waiting(p bot.Plan) int {
	n := len(p.Held)
	for _, one := range p.Pending {
		if one.Held {
			n++
		}
	}
	return n
}

// printPending lists what reactions still have to do.
func printPending(std Streams, pending []bot.Pending, onlyHeld bool) {
	for _, p := range pending {
		if p.Held || !onlyHeld {
			fmt.Fprintln(std.Out, p)
		}
	}
}

// printHeld lists what waits for an administrator.
func printHeld(std Streams, held []bot.Held, people bool) {
	for _, h := range held {
		what := fmt.Sprintf("%s has %d people, had %d", h.Source, h.Has, h.Had)
		switch {
		case h.Kind == "flapping":
			what = fmt.Sprintf("removed %d times within a day from #%s, and added again", h.Has, h.Name)
		case h.Name != "":
			what = fmt.Sprintf("%d of %d people in #%s", h.Has, h.Had, h.Name)
		case h.Group != "":
			what = fmt.Sprintf("%d of %d people in @%s", h.Has, h.Had, h.Group)
		}
		state := ""
		if h.State != "waits" || len(h.By) > 0 {
			state = " (" + strings.TrimPrefix(h.State, "waits") + " by " + strings.Join(h.By, ", ") + ")"
		}
		fmt.Fprintf(std.Out, "held %s: %s: %s%s\n", h.ID, h.Kind, what, state)
		if !people {
			continue
		}
		for _, p := range h.People {
			fmt.Fprintf(std.Out, "    %s\n", p.Called)
			for _, why := range p.Reasons {
				fmt.Fprintf(std.Out, "        %s\n", why)
			}
		}
	}
}

func dryRun(yes bool) string {
	if yes {
		return ", reported only"
	}
	return ""
}

func printJSON(std Streams, v any) error {
	enc := json.NewEncoder(std.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
