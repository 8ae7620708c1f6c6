package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog"
	"github.com/slack-go/slack"
	"go.uber.org/fx"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/dispatch"
	"usher/bot/gateway"
	"usher/bot/health"
	"usher/bot/metrics"
	"usher/bot/queue"
	"usher/bot/socket"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Version is the program's, as people read it.
type Version string

// Module is the running bot, given its settings, log, policy, metrics and the
// opened store.
func Module() fx.Option {
	return fx.Module("bot",
		handlers.Module(),
		fx.Provide(
			newOptions, newWorkspaces, newLate, newReplica, newOwnership, newGateway, newDirectory, newRequests, newDispatcher, newQueue, newReading, newSockets, newConnector, newControl, newHousekeeping, newConversions, newRecovery,
			fx.Annotate(newChecks, fx.ResultTags(`group:"checks,flatten"`)),
		),
		fx.Invoke(tie, observe, live),
	)
}

// late holds what is needed by something that it needs itself. tie fills it in
// before anything starts, and nothing writes to it after that.
type late struct {
	requests   *dispatch.Requests
	dispatcher *dispatch.Dispatcher
	queue      *queue.Queue
	sockets    *socket.Sockets
	reading    *reading
}

func newLate() *late { return &late{} }

func tie(l *late, r *dispatch.Requests, d *dispatch.Dispatcher, q *queue.Queue, s *socket.Sockets, rd *reading) {
	l.requests, l.dispatcher, l.queue, l.sockets, l.reading = r, d, q, s, rd
}

// Notice and Home put what goes out into words at the moment it goes out.
func (l *late) Notice(team workspace.TeamID, a action.Tell) (string, []slack.Block, error) {
	return l.requests.Notice(team, a)
}

func (l *late) Home(team workspace.TeamID, a action.Home) (slack.HomeTabViewRequest, error) {
	return l.requests.Home(team, a)
}

func (l *late) wake(team workspace.TeamID) { l.queue.Wake(team) }

func (l *late) standing(team workspace.TeamID) handlers.Standing {
	return handlers.Standing{Reading: l.reading.unread(team), Sockets: l.sockets.Open()}
}

func newGateway(s config.Settings, o *options, w *workspaces, l *late, db *store.Store, m *metrics.Metrics) *gateway.Gateway {
	return gateway.New(gateway.Config{
		APIURL: s.APIURL, AppToken: s.AppToken.Reveal(), Credentials: w.credentials, Render: l, Homes: db, Base: o.transport(), Unlimited: o.unlimited,
		Measure: func(c gateway.Call) {
			m.Call(c.Team, c.Method, c.Code, c.Status == http.StatusTooManyRequests, c.Waited, c.Took)
		},
	})
}

func newDirectory(db *store.Store, g *gateway.Gateway, p *policy, l *late, log zerolog.Logger) *directory.Directory {
	return directory.New(directory.Config{Memory: db, Lister: g, Clock: time.Now, Matters: newConcern(p).matters, IDPGroups: func() []workspace.IDPGroupID { return p.Current().IDPGroups() }, Found: found(db, p, l, log)})
}

func newRequests(s config.Settings, db *store.Store, d *directory.Directory, p *policy, l *late, v Version, log zerolog.Logger) *dispatch.Requests {
	return dispatch.NewRequests(dispatch.RequestsConfig{
		Store: db, Directory: d, Policy: p.Current(), Standing: l.standing, Clock: time.Now, Log: log,
		Settings: handlers.Settings{Command: s.Command, Version: string(v)},
	})
}

type dispatcherNeeds struct {
	fx.In

	Store      *store.Store
	Directory  *directory.Directory
	Router     *handlers.Router
	Requests   *dispatch.Requests
	Gateway    *gateway.Gateway
	Late       *late
	Workspaces *workspaces
	Owners     *ownership
	Metrics    *metrics.Metrics
	Log        zerolog.Logger
}

func newDispatcher(n dispatcherNeeds) *dispatch.Dispatcher {
	return dispatch.New(dispatch.Config{
		Store: n.Store, Directory: n.Directory, Router: n.Router, Requests: n.Requests, Wake: n.Late.wake, Show: dispatch.Modals(n.Gateway),
		Known: n.Workspaces.known, Owns: n.Owners.owns, Replica: string(n.Owners.replica), Clock: time.Now, Log: n.Log, Metrics: n.Metrics,
	})
}

type queueNeeds struct {
	fx.In

	Store      *store.Store
	Gateway    *gateway.Gateway
	Dispatcher *dispatch.Dispatcher
	Directory  *directory.Directory
	Requests   *dispatch.Requests
	Owners     *ownership
	Metrics    *metrics.Metrics
	Log        zerolog.Logger
}

func newQueue(n queueNeeds) *queue.Queue {
	return queue.New(queue.Config{
		Store: n.Store, Applier: carrier{n.Gateway, n.Owners}, Lane: n.Dispatcher, Read: n.Owners.reads(n.Directory), Guard: n.Requests.Guard, Owns: n.Owners.owns,
		Hear: n.Owners.hear, Clock: time.Now, Log: n.Log, Metrics: n.Metrics,
	})
}

type readingNeeds struct {
	fx.In

	Settings   config.Settings
	Workspaces *workspaces
	Owners     *ownership
	Directory  *directory.Directory
	Store      *store.Store
	Requests   *dispatch.Requests
	Policy     *policy
	Queue      *queue.Queue
	Late       *late
	Log        zerolog.Logger
}

func newReading(n readingNeeds) *reading {
	return &reading{
		workspaces: n.Workspaces, owners: n.Owners, directory: n.Directory, store: n.Store, wake: n.Queue.Wake, every: n.Settings.Replan,
		gaps: make(chan struct{}), first: map[workspace.TeamID]bool{},
		sockets: func() (bool, <-chan struct{}) {
			changed := n.Late.sockets.Changed()
			return n.Late.sockets.Ready(), changed
		},
		follows: func(ctx context.Context) error { return n.Requests.SetPolicy(ctx, n.Policy.Current(), n.Queue.Wake) },
		log:     n.Log.With().Str(config.FieldPart, "reading").Logger(),
	}
}

func newConversions(o *ownership, d *directory.Directory, g *gateway.Gateway, p *policy, log zerolog.Logger) *conversions {
	return &conversions{owners: o, directory: d, gateway: g, policy: p.Current, log: log}
}

func newSockets(s config.Settings, o *options, g *gateway.Gateway, d *dispatch.Dispatcher, r *reading, log zerolog.Logger) (*socket.Sockets, error) {
	return socket.New(socket.Config{
		HTTPClient: g.HTTPClient(), APIURL: s.APIURL, AppToken: s.AppToken.Reveal(), Count: s.Sockets,
		Dial: o.dial, Receive: d.Receive, Gap: r.gap, Log: log.With().Str(config.FieldPart, "socket").Logger(),
	})
}

func newConnector(s config.Settings, w *workspaces, o *ownership, g *gateway.Gateway, p *policy, log zerolog.Logger) *connector {
	return &connector{settings: s, workspaces: w, owners: o, gateway: g, policy: p, log: log}
}

type liveNeeds struct {
	fx.In

	Workspaces *workspaces
	Settings   config.Settings
	Options    *options
	Failure    *failure
	Connector  *connector
	Owners     *ownership
	Policy     *policy
	Dispatcher *dispatch.Dispatcher
	Queue      *queue.Queue
	Reading    *reading
	Sockets    *socket.Sockets
	Gateway    *gateway.Gateway
	Control    *control
	Tidy       *housekeeping
	Converted  *conversions
	Recovery   *recovery
	Metrics    *metrics.Metrics
	Checks     []health.Check `group:"checks"`
	Log        zerolog.Logger
}

// live is the order of the start, and backwards of the end: first everything
// that handles what comes in, then what is asked from outside, intake last.
func live(lc fx.Lifecycle, n liveNeeds) {
	lc.Append(fx.StopHook(n.Gateway.Close))
	lc.Append(fx.StartHook(n.Connector.connect))
	lc.Append(fx.StartHook(n.Owners.begin))
	loop(lc, n.Failure, "the workspaces' ownership", n.Owners.run)
	n.Policy.follow(n.Reading.compare)
	n.Policy.refuse(tellRefused(n.Workspaces, n.Control.orders, n.Log))
	loop(lc, n.Failure, "the lanes", n.Dispatcher.Run)
	loop(lc, n.Failure, "the queue", n.Queue.Run)
	loop(lc, n.Failure, "following the policy", func(ctx context.Context) error { return n.Policy.run(ctx, n.Options.reload, !n.Options.unwatched) })
	serve(lc, n.Failure, "health", func(ctx context.Context) (server, error) {
		if n.Settings.Listen == "" {
			return nil, nil
		}
		s, err := health.Listen(ctx, n.Settings.Listen, n.Checks, n.Metrics.Handler(), n.Settings.Profile)
		switch {
		case err == nil:
			n.Log.Info().Str("listen", s.Address()).Msg("served health and metrics")
			return s, nil
		case n.Settings.Unasked:
			n.Log.Warn().Err(err).Msg("health and metrics are not served: name an address that is free with --listen, or none")
			return nil, nil
		default:
			return nil, fmt.Errorf("%w: name an address that is free with --listen, or none", err)
		}
	})
	serve(lc, n.Failure, "the command line", func(ctx context.Context) (server, error) {
		if n.Settings.Control == "" {
			return nil, nil
		}
		return listenControl(ctx, n.Settings.Control, n.Control.handler())
	})
	loop(lc, n.Failure, "housekeeping", n.Tidy.run)
	loop(lc, n.Failure, "the memory", n.Recovery.run)
	loop(lc, n.Failure, "reading", n.Reading.run)
	loop(lc, n.Failure, "looking for converted channels", n.Converted.run)
	loop(lc, n.Failure, "the connection to Slack", func(ctx context.Context) error {
		err := n.Sockets.Run(ctx)
		if sentence := gateway.Sentence(err); sentence != "" {
			err = errors.Join(errors.New(sentence), err)
		}
		return err
	})
}
