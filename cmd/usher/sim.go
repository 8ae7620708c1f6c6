package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/slacksim"
)

// Sim is `usher sim`: a local Slack for any program in any language.
type Sim struct {
	Listen         string        `default:"127.0.0.1:0" placeholder:"ADDRESS" help:"Loopback address to listen on; port 0 picks a free one."`
	Workspace      string        `placeholder:"FILE" help:"Workspace file (YAML) to start with; without one a small workspace."`
	NoRateLimits   bool          `help:"Never answer 429 by itself."`
	ReconnectEvery time.Duration `default:"0s" help:"Refresh every connection at this age; 0s is never."`
	RetryScale     float64       `default:"1" help:"Multiply the waits before an event is sent again, such as 0.01."`
}

// Validate refuses figures that make no sense.
func (s *Sim) Validate() error {
	switch {
	case s.RetryScale <= 0:
		return fmt.Errorf("--retry-scale must be more than 0 but got %g", s.RetryScale)
	case s.ReconnectEvery < 0:
		return fmt.Errorf("--reconnect-every must not be negative but got %s", s.ReconnectEvery)
	}
	return nil
}

// Help says how to use what it prints.
func (Sim) Help() string {
	return `Example:
  usher sim --listen 127.0.0.1:9000
  curl 127.0.0.1:9000/sim/state
  curl -d '{"as":"alice","do":"post","channel":"random","text":"hello"}' 127.0.0.1:9000/sim/act

Give your client the api_url it prints as the API's address, and the tokens. Below control_url, act takes what people do, faults what shall go wrong; state, calls, events and sockets show what there is.`
}

// Run prints one line of JSON as soon as the local Slack listens, and serves
// until the context ends.
func (s *Sim) Run(ctx context.Context, std Streams, log zerolog.Logger) error {
	options := slacksim.Options{
		Listen: s.Listen, NoRateLimits: s.NoRateLimits, ReconnectEvery: s.ReconnectEvery, RetryScale: s.RetryScale, Log: log,
		Events: slacksim.MessageEvents(), // whose app will connect is not known
	}
	if s.Workspace != "" {
		file, err := slacksim.LoadFile(s.Workspace)
		if err != nil {
			return err
		}
		options.Workspace = file
	}
	local, err := slacksim.Start(options)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(std.Out).Encode(local.Ready()); err != nil {
		return fmt.Errorf("print how to connect: %w", errors.Join(err, local.Close()))
	}
	<-ctx.Done()
	if err := local.Close(); err != nil {
		return fmt.Errorf("stop the local Slack: %w", err)
	}
	log.Info().Msg("local slack stopped")
	return nil
}
