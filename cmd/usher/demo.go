package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/cmd/demo"
)

// demoStop bounds how long open pages may take to close.
const demoStop = 5 * time.Second

type demoCommand struct {
	Listen    string `default:"127.0.0.1:0" placeholder:"ADDRESS" help:"Loopback address of the page; port 0 picks a free one."`
	Workspace string `placeholder:"FILE" help:"Workspace file (YAML) instead of the demo's own."`
	Policy    string `placeholder:"PATH" help:"Policy instead of the demo's own."`
	Dir       string `placeholder:"DIR" help:"Keep the bot's files here; without it they go when the demo ends."`
}

func (demoCommand) Help() string {
	return `Starts a local Slack, the bot connected to it, and a page to try both in a browser. Nothing leaves this machine, and nothing is needed but this program.

Example:
  usher demo`
}

func (c demoCommand) Run(ctx context.Context, std Streams, flags loggingFlags) (err error) {
	if err := demo.Loopback(c.Listen); err != nil {
		return usageError{fmt.Errorf("--listen: %w", err)}
	}
	if flags.Level == "" && os.Getenv("USHER_LOG_LEVEL") == "" {
		flags.Level = "warn" // what Usher does is on the page
	}
	log := flags.logger(std.Err)
	workspace := demo.Workspace()
	if c.Workspace != "" {
		if workspace, err = os.ReadFile(c.Workspace); err != nil {
			return fmt.Errorf("read the workspace file: %w", err)
		}
	}
	file, err := slacksim.ParseFile(workspace)
	if err != nil {
		return fmt.Errorf("the workspace file: %w", err)
	}
	settings, clean, err := c.settings()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clean()) }()
	slack, err := slacksim.Start(slacksim.Options{Workspace: file, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, slack.Close()) }()
	return c.serve(ctx, std, log, slack, connected(settings, slack.Ready()))
}

// settings are those of a bot whose files are in a folder of the demo's own.
func (c demoCommand) settings() (s config.Settings, clean func() error, err error) {
	dir, clean := c.Dir, func() error { return nil }
	if dir == "" {
		if dir, err = os.MkdirTemp("", "usher-demo-"); err != nil {
			return s, clean, fmt.Errorf("make a folder for the demo: %w", err)
		}
		clean = func() error { return os.RemoveAll(dir) }
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return s, clean, fmt.Errorf("make the demo's folder: %w", err)
	}
	policy := c.Policy
	if policy == "" {
		policy = filepath.Join(dir, "policy.yaml")
		if _, err := os.Stat(policy); errors.Is(err, os.ErrNotExist) {
			if err := os.WriteFile(policy, demo.Policy(), 0o600); err != nil {
				return s, clean, errors.Join(fmt.Errorf("write the demo's policy: %w", err), clean())
			}
		}
	}
	return config.Settings{
		Policy: policy, DB: config.NewSecret(filepath.Join(dir, "usher.db")), Control: filepath.Join(dir, "usher.sock"),
		Command: "/usher", Sockets: 2, Replan: time.Hour,
	}, clean, nil
}

// connected are settings with the local Slack's address and tokens.
func connected(s config.Settings, ready slacksim.Ready) config.Settings {
	s.APIURL = ready.APIURL
	for _, w := range ready.Workspaces {
		s.AppToken = config.NewSecret(w.AppToken)
		s.Workspaces = append(s.Workspaces, config.Workspace{BotToken: config.NewSecret(w.BotToken), AdminToken: config.NewSecret(w.AdminToken)})
	}
	return s
}

func (c demoCommand) serve(ctx context.Context, std Streams, log zerolog.Logger, slack *slacksim.Server, s config.Settings) (err error) {
	b, err := bot.Open(ctx, s, log, version())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	page, err := demo.New(demo.Options{Slack: slack, Insight: insight{b}, Command: s.Command, Listen: c.Listen})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), demoStop)
		defer cancel()
		err = errors.Join(err, page.Close(end))
	}()
	if err := b.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // it was ended while it was starting
		}
		return err
	}
	if b.Listening(ctx) { // else the select below says why
		fmt.Fprintf(std.Out, "The demo is at %s\nThe policy it follows is %s: change it and watch.\nFrom another shell: usher plan --control %s\nEnd it with Ctrl-C.\n", page.URL(), s.Policy, s.Control)
	}
	select {
	case <-ctx.Done():
		return nil
	case <-b.Ended():
		return nil // Stop says which loop ended, and why
	case err := <-page.Done():
		return fmt.Errorf("serve the demo's page: %w", err)
	}
}
