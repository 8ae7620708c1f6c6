package main

import (
	"context"
	"errors"
	"os"

	"usher/bot"
	"usher/bot/config"
)

type runCommand struct {
	Settings string `placeholder:"FILE" help:"Settings file, YAML ($$USHER_SETTINGS)."`
	Policy   string `placeholder:"PATH" help:"Policy file, or a directory of *.yaml files ($$USHER_POLICY)."`
	DB       string `name:"db" placeholder:"FILE|URL" help:"SQLite file, or postgres:// URL; default: usher.db beside the policy ($$USHER_DB)."`
	APIURL   string `name:"api-url" placeholder:"URL" help:"Slack's Web API, for a local Slack ($$SLACK_API_URL)."`
	Command  string `placeholder:"/NAME" help:"The slash command's name; default: /usher ($$USHER_COMMAND)."`
	Sockets  string `placeholder:"N" help:"Connections to Slack, 1 to 9; default: 2 ($$USHER_SOCKETS)."`
	Listen   string `placeholder:"ADDRESS" help:"Health and metrics, or none; default: 127.0.0.1:8080 where that is free ($$USHER_LISTEN)."`
	Control  string `placeholder:"SOCKET" help:"Unix socket for usher list, join and plan, or none; default: usher.sock beside the database ($$USHER_CONTROL)."`
	Replan   string `placeholder:"DURATION" help:"Between two comparisons of the workspace with the policy; default: 1h ($$USHER_REPLAN)."`
	Keep     string `placeholder:"DAYS" help:"How long the audit and what was done are kept, 0 for ever; default: 400d ($$USHER_KEEP)."`
	Profile  string `placeholder:"true" help:"Serve pprof beside health, on this machine only ($$USHER_PROFILE)."`
}

func (runCommand) Help() string {
	return `Tokens are read from the environment or the settings file, never from the command line: SLACK_APP_TOKEN (xapp-…), SLACK_BOT_TOKEN (xoxb-…, several separated by commas), SLACK_ADMIN_TOKEN (xoxp-…, Enterprise Grid); with _FILE behind the name, from a file.

A flag wins over the environment, and the environment over the settings file.

Example:
  SLACK_APP_TOKEN=xapp-… SLACK_BOT_TOKEN=xoxb-… usher run --policy policy.yaml`
}

func (c runCommand) Run(ctx context.Context, std Streams, flags loggingFlags) error {
	settings, err := config.Load(config.Sources{
		Flags: map[string]string{
			"policy": c.Policy, "db": c.DB, "api_url": c.APIURL, "command": c.Command, "sockets": c.Sockets, "listen": c.Listen,
			"control": c.Control, "replan": c.Replan, "keep": c.Keep, "profile": c.Profile, "log_level": flags.Level, "log_format": flags.Format,
		},
		Env:  os.LookupEnv,
		File: c.Settings,
	})
	if err != nil {
		if errors.As(err, new(config.Problems)) {
			return usageError{err}
		}
		return err
	}
	ctx, told, stop := hangup(ctx, std.Err)
	defer stop()
	return bot.Run(ctx, settings, config.NewLogger(std.Err, settings.LogLevel, settings.LogFormat), version(), bot.ReloadOn(told))
}
