package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/fx"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/dispatch"
	"usher/bot/health"
	"usher/bot/metrics"
	"usher/bot/socket"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

const (
	// startWithin is how long a database server may take to be there, and Slack
	// to say whose the tokens are.
	startWithin = 2 * time.Minute
	// stopWithin bounds an orderly end: answers given, acks out, actions stored.
	stopWithin = 25 * time.Second
)

// Run runs the bot until ctx ends, and returns nil then. An error is why it
// could not start, or the loop that ended by itself.
func Run(ctx context.Context, s config.Settings, log zerolog.Logger, version string, how ...Option) error {
	b, err := Open(ctx, s, log, version, how...)
	if err != nil {
		if ctx.Err() != nil { // it was ended while it waited
			err = nil
		}
		return err
	}
	if err := b.Start(ctx); err != nil {
		if ctx.Err() != nil { // it was ended while it was starting
			err = nil
		}
		return errors.Join(err, b.Stop())
	}
	select {
	case <-ctx.Done():
	case <-b.Ended():
	}
	return b.Stop()
}

// Bot is one running bot. Make it with Open; Start it once; Stop it whatever
// became of the start.
type Bot struct {
	app       *fx.App
	log       zerolog.Logger
	store     *store.Store
	counts    *metrics.Metrics
	checks    []health.Check
	directory *directory.Directory
	requests  *dispatch.Requests
	sockets   *socket.Sockets
	failure   *failure
	stop      sync.Once
	stopped   error
}

// Open loads the policy, opens the memory and wires everything; nothing runs
// yet and Slack is not asked.
func Open(ctx context.Context, s config.Settings, log zerolog.Logger, version string, how ...Option) (*Bot, error) {
	o := newOptions()
	for _, set := range how {
		set(o)
	}
	return open(ctx, s, log, version, fx.Replace(o))
}

func open(ctx context.Context, s config.Settings, log zerolog.Logger, version string, instead ...fx.Option) (*Bot, error) {
	policy, err := loadPolicy(s.Policy, log)
	if err != nil {
		return nil, err
	}
	memory, err := openMemory(ctx, s, log)
	if err != nil && strings.HasPrefix(err.Error(), "open "+s.Database()) { // a file's error names it already
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.Database(), err)
	}
	b := &Bot{log: log, store: memory, counts: metrics.New(version), failure: &failure{ended: make(chan struct{})}}
	b.app = fx.New(
		Module(),
		fx.Supply(s, log, memory, policy, b.counts, b.failure, Version(version)),
		fx.Invoke(fx.Annotate(func(checks []health.Check, d *directory.Directory, r *dispatch.Requests, s *socket.Sockets) {
			b.checks, b.directory, b.requests, b.sockets = checks, d, r, s
		}, fx.ParamTags(`group:"checks"`))),
		fx.StartTimeout(startWithin), fx.StopTimeout(stopWithin),
		fx.WithLogger(eventLogger(log)),
		fx.Options(instead...),
	)
	if err := b.app.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("wire the bot: %w", err), memory.Close())
	}
	log.Info().Str("version", version).Str(config.FieldPolicy, policy.Current().Hash()).Str("db", s.Database()).
		Int("workspaces", len(s.Workspaces)).Msg("opened the bot")
	return b, nil
}

// openMemory waits a while for a database server that cannot be reached: it may
// be starting as well.
func openMemory(ctx context.Context, s config.Settings, log zerolog.Logger) (*store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for wait := time.Second; ; wait = min(2*wait, 5*time.Second) {
		memory, err := store.Open(ctx, s.DB.Reveal(), time.Now)
		if err == nil || !errors.Is(err, store.ErrGone) {
			return memory, err
		}
		log.Warn().Err(err).Str("db", s.Database()).Dur(config.FieldAfter, wait).Msg("could not reach the database")
		next := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			next.Stop()
			return nil, err
		case <-next.C:
		}
	}
}

// Start connects, and returns once everything runs. Opening the sockets and
// reading a workspace for the first time go on after that.
func (b *Bot) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	return b.app.Start(ctx)
}

// Listening waits until the first socket is open: Slack takes minutes to send
// again what happened before. It is false when the context ended, or a loop by
// itself, before that.
func (b *Bot) Listening(ctx context.Context) bool {
	for {
		changed := b.sockets.Changed()
		if b.sockets.Ready() {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		case <-b.Ended():
			return false
		}
	}
}

// Ended is closed when a loop ended by itself; Stop says which and why.
func (b *Bot) Ended() <-chan struct{} { return b.failure.ended }

// Stop takes nothing more in, lets what is under way end, and closes the
// memory. The error is the loop that ended by itself, or what could not be
// ended in order. Stopping again answers the same.
func (b *Bot) Stop() error {
	b.stop.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		b.stopped = errors.Join(b.failure.err(), b.app.Stop(ctx), b.store.Close())
		b.log.Info().Msg("stopped the bot")
	})
	return b.stopped
}

// Look makes the health checks.
func (b *Bot) Look(ctx context.Context) (ready bool, findings []health.Finding) {
	return health.Look(ctx, b.checks)
}

// Snapshot is a workspace as it is known now.
func (b *Bot) Snapshot(team workspace.TeamID) *workspace.Snapshot { return b.directory.Snapshot(team) }

// Plan compares a workspace as it is known now with the policy; nothing is done.
func (b *Bot) Plan(ctx context.Context, team workspace.TeamID) (rules.Plan, error) {
	r, err := b.requests.For(ctx, team)
	if err != nil {
		return rules.Plan{}, err
	}
	return r.Policy.Plan(r.Workspace, r.At), nil
}

// Changed is closed when something was handled, carried out or called since.
func (b *Bot) Changed() <-chan struct{} { return b.counts.Changed() }

// Lately are the last decisions, and the last actions, waiting ones first; at
// most n of each, newest first.
func (b *Bot) Lately(ctx context.Context, team workspace.TeamID, n int) ([]store.Record, []store.Stored, error) {
	decisions, err := b.store.Audit(ctx, team, store.Filter{Kind: store.RecordDecision, Newest: true, Limit: n})
	if err != nil {
		return nil, nil, err
	}
	actions, err := b.store.Waiting(ctx, team, n)
	if err != nil || len(actions) == n {
		return decisions, actions, err
	}
	ended, err := b.store.Ended(ctx, team, "", n-len(actions))
	return decisions, append(actions, ended...), err
}
