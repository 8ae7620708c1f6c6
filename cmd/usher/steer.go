package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/workspace"
)

type releaseCommand struct {
	runningBot

	ID string `arg:"" help:"What is held, by the id that usher plan --held prints."`
}

func (releaseCommand) Help() string {
	return "Has something carried out that a brake holds, and waits for the end. Where the policy says four_eyes, an administrator in Slack has to agree too.\n\nExample:\n  usher release 3fa94c01d2"
}

func (c releaseCommand) Run(ctx context.Context, std Streams) error {
	b, said, err := c.order(ctx, "release", c.ID)
	if err != nil {
		return err
	}
	if said.Run != "" {
		return follow(ctx, std, b, said, false)
	}
	fmt.Fprintln(std.Out, plainText(said.Text))
	return nil
}

type discardCommand struct {
	runningBot

	ID string `arg:"" help:"What is held, by the id that usher plan --held prints."`
}

func (discardCommand) Help() string {
	return "Decides against what a brake holds: whom it is about stays, and nobody is asked again.\n\nExample:\n  usher discard 3fa94c01d2"
}

func (c discardCommand) Run(ctx context.Context, std Streams) error {
	_, said, err := c.order(ctx, "discard", c.ID)
	if err == nil {
		fmt.Fprintln(std.Out, plainText(said.Text))
	}
	return err
}

func (r runningBot) order(ctx context.Context, verb, id string) (*bot.Client, bot.Ordered, error) {
	b, err := r.dial()
	if err != nil {
		return nil, bot.Ordered{}, err
	}
	said, err := b.Order(ctx, r.Team, verb, id)
	if err == nil && said.Refused {
		err = errors.New(plainText(said.Text))
	}
	return b, said, err
}

type pauseCommand struct {
	runningBot

	Reason string `placeholder:"WORDS" help:"Why; administrators and the audit see it."`
}

func (pauseCommand) Help() string {
	return "Stops every change in a workspace at once, until usher resume or /usher resume. Works whether or not the bot runs, and survives its restarts.\n\nExample:\n  usher pause --reason \"the finance rule is wrong\""
}

func (c pauseCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	said, err := b.Pause(ctx, c.Team, c.Reason)
	if errors.As(err, new(bot.NoBot)) {
		return c.beside(ctx, std, "paused", "was paused already", func(ctx context.Context, db *store.Store, team workspace.TeamID) (bool, error) {
			return db.Pause(ctx, team, string(handlers.CLI), c.Reason)
		})
	}
	return saidOrRefused(std, said, err)
}

type resumeCommand struct {
	runningBot
}

func (resumeCommand) Help() string {
	return "Lets the bot go on after a pause.\n\nExample:\n  usher resume"
}

func (c resumeCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	said, err := b.Resume(ctx, c.Team)
	if errors.As(err, new(bot.NoBot)) {
		return c.beside(ctx, std, "goes on when the bot runs again", "was not paused", func(ctx context.Context, db *store.Store, team workspace.TeamID) (bool, error) {
			return db.Resume(ctx, team, string(handlers.CLI))
		})
	}
	return saidOrRefused(std, said, err)
}

func saidOrRefused(std Streams, said bot.Ordered, err error) error {
	if err == nil && said.Refused {
		return errors.New(plainText(said.Text))
	}
	if err == nil {
		fmt.Fprintln(std.Out, plainText(said.Text))
	}
	return err
}

// beside changes something in the database of a bot that does not run.
func (r runningBot) beside(ctx context.Context, std Streams, did, was string, do func(context.Context, *store.Store, workspace.TeamID) (bool, error)) error {
	db, team, err := r.attach(ctx)
	if err != nil {
		return err
	}
	changed, err := do(ctx, db, team)
	err = errors.Join(err, db.Close())
	switch {
	case err != nil:
		return err
	case !changed:
		return fmt.Errorf("%s %s", team, was)
	}
	fmt.Fprintf(std.Out, "%s %s; no bot runs at the moment\n", team, did)
	return nil
}

// attach opens the database beside the bot, if one runs, and finds the workspace
// that is meant.
func (r runningBot) attach(ctx context.Context) (*store.Store, workspace.TeamID, error) {
	url, err := config.Database(config.Sources{
		Flags: map[string]string{"policy": r.Policy, "db": r.DB}, Env: os.LookupEnv, File: r.Settings,
	})
	if err != nil {
		return nil, "", usageError{err}
	}
	db, err := store.Attach(ctx, url.Reveal(), time.Now)
	if err != nil {
		return nil, "", err
	}
	teams, err := db.Teams(ctx)
	var names []string
	for _, team := range teams {
		names = append(names, string(team))
		if string(team) == r.Team || r.Team == "" && len(teams) == 1 {
			return db, team, nil
		}
	}
	if err == nil && len(teams) == 0 {
		err = errors.New("nothing is known of any workspace in this database")
	} else if err == nil {
		err = usagef("say which workspace with --team: %s", strings.Join(names, ", "))
	}
	return nil, "", errors.Join(err, db.Close())
}
